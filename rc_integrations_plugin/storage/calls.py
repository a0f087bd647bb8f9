"""Calls of incoming hooks, kept for the people who run them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, delete, func, insert, select

from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.text import is_storable, storable
from rc_integrations_plugin.storage.audit_rows import record
from rc_integrations_plugin.storage.columns import between
from rc_integrations_plugin.storage.json_text import from_json_or_none, to_json_or_none
from rc_integrations_plugin.storage.tables import calls
from rc_integrations_plugin.storage.transactions import delete_selected


@dataclass(frozen=True, kw_only=True)
class CallFilter:
    """Which calls of one integration are wanted."""

    integration_id: str
    outcome: CallOutcome | None = None
    since: datetime | None = None
    """Those that began then, or later."""
    until: datetime | None = None
    """Those that began earlier."""


class CallStore:
    """The table of calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, call: IncomingCall) -> None:
        """Store a call, in a transaction of its own."""
        with self._engine.begin() as connection:
            connection.execute(_INSERT, call_row(call))

    def page(
        self, wanted: CallFilter, *, offset: int, count: int, oldest_first: bool = False
    ) -> tuple[Sequence[IncomingCall], int]:
        """Return some of the calls, the newest first, and how many there are in all."""
        condition = calls.c.integration_id == wanted.integration_id
        if wanted.outcome is not None:
            condition &= calls.c.outcome == wanted.outcome.value
        condition &= between(calls.c.called_at, wanted.since, wanted.until)
        keys = (calls.c.called_at, calls.c.id)
        order = [key.asc() if oldest_first else key.desc() for key in keys]
        # bodies of rows that are skipped are not read
        ids = select(calls.c.id).where(condition).order_by(*order).offset(offset).limit(count)
        rows = select(calls).where(calls.c.id.in_(ids)).order_by(*order)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(calls).where(condition))
            return [_from_row(row) for row in connection.execute(rows).mappings()], total or 0

    def find(self, integration_id: str, call_id: str) -> IncomingCall | None:
        """Return a call of an integration, or None."""
        if not is_storable(integration_id) or not is_storable(call_id):
            return None
        statement = select(calls).where(
            calls.c.id == call_id, calls.c.integration_id == integration_id
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else _from_row(row)

    def clear(
        self, integration_id: str, entry: AuditEntry, *, since: datetime | None = None
    ) -> None:
        """Forget calls of an integration, all or those since a time; write that it was wanted."""
        doomed = (calls.c.integration_id == integration_id) & between(
            calls.c.called_at, since, None
        )
        with self._engine.begin() as connection:
            record(connection, entry)
            connection.execute(delete(calls).where(doomed))

    def prune(self, *, older_than: datetime, keep_at_most: int) -> int:
        """Delete calls that are too old, and all but the newest of each integration.

        Args:
            older_than: calls before this time go.
            keep_at_most: for each integration.

        Returns:
            How many calls were deleted.
        """
        with self._engine.connect() as connection:
            ids = connection.scalars(select(calls.c.integration_id).distinct()).all()
        return sum(
            self._prune_one(integration_id, older_than, keep_at_most) for integration_id in ids
        )

    def _prune_one(self, integration_id: str, older_than: datetime, keep_at_most: int) -> int:
        of_this = calls.c.integration_id == integration_id
        newest_first = (calls.c.called_at.desc(), calls.c.id.desc())
        too_many = select(calls.c.id).where(of_this).order_by(*newest_first).offset(keep_at_most)
        too_old = select(calls.c.id).where(of_this, calls.c.called_at < older_than)
        return sum(delete_selected(self._engine, calls, doomed) for doomed in (too_old, too_many))


_INSERT = insert(calls)


def call_row(call: IncomingCall) -> dict[str, Any]:
    """Return the row of a call."""
    return {
        "id": call.id,
        "integration_id": call.integration_id,
        "called_at": call.called_at,
        "outcome": call.outcome.value,
        "status": call.status,
        "duration_ms": call.duration_ms,
        "method": storable(call.method),
        "query": storable(call.query),
        "headers": json.dumps(dict(call.headers)),
        "body": storable(call.body),
        "body_bytes": call.body_bytes,
        "remote_address": storable(call.remote_address),
        "results": _json_list(call.results),
        "message": to_json_or_none(call.message),
        "console": _json_list(call.console),
        "script_duration_ms": call.script_duration_ms,
        "script_restarted": call.script_restarted,
        "error_code": storable(call.error_code),
        "error": storable(call.error),
    }


def _json_list(values: Sequence[Mapping[str, Any]]) -> str:
    # almost always empty for `console`: not worth a call of the encoder
    return json.dumps([dict(value) for value in values]) if values else "[]"


def _from_row(row: RowMapping) -> IncomingCall:
    values = dict(row)
    values["outcome"] = CallOutcome(values["outcome"])
    values["headers"] = json.loads(values["headers"])
    values["results"] = tuple(json.loads(values["results"]))
    values["console"] = tuple(json.loads(values["console"]))
    values["message"] = from_json_or_none(values["message"])
    return IncomingCall(**values)
