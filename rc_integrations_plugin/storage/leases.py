"""Taking due deliveries: fairly between integrations, never too many of one, none of them twice."""

import math
from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, select, text, update

from rc_integrations_plugin.storage.columns import UtcDateTime
from rc_integrations_plugin.storage.delivery_rows import DELIVERY_COLUMNS
from rc_integrations_plugin.storage.json_text import to_json
from rc_integrations_plugin.storage.tables import deliveries
from rc_integrations_plugin.storage.transactions import lock_sqlite

_LOCK_KEY = 0x7263_6C65_6173_6573
_FEW = 20
"""So many due rows, or twice the limit, are looked at one by one; where there are more, the first
ones of each integration are asked for."""
_MARGIN = 2
_Due = tuple[Any, Any, str, str]
"""Of a delivery: when it was due, when it was made, its id and its integration's."""


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
    leased: Mapping[str, int]
    """How many of each integration were under way."""


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
    leased = count_leased(connection, order.now)
    few = max(2 * order.limit, _FEW)
    due = [tuple(row) for row in connection.execute(_OLDEST, {"now": order.now, "few": few}).all()]
    if len(due) == few:
        due = _spread(connection, order, leased, after=after)
    queues: dict[str, deque[str]] = {}
    for _, _, delivery_id, integration_id in sorted(due):
        queues.setdefault(integration_id, deque()).append(delivery_id)
    rooms = {one: order.room_of(one, leased) for one in _rotated(queues, after)}
    ids, last = _share(queues, rooms, order.limit)
    return Choice(ids, last or after, leased)


def count_leased(connection: Connection, now: datetime) -> Mapping[str, int]:
    """Return how many deliveries of each integration are under way, with all workers."""
    return Counter(connection.scalars(_LEASED, {"now": now}).all())


def take(connection: Connection, order: LeaseOrder, choice: Choice) -> Sequence[Row[Any]]:
    """Lease what was chosen and return its rows, in the order of the choice."""
    if not choice.ids:
        return []
    rows = {row[0]: row for row in connection.execute(_TAKE, _take_values(order, choice))}
    return [rows[delivery_id] for delivery_id in choice.ids if delivery_id in rows]


_NOW = bindparam("now", type_=UtcDateTime)
# a row that somebody is busy with is left out instead of waited for
_FREE = (
    select(deliveries.c.id)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)), deliveries.c.due_at <= _NOW)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(_FREE))
    .values(lease=bindparam("new_lease"), due_at=bindparam("until"))
    .returning(*DELIVERY_COLUMNS)
)
_TABLE = deliveries.name
# The times only say the order: as the database writes them they do so, too.
_OLDEST = text(
    f"SELECT due_at, created_at, id, integration_id FROM {_TABLE}"  # noqa: S608 a constant
    " WHERE due_at <= :now ORDER BY due_at LIMIT :few"
).bindparams(_NOW)
# "lease IS NOT NULL", in words that SQLite takes for a range of the right index
_LEASED = text(
    f"SELECT integration_id FROM {_TABLE} WHERE lease > '' AND due_at > :now"  # noqa: S608 a constant
).bindparams(_NOW)
# From one integration to the next, however many rows each of them has: no operation of databases,
# but finding the next id is a step in the index. Also ordering by due_at leaves no other index.
_WAITING = text(
    f"""
    WITH RECURSIVE waiting(integration_id) AS (
        SELECT (
            SELECT integration_id FROM {_TABLE}
            WHERE due_at IS NOT NULL AND integration_id > :after
            ORDER BY integration_id, due_at LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT later.integration_id FROM {_TABLE} AS later
            WHERE later.due_at IS NOT NULL AND later.integration_id > waiting.integration_id
            ORDER BY later.integration_id, later.due_at LIMIT 1
        )
        FROM waiting WHERE waiting.integration_id IS NOT NULL
    )
    SELECT integration_id FROM waiting
    WHERE integration_id IS NOT NULL AND integration_id NOT IN :full AND (
        SELECT first.due_at FROM {_TABLE} AS first
        WHERE first.due_at IS NOT NULL AND first.integration_id = waiting.integration_id
        ORDER BY first.due_at LIMIT 1
    ) <= :now
    LIMIT :limit
    """  # noqa: S608 a constant
).bindparams(_NOW, bindparam("full", type_=Text, expanding=True))
_FIRST_OF_EACH = {
    "postgresql": text(
        f"""
        SELECT due.due_at, due.created_at, due.id, due.integration_id
        FROM json_array_elements_text(CAST(:integration_ids AS JSON)) AS wanted(integration_id)
        CROSS JOIN LATERAL (
            SELECT * FROM {_TABLE} AS one
            WHERE one.integration_id = wanted.integration_id AND one.due_at <= :now
            ORDER BY one.due_at, one.created_at LIMIT :most
        ) AS due
    """  # noqa: S608 a constant
    ).bindparams(_NOW),
    "sqlite": text(
        f"""
        SELECT due.due_at, due.created_at, due.id, due.integration_id
        FROM json_each(:integration_ids) AS wanted
        CROSS JOIN {_TABLE} AS due ON due.rowid IN (
            SELECT one.rowid FROM {_TABLE} AS one
            WHERE one.integration_id = wanted.value AND one.due_at <= :now
            ORDER BY one.due_at, one.created_at LIMIT :most
        )
    """  # noqa: S608 a constant
    ).bindparams(_NOW),
}


def _take_values(order: LeaseOrder, choice: Choice) -> dict[str, Any]:
    return {
        "ids": choice.ids,
        "now": order.now,
        "new_lease": order.lease,
        "until": order.until,
    }


def _spread(
    connection: Connection, order: LeaseOrder, leased: Mapping[str, int], *, after: str
) -> list[_Due]:
    """Return the first due rows of each integration that may have more of them under way."""
    wanted = _find_waiting(connection, order, leased, after=after)
    if not wanted:
        return []
    # somewhat more than a share, since others may have fewer
    share = min(order.limit, _MARGIN * math.ceil(order.limit / len(wanted)))
    due = _first_of_each(connection, order, wanted, share)
    counts = Counter(row[-1] for row in due)
    usable = sum(min(count, order.room_of(one, leased)) for one, count in counts.items())
    cut = [one for one, count in counts.items() if count == share < order.room_of(one, leased)]
    if usable >= order.limit or not cut:
        return due
    kept = [row for row in due if row[-1] not in cut]
    return kept + _first_of_each(connection, order, cut, order.limit)


def _find_waiting(
    connection: Connection, order: LeaseOrder, leased: Mapping[str, int], *, after: str
) -> list[str]:
    """Return integrations that have due rows and room, first those behind `after`."""
    full = [one for one in leased if not order.room_of(one, leased)]
    found: dict[str, None] = {}
    for start in (after, "") if after else ("",):
        values = {
            "after": start,
            "now": order.now,
            "full": [*order.busy, *full],
            "limit": order.limit,
        }
        found |= dict.fromkeys(connection.scalars(_WAITING, values))
        if len(found) >= order.limit:
            break
    return list(found)


def _first_of_each(
    connection: Connection, order: LeaseOrder, integration_ids: list[str], most: int
) -> list[_Due]:
    statement = _FIRST_OF_EACH[connection.dialect.name]
    values = {"integration_ids": to_json(integration_ids), "now": order.now, "most": most}
    return [tuple(row) for row in connection.execute(statement, values).all()]


def _share(
    queues: Mapping[str, deque[str]], rooms: dict[str, int], limit: int
) -> tuple[list[str], str]:
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
    return ids, last


def _rotated(integration_ids: Iterable[str], after: str) -> list[str]:
    ordered = sorted(integration_ids)
    start = bisect(ordered, after)
    return ordered[start:] + ordered[:start]
