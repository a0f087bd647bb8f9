"""What lists of integrations tell of each one's past: when it last did something, what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Table, and_, exists, func, or_, select, true

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import Part
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.storage.attempts import happened_since
from rc_integrations_plugin.storage.tables import (
    attempts,
    calls,
    circuits,
    deliveries,
    integrations,
)

MadeBy = Mapping[IntegrationType, str | Part | None]
"""Of each type those that the user with this id made, this part of them, or all for None."""
EVERYONES: MadeBy = MappingProxyType(dict.fromkeys(IntegrationType))

FAILED_CALLS = frozenset(
    {
        CallOutcome.PARTLY_POSTED,
        CallOutcome.REFUSED,
        CallOutcome.SCRIPT_REFUSED,
        CallOutcome.SCRIPT_FAILED,
        CallOutcome.FAILED,
    }
)
"""Outcomes of incoming calls after which somebody may want to do something."""
FAILED_ATTEMPTS = frozenset({DeliveryOutcome.RETRYING, DeliveryOutcome.FAILED})
FAILURES_COUNT_FOR = timedelta(hours=24)
"""In lists: what failed earlier is told by histories only."""


def recent() -> datetime:
    """Return from when on failures count in a list that is made now."""
    return datetime.now(UTC) - FAILURES_COUNT_FOR


@dataclass(frozen=True, kw_only=True)
class Overview:
    """An integration's past in short."""

    last_at: datetime | None = None
    """When it was last called, or last called somebody."""
    last_outcome: CallOutcome | DeliveryOutcome | None = None
    failures: int = 0
    """Since the time that was asked for."""


class _History:
    """What can be asked, of the integration that a statement is about, of one of the histories."""

    def __init__(
        self,
        table: Table,
        time: Column[Any],
        outcomes: type[CallOutcome] | type[DeliveryOutcome],
        failed: frozenset[Any],
        is_of_rooms: ColumnElement[bool],
    ) -> None:
        self.table, self.time, self.outcomes = table, time, outcomes
        self.failed = [outcome.value for outcome in failed]
        self._of_this = table.c.integration_id == integrations.c.id
        self._is_of_rooms = is_of_rooms

    def last(self, column: Column[Any], made_by: MadeBy) -> ColumnElement[Any]:
        """Return a column of the newest row: one look into the index, however many there are."""
        newest_first = (self.time.desc(), self.table.c.id.desc())
        found = select(column).where(self._of_this, self._is_seen(made_by))
        found = found.order_by(*newest_first).limit(1)
        return found.correlate(integrations).scalar_subquery()

    def failures(self, since: datetime, made_by: MadeBy) -> ColumnElement[Any]:
        """Return how many rows since a time tell of a failure."""
        has_failed = self.table.c.outcome.in_(self.failed)
        found = select(func.count()).select_from(self.table)
        found = found.where(self._of_this, self.time >= since, has_failed, self._is_seen(made_by))
        return found.correlate(integrations).scalar_subquery()

    def _is_seen(self, made_by: MadeBy) -> ColumnElement[bool]:
        """Return whether the history shows a row to who sees these: as `past_of` has it."""
        partly = {kind: part for kind, part in made_by.items() if isinstance(part, Part)}
        if not partly:
            return true()
        mine = [
            and_(integrations.c.type == kind.value, integrations.c.created_by_id == part.maker_id)
            for kind, part in partly.items()
            if part.maker_id is not None
        ]
        is_other = integrations.c.type.not_in([kind.value for kind in partly])
        has_no_past = integrations.c.rooms_since.is_(None)
        return or_(is_other, has_no_past, *mine, self._is_of_rooms)


_CALLS = _History(
    calls,
    calls.c.called_at,
    CallOutcome,
    FAILED_CALLS,
    calls.c.called_at >= integrations.c.rooms_since,
)
_ATTEMPTS = _History(
    attempts,
    attempts.c.started_at,
    DeliveryOutcome,
    FAILED_ATTEMPTS,
    exists(
        select(1)
        .select_from(deliveries)
        .where(
            deliveries.c.id == attempts.c.delivery_id,
            *happened_since(integrations.c.id, integrations.c.rooms_since),
        )
        .correlate(attempts, integrations)
    ),
)


def last_at(made_by: MadeBy) -> ColumnElement[Any]:
    """Return when the integration that a statement is about did something; NULL for never.

    As of all here, what counts is what the history shows to who sees these integrations.
    """
    # an integration has rows in one of the two
    return func.coalesce(*(one.last(one.time, made_by) for one in (_CALLS, _ATTEMPTS)))


def failures(since: datetime, made_by: MadeBy) -> ColumnElement[Any]:
    """Return how often the integration that a statement is about failed since a time."""
    return _CALLS.failures(since, made_by) + _ATTEMPTS.failures(since, made_by)


def is_failing(since: datetime, made_by: MadeBy) -> ColumnElement[bool]:
    """Return whether somebody should look after the integration that a statement is about.

    Its last call failed, it failed since that time, or its receiver is left alone for a while.
    """
    is_open = exists().where(
        circuits.c.integration_id == integrations.c.id, circuits.c.open_until.is_not(None)
    )
    last = (one.last(one.table.c.outcome, made_by).in_(one.failed) for one in (_CALLS, _ATTEMPTS))
    return or_(is_open, *last, failures(since, made_by) > 0)


class OverviewStore:
    """Reads the histories of many integrations at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_all(
        self, integration_ids: Sequence[str], *, since: datetime, made_by: MadeBy = EVERYONES
    ) -> Mapping[str, Overview]:
        """Return the past of each of these integrations, by its id.

        Args:
            integration_ids: of either type.
            since: failures before this time don't count.
            made_by: which ones he sees who asks; what his history does not show does not count.
        """
        ids = list(integration_ids)
        incoming, outgoing = (self._read(ids, one, since, made_by) for one in (_CALLS, _ATTEMPTS))
        return {one: incoming.get(one) or outgoing.get(one) or Overview() for one in ids}

    def _read(
        self, ids: list[str], history: _History, since: datetime, made_by: MadeBy
    ) -> dict[str, Overview]:
        columns = (history.time, history.table.c.outcome)
        last = [history.last(column, made_by) for column in columns]
        rows = select(integrations.c.id, *last, history.failures(since, made_by))
        with self._engine.connect() as connection:
            return {
                row[0]: Overview(
                    last_at=row[1], last_outcome=history.outcomes(row[2]), failures=row[3]
                )
                for row in connection.execute(rows.where(integrations.c.id.in_(ids)))
                if row[1] is not None
            }
