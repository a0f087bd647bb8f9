"""What came of the attempts to make deliveries: the history of outgoing integrations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, exists, func, select

from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.storage.audit_rows import record
from rc_integrations_plugin.storage.columns import between
from rc_integrations_plugin.storage.delivery_rows import (
    ATTEMPT_COLUMNS,
    DELIVERY_COLUMNS,
    to_attempt,
    to_delivery,
)
from rc_integrations_plugin.storage.tables import attempts, deliveries
from rc_integrations_plugin.storage.transactions import (
    delete_in_batches,
    delete_selected,
    settled,
)


@dataclass(frozen=True, kw_only=True)
class AttemptFilter:
    """Which attempts of one integration are wanted."""

    integration_id: str
    outcome: DeliveryOutcome | None = None
    since: datetime | None = None
    """Those that began then, or later."""
    until: datetime | None = None
    """Those that began earlier."""
    events_since: datetime | None = None
    """Those of events that happened then, or later; also where they were made again since."""


class AttemptStore:
    """The table of attempts, each shown with its delivery."""

    def __init__(self, engine: Engine) -> None:
        self._engine = settled(engine)

    def page(
        self, wanted: AttemptFilter, *, offset: int, count: int, oldest_first: bool = False
    ) -> tuple[Sequence[tuple[DeliveryAttempt, Delivery]], int]:
        """Return some of the attempts, the newest first, and how many there are in all."""
        condition = attempts.c.integration_id == wanted.integration_id
        if wanted.outcome is not None:
            condition &= attempts.c.outcome == wanted.outcome.value
        condition &= between(attempts.c.started_at, wanted.since, wanted.until)
        if wanted.events_since is not None:
            happened = happened_since(wanted.integration_id, wanted.events_since)
            of_these = select(deliveries.c.id).where(*happened)
            condition &= attempts.c.delivery_id.in_(of_these)
        keys = (attempts.c.started_at, attempts.c.id)
        order = [key.asc() if oldest_first else key.desc() for key in keys]
        # bodies of rows that are skipped are not read
        ids = select(attempts.c.id).where(condition).order_by(*order).offset(offset).limit(count)
        rows = _WITH_DELIVERY.where(attempts.c.id.in_(ids)).order_by(*order)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(attempts).where(condition))
            return [_pair(row) for row in connection.execute(rows)], total or 0

    def waiting(
        self, wanted: AttemptFilter, *, offset: int, count: int, oldest_first: bool = False
    ) -> tuple[Sequence[Delivery], int]:
        """Return some of the deliveries without an attempt, the newest first, and their number.

        The times of the filter are about when they were opened; its outcome does not count.
        """
        condition = (
            (deliveries.c.integration_id == wanted.integration_id)
            & deliveries.c.due_at.is_not(None)
            & (deliveries.c.attempts == 0)
            & between(deliveries.c.created_at, wanted.since, wanted.until)
        )
        if wanted.events_since is not None:
            condition &= and_(*happened_since(wanted.integration_id, wanted.events_since))
        keys = (deliveries.c.created_at, deliveries.c.id)
        order = [key.asc() if oldest_first else key.desc() for key in keys]
        rows = select(*DELIVERY_COLUMNS).where(condition)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(deliveries).where(condition))
            found = connection.execute(rows.order_by(*order).offset(offset).limit(count))
            return [to_delivery(row) for row in found], total or 0

    def find_attempt(
        self, integration_id: str, attempt_id: str, *, events_since: datetime | None = None
    ) -> tuple[DeliveryAttempt, Delivery] | None:
        """Return an attempt of an integration and its delivery, or None; see `AttemptFilter`."""
        if not is_storable(integration_id) or not is_storable(attempt_id):
            return None
        statement = _WITH_DELIVERY.where(
            attempts.c.id == attempt_id, attempts.c.integration_id == integration_id
        )
        if events_since is not None:
            statement = statement.where(*happened_since(integration_id, events_since))
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _pair(row)

    def clear(
        self, integration_id: str, entry: AuditEntry, *, events_since: datetime | None = None
    ) -> None:
        """Forget an integration's attempts, and its deliveries that are finished.

        That somebody wanted it is written first: they may be too many for one transaction.

        Args:
            integration_id: whose.
            entry: of the audit.
            events_since: forgets only those of events that happened then, or later.
        """
        some = [] if events_since is None else happened_since(integration_id, events_since)
        of_some = attempts.c.delivery_id.in_(select(deliveries.c.id).where(*some))
        with self._engine.begin() as connection:
            record(connection, entry)
        delete_in_batches(
            self._engine,
            attempts,
            attempts.c.integration_id == integration_id,
            *([of_some] if some else []),
        )
        is_again = deliveries.c.webhook_id != deliveries.c.id
        # what was made again counts by the first one, which so goes last
        for which in (is_again, ~is_again):
            delete_in_batches(
                self._engine,
                deliveries,
                deliveries.c.integration_id == integration_id,
                deliveries.c.due_at.is_(None),
                which,
                *some,
            )

    def prune(self, *, older_than: datetime, keep_at_most: int) -> int:
        """Delete attempts that are too old, and all but the newest of each integration.

        Finished deliveries go with the last of their attempts.

        Returns:
            How many attempts were deleted.
        """
        with self._engine.connect() as connection:
            ids = connection.scalars(select(attempts.c.integration_id).distinct()).all()
        deleted = sum(self._prune_attempts(one, older_than, keep_at_most) for one in ids)
        delete_in_batches(
            self._engine,
            deliveries,
            deliveries.c.due_at.is_(None),
            ~exists().where(attempts.c.delivery_id == deliveries.c.id),
        )
        return deleted

    def _prune_attempts(self, integration_id: str, older_than: datetime, keep: int) -> int:
        of_this = attempts.c.integration_id == integration_id
        newest_first = (attempts.c.started_at.desc(), attempts.c.id.desc())
        too_many = select(attempts.c.id).where(of_this).order_by(*newest_first).offset(keep)
        too_old = select(attempts.c.id).where(of_this, attempts.c.started_at < older_than)
        return sum(
            delete_selected(self._engine, attempts, doomed) for doomed in (too_old, too_many)
        )


_FIRST = deliveries.alias("first")
_WITH_DELIVERY = select(*ATTEMPT_COLUMNS, *DELIVERY_COLUMNS).join(
    deliveries, deliveries.c.id == attempts.c.delivery_id
)


def _pair(row: Any) -> tuple[DeliveryAttempt, Delivery]:
    values = tuple(row)
    split = len(ATTEMPT_COLUMNS)
    return to_attempt(values[:split]), to_delivery(values[split:])


def happened_since(
    integration_id: str | ColumnElement[str], since: datetime | ColumnElement[datetime]
) -> list[ColumnElement[bool]]:
    """Return conditions on deliveries; one that is made again has the first one's `webhook_id`."""
    first = (_FIRST.c.id == deliveries.c.webhook_id) & (_FIRST.c.created_at >= since)
    found = exists(select(1).select_from(_FIRST).where(first).correlate_except(_FIRST))
    return [
        deliveries.c.integration_id == integration_id,
        deliveries.c.created_at >= since,
        (deliveries.c.webhook_id == deliveries.c.id) | found,
    ]
