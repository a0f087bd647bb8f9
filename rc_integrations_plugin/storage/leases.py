"""Taking due deliveries: fairly between integrations, never too many of one, none of them twice."""

import math
from bisect import bisect
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from rc_integrations_plugin.storage.delivery_rows import DELIVERY_COLUMNS
from rc_integrations_plugin.storage.json_text import to_json
from rc_integrations_plugin.storage.tables import UtcDateTime, deliveries
from rc_integrations_plugin.storage.transactions import lock_sqlite

_LOCK_KEY = 0x7263_6C65_6173_6573
_FEW = 256
"""So many due rows are looked at one by one; of more, those of each integration are asked for."""
_MARGIN = 4


@dataclass(frozen=True, kw_only=True)
class LeaseOrder:
    """What is to be leased."""

    now: datetime
    lease: str
    until: datetime
    limit: int
    per_integration: int
    limits: Mapping[str, int] = field(default_factory=dict)
    busy: frozenset[str] = frozenset()

    def room_of(self, integration_id: str, leased: Mapping[str, int]) -> int:
        """Return how many more of an integration's deliveries may be under way."""
        if integration_id in self.busy:
            return 0
        most = self.limits.get(integration_id, self.per_integration)
        return max(most - leased.get(integration_id, 0), 0)


@dataclass(frozen=True)
class Choice:
    """Deliveries that may be leased."""

    ids: Sequence[str]
    last_integration: str
    """Whose turn was the last one: the next choice begins behind it."""


def lock(connection: Connection) -> None:
    """Let nobody else lease until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    lock_sqlite(connection)


def choose(connection: Connection, order: LeaseOrder, *, after: str) -> Choice:
    """Choose among the due deliveries, each integration in turn.

    Args:
        connection: to the database.
        order: what is wanted.
        after: the integration whose turn was the last one.
    """
    leased = _leased(connection, order.now)
    due: Sequence[Row[Any]] = connection.execute(_OLDEST, {"now": order.now, "few": _FEW}).all()
    if len(due) == _FEW:
        due = _spread(connection, order, leased, after=after)
    queues: dict[str, deque[str]] = {}
    for row in sorted(due, key=attrgetter("due_at", "created_at")):
        queues.setdefault(row.integration_id, deque()).append(row.id)
    rooms = {one: order.room_of(one, leased) for one in _rotated(queues, after)}
    return _share(queues, rooms, order.limit)


def take(connection: Connection, order: LeaseOrder, choice: Choice) -> Sequence[Any]:
    """Lease what was chosen and return its rows, in the order of the choice."""
    if not choice.ids:
        return []
    chosen = deliveries.c.id.in_(choice.ids) & (deliveries.c.due_at <= order.now)
    # whoever holds one of these rows, as a message that is being posted does, loses it to nobody
    free = select(deliveries.c.id).where(chosen).with_for_update(skip_locked=True)
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(free))
        .values(lease=order.lease, due_at=order.until)
        .returning(*DELIVERY_COLUMNS)
    )
    rows = {row.id: row for row in connection.execute(statement)}
    return [rows[delivery_id] for delivery_id in choice.ids if delivery_id in rows]


_NOW = bindparam("now", type_=UtcDateTime)
_OLDEST = (
    select(
        deliveries.c.id,
        deliveries.c.integration_id,
        deliveries.c.due_at,
        deliveries.c.created_at,
    )
    .where(deliveries.c.due_at <= _NOW)
    .order_by(deliveries.c.due_at)
    .limit(bindparam("few"))
)
_LEASED = (
    select(deliveries.c.integration_id, func.count())
    .where(deliveries.c.lease.is_not(None), deliveries.c.due_at > _NOW)
    .group_by(deliveries.c.integration_id)
)
_TABLE = deliveries.name
# From one integration to the next, however many rows each of them has: the database has no
# operation for this, but finding the least id that is greater is a step in the index.
_WAITING = text(
    f"""
    WITH RECURSIVE waiting(integration_id) AS (
        SELECT min(integration_id) FROM {_TABLE}
        WHERE due_at IS NOT NULL AND integration_id > :after
        UNION ALL
        SELECT (
            SELECT min(later.integration_id) FROM {_TABLE} AS later
            WHERE later.due_at IS NOT NULL AND later.integration_id > waiting.integration_id
        )
        FROM waiting WHERE waiting.integration_id IS NOT NULL
    )
    SELECT integration_id FROM waiting
    WHERE integration_id IS NOT NULL AND integration_id NOT IN :full AND EXISTS (
        SELECT 1 FROM {_TABLE} AS due
        WHERE due.integration_id = waiting.integration_id AND due.due_at <= :now
    )
    LIMIT :limit
    """  # noqa: S608 a constant
).bindparams(_NOW, bindparam("full", expanding=True))
_FIRST_OF_EACH = {
    "postgresql": f"""
        SELECT due.id, due.integration_id, due.due_at, due.created_at
        FROM json_array_elements_text(CAST(:integration_ids AS JSON)) AS wanted(integration_id)
        CROSS JOIN LATERAL (
            SELECT * FROM {_TABLE} AS one
            WHERE one.integration_id = wanted.integration_id AND one.due_at <= :now
            ORDER BY one.due_at, one.created_at LIMIT :most
        ) AS due
    """,  # noqa: S608 a constant
    "sqlite": f"""
        SELECT due.id, due.integration_id, due.due_at, due.created_at
        FROM json_each(:integration_ids) AS wanted
        CROSS JOIN {_TABLE} AS due ON due.rowid IN (
            SELECT one.rowid FROM {_TABLE} AS one
            WHERE one.integration_id = wanted.value AND one.due_at <= :now
            ORDER BY one.due_at, one.created_at LIMIT :most
        )
    """,  # noqa: S608 a constant
}


def _leased(connection: Connection, now: datetime) -> dict[str, int]:
    """Return how many deliveries of each integration are under way, with all workers."""
    return dict(connection.execute(_LEASED, {"now": now}).tuples().all())


def _spread(
    connection: Connection, order: LeaseOrder, leased: Mapping[str, int], *, after: str
) -> Sequence[Row[Any]]:
    """Return the first due rows of each integration that may have more of them under way."""
    full = {*order.busy, *(one for one in leased if not order.room_of(one, leased))}
    wanted: dict[str, None] = {}
    for start in (after, "") if after else ("",):
        values = {"after": start, "now": order.now, "full": list(full), "limit": order.limit}
        wanted |= dict.fromkeys(connection.scalars(_WAITING, values))
        if len(wanted) >= order.limit:
            break
    if not wanted:
        return []
    # more than a share, since others may have fewer
    most = min(order.limit, _MARGIN * math.ceil(order.limit / len(wanted)))
    written = text(_FIRST_OF_EACH[connection.dialect.name]).bindparams(_NOW)
    statement = written.columns(due_at=UtcDateTime, created_at=UtcDateTime)
    values = {"integration_ids": to_json(list(wanted)), "now": order.now, "most": most}
    return connection.execute(statement, values).all()


def _share(queues: Mapping[str, deque[str]], rooms: dict[str, int], limit: int) -> Choice:
    """Take one of each integration in turn, as long as it has room."""
    ids: list[str] = []
    turns = deque(one for one, room in rooms.items() if room)
    last = ""
    while turns and len(ids) < limit:
        last = turns.popleft()
        ids.append(queues[last].popleft())
        rooms[last] -= 1
        if queues[last] and rooms[last]:
            turns.append(last)
    return Choice(ids, last)


def _rotated(integration_ids: Iterable[str], after: str) -> list[str]:
    ordered = sorted(integration_ids)
    start = bisect(ordered, after)
    return ordered[start:] + ordered[:start]
