"""Deliveries of outgoing integrations in the database, and what came of each attempt."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Engine,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryResult,
    Posted,
)
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.integrations.tokens import ALPHABET
from rc_integrations_plugin.storage import leases
from rc_integrations_plugin.storage.attempts import AttemptStore
from rc_integrations_plugin.storage.delivery_results import IS_LEASED_SO, store_results
from rc_integrations_plugin.storage.delivery_rows import (
    DELIVERY_COLUMNS,
    attempt_row,
    delivery_row,
    to_delivery,
)
from rc_integrations_plugin.storage.leases import LeaseOrder
from rc_integrations_plugin.storage.tables import attempts, deliveries
from rc_integrations_plugin.storage.transactions import (
    BATCH,
    joined,
    patiently,
)


class DeliveryStore(AttemptStore):
    """The tables of deliveries and of attempts: what is to be called, and what was."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        # workers that start together do not all begin with the same integration
        self._last_integration = random.choice(ALPHABET)  # noqa: S311 guards nothing

    def open(
        self,
        new: Sequence[Delivery],
        *,
        attempts: Sequence[DeliveryAttempt] = (),
        session: Any = None,
    ) -> None:
        """Store new deliveries, due at once unless they are finished already.

        Args:
            new: any number of them.
            attempts: what came of those that are finished already.
            session: the host's, if this is to be a part of its transaction.
        """
        if not new and not attempts:
            return
        with joined(self._engine, session) as connection:
            if new:
                connection.execute(insert(deliveries), [delivery_row(one) for one in new])
            if attempts:
                connection.execute(_INSERT_ATTEMPT, [attempt_row(one) for one in attempts])

    def open_once(self, new: Delivery) -> bool:
        """Store a new delivery, unless there is one of its id; return whether it was stored."""
        try:
            self.open([new])
        except IntegrityError:
            return False
        return True

    def find(self, delivery_id: str) -> Delivery | None:
        """Return the delivery with this id, or None."""
        if not is_storable(delivery_id):
            return None
        statement = select(*DELIVERY_COLUMNS).where(deliveries.c.id == delivery_id)
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        return None if row is None else to_delivery(row)

    def lease(  # noqa: PLR0913 that many things decide who takes what
        self,
        *,
        now: datetime,
        lease: str,
        lease_seconds: float,
        limit: int,
        per_integration: int,
        limits: Mapping[str, int] | None = None,
        busy: frozenset[str] = frozenset(),
    ) -> list[Delivery]:
        """Take due deliveries, so that nobody else does until the lease runs out.

        Args:
            now: the time.
            lease: an id that no lease had before; all these deliveries get it.
            lease_seconds: how long it lasts.
            limit: take at most so many.
            per_integration: so many of an integration may be under way, with all workers together.
            limits: the same for integrations that have a limit of their own.
            busy: integrations to leave out.

        Returns:
            An integration's deliveries in the order in which they became due, the integrations
            taking turns.
        """
        order = LeaseOrder(
            now=now,
            lease=lease,
            until=now + timedelta(seconds=lease_seconds),
            limit=limit,
            per_integration=per_integration,
            limits=limits or {},
            busy=busy,
        )
        return patiently(lambda: self._lease(order)) if limit > 0 else []

    def renew(self, lease_ids: Collection[str], *, until: datetime) -> None:
        """Let leases run out at another time."""
        if lease_ids:
            of_these = deliveries.c.lease.in_(list(lease_ids))
            self._write(update(deliveries).where(of_these).values(due_at=until))

    def release(self, leased: Iterable[Delivery], *, due_at: datetime | None = None) -> None:
        """Give leased deliveries back untouched.

        Args:
            leased: as `lease` returned them.
            due_at: when they are due; None for at once, and before all later ones.
        """
        rows = [
            {"its_id": one.id, "its_lease": one.lease, "when": due_at or one.created_at}
            for one in leased
        ]
        if rows:
            self._write(_RELEASE, rows)

    def postpone(self, integration_id: str, *, until: datetime, now: datetime | None = None) -> int:
        """Let an integration's due deliveries wait, in the same order; return how many there are.

        Those that somebody has leased stay as they are.
        """
        some = (
            select(deliveries.c.id)
            .where(
                deliveries.c.integration_id == integration_id,
                deliveries.c.due_at <= (now or datetime.now(UTC)),
            )
            .limit(BATCH)
        )
        statement = (
            update(deliveries)
            .where(deliveries.c.id.in_(some.with_for_update(skip_locked=True)))
            .values(due_at=until, lease=None)
        )
        moved = last = self._write(statement)
        while last == BATCH:
            last = self._write(statement)
            moved += last
        return moved

    def hasten(self, integration_id: str, *, now: datetime) -> int:
        """Let an integration's deliveries without an attempt wait no longer; return their number.

        Those that failed keep the delays that their retries have.
        """
        return self._write(
            update(deliveries)
            .where(
                deliveries.c.integration_id == integration_id,
                deliveries.c.due_at > now,
                deliveries.c.lease.is_(None),
                deliveries.c.attempts == 0,
            )
            .values(due_at=deliveries.c.created_at)
        )

    def finish(self, results: Sequence[DeliveryResult], *, now: datetime) -> None:
        """Store what came of attempts, all in one transaction.

        Of a delivery whose lease somebody else has by now, only the attempt is stored. Storing the
        same results once more changes nothing.
        """
        if results:
            patiently(lambda: self._finish(results, now))

    def mark_posted(self, delivery: Delivery, stage: Posted, *, session: Any = None) -> bool:
        """Remember that a message of the attempt under way was posted.

        Args:
            delivery: as it was leased.
            stage: which of its messages.
            session: the host's whose transaction stores the message.

        Returns:
            Whether the delivery is still the caller's.
        """
        statement = (
            update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.lease == delivery.lease)
            .values(posted=stage.value)
        )
        with joined(self._engine, session) as connection:
            return connection.execute(statement).rowcount == 1

    def next_due(self) -> datetime | None:
        """Return when the next delivery is due, or when its lease runs out; None if none waits."""
        with self._engine.connect() as connection:
            found: datetime | None = connection.scalar(_NEXT_DUE)
            return found

    def has_due(self, now: datetime) -> bool:
        """Return whether a delivery is due."""
        next_due = self.next_due()
        return next_due is not None and next_due <= now

    def _lease(self, order: LeaseOrder) -> list[Delivery]:
        # looking needs no lock, and whoever finds nothing stops no writer
        with self._engine.connect() as connection:
            choice = leases.choose(connection, order, after=self._last_integration)
        if not choice.ids:
            return []
        with self._engine.begin() as connection:
            leases.lock(connection)
            rows: Sequence[Any] = ()
            if leases.count_leased(connection, order.now) == choice.leased:
                rows = leases.take(connection, order, choice)
            if not rows:
                # somebody else was faster
                choice = leases.choose(connection, order, after=self._last_integration)
                rows = leases.take(connection, order, choice)
        self._last_integration = choice.last_integration
        return [to_delivery(row) for row in rows]

    def _finish(self, results: Sequence[DeliveryResult], now: datetime) -> None:
        with self._engine.begin() as connection:
            store_results(connection, results, now=now)

    def _write(self, statement: Any, rows: list[dict[str, Any]] | None = None) -> int:
        def work() -> int:
            with self._engine.begin() as connection:
                return connection.execute(statement, rows).rowcount

        return patiently(work)


_INSERT_ATTEMPT = insert(attempts)
_NEXT_DUE = select(func.min(deliveries.c.due_at)).where(deliveries.c.due_at.is_not(None))
_RELEASE = update(deliveries).where(IS_LEASED_SO).values(due_at=bindparam("when"), lease=None)
