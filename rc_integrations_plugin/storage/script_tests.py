"""The tests of scripts, kept for the integrations that they belong to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.integrations.text import is_storable, storable
from rc_integrations_plugin.storage.audit_rows import record
from rc_integrations_plugin.storage.json_text import from_json, to_json
from rc_integrations_plugin.storage.tables import script_tests
from rc_integrations_plugin.storage.transactions import lock_sqlite


class ScriptTestStore:
    """The table of tests. Each change is written into the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, integration_id: str) -> Sequence[ScriptTest]:
        """Return the tests of an integration, the oldest first."""
        if not is_storable(integration_id):
            return []
        statement = (
            select(script_tests)
            .where(script_tests.c.integration_id == integration_id)
            .order_by(script_tests.c.created_at, script_tests.c.id)
        )
        with self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(statement).mappings()]

    def add(self, test: ScriptTest, entry: AuditEntry, *, most: int) -> bool:
        """Store a new test, unless the integration has as many as it may.

        Returns:
            Whether it was stored.
        """
        mine = script_tests.c.integration_id == test.integration_id
        with self._engine.begin() as connection:
            lock_sqlite(connection)
            count = select(func.count()).select_from(script_tests).where(mine)
            if (connection.scalar(count) or 0) >= most:
                return False
            connection.execute(insert(script_tests), _to_row(test))
            record(connection, entry)
        return True

    def replace(self, test: ScriptTest, entry: AuditEntry) -> bool:
        """Store a changed test, and return whether it was still there."""
        row = _to_row(test)
        changed = {key: row[key] for key in ("name", "sample")}
        with self._engine.begin() as connection:
            result = connection.execute(update(script_tests).where(_is(test)), changed)
            if result.rowcount:
                record(connection, entry)
        return result.rowcount == 1

    def remove(self, test: ScriptTest, entry: AuditEntry) -> bool:
        """Remove a test, and return whether it was there."""
        with self._engine.begin() as connection:
            result = connection.execute(delete(script_tests).where(_is(test)))
            if result.rowcount:
                record(connection, entry)
        return result.rowcount == 1

    def set_all(self, integration_id: str, tests: Sequence[ScriptTest], entry: AuditEntry) -> None:
        """Let an integration have these tests and no other."""
        with self._engine.begin() as connection:
            drop_tests(connection, integration_id)
            if tests:
                connection.execute(insert(script_tests), [_to_row(test) for test in tests])
            record(connection, entry)


def drop_tests(connection: Connection, integration_id: str) -> None:
    """Remove all tests of an integration."""
    connection.execute(delete(script_tests).where(script_tests.c.integration_id == integration_id))


def _is(test: ScriptTest) -> Any:
    return (script_tests.c.id == test.id) & (script_tests.c.integration_id == test.integration_id)


def _to_row(test: ScriptTest) -> dict[str, Any]:
    return {
        "id": test.id,
        "integration_id": test.integration_id,
        "created_at": test.created_at,
        "created_by_id": storable(test.created_by.id),
        "created_by_username": storable(test.created_by.username),
        "name": storable(test.name),
        "sample": to_json(test.sample),
    }


def _from_row(row: RowMapping) -> ScriptTest:
    values = dict(row)
    by = Editor(values.pop("created_by_id"), values.pop("created_by_username"))
    return ScriptTest(**values | {"created_by": by, "sample": from_json(values["sample"])})
