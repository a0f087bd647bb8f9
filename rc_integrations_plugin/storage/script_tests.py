"""The tests of scripts, kept for the integrations that they belong to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from rc_integrations_plugin.errors import InvalidParams, NothingFound
from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.integrations.text import is_storable, storable
from rc_integrations_plugin.storage.audit_rows import record
from rc_integrations_plugin.storage.json_text import from_json, to_json
from rc_integrations_plugin.storage.tables import integrations, script_tests
from rc_integrations_plugin.storage.transactions import lock_sqlite, settled


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

    def add(self, test: ScriptTest, entry: AuditEntry, *, most: int) -> None:
        """Store a new test.

        Raises:
            InvalidParams: its name is taken, or the integration has as many as it may.
        """
        with self._writing(test.integration_id) as connection:
            _insert(connection, [test], most=most)
            record(connection, entry)

    def replace(self, test: ScriptTest, entry: AuditEntry) -> bool:
        """Store a changed test, and return whether it was still there.

        Raises:
            InvalidParams: its name is taken.
        """
        row = _to_row(test)
        changed = {key: row[key] for key in ("name", "sample")}
        with self._writing(test.integration_id) as connection:
            result = connection.execute(update(script_tests).where(_is(test)), changed)
            if result.rowcount:
                _check_names(_names(connection, test.integration_id))
                record(connection, entry)
        return result.rowcount == 1

    def remove(self, test: ScriptTest, entry: AuditEntry) -> bool:
        """Remove a test, and return whether it was there."""
        with self._engine.begin() as connection:
            result = connection.execute(delete(script_tests).where(_is(test)))
            if result.rowcount:
                record(connection, entry)
        return result.rowcount == 1

    def exchange(
        self,
        integration_id: str,
        old: Sequence[ScriptTest],
        new: Sequence[ScriptTest],
        entry: AuditEntry,
        *,
        most: int,
    ) -> None:
        """Remove some tests of an integration and store others in their place.

        Raises:
            InvalidParams: a name is taken, or the integration would have more than it may.
        """
        mine = script_tests.c.integration_id == integration_id
        doomed = script_tests.c.id.in_([one.id for one in old])
        with self._writing(integration_id) as connection:
            connection.execute(delete(script_tests).where(mine, doomed))
            _insert(connection, new, most=most)
            record(connection, entry)

    @contextmanager
    def _writing(self, integration_id: str) -> Iterator[Connection]:
        """Begin a transaction in which nobody else gives tests to an integration, or removes it.

        Raises:
            NothingFound: it was removed meanwhile.
        """
        row = select(integrations.c.id).where(integrations.c.id == integration_id)
        with settled(self._engine).begin() as connection:
            lock_sqlite(connection)
            if connection.scalar(row.with_for_update()) is None:
                raise NothingFound("No integration found.")
            yield connection


def _insert(connection: Connection, tests: Sequence[ScriptTest], *, most: int) -> None:
    if not tests:
        return
    connection.execute(insert(script_tests), [_to_row(test) for test in tests])
    names = _names(connection, tests[0].integration_id)
    _check_names(names)
    if len(names) > most:
        raise InvalidParams(f"An integration has at most {most} tests")


def _names(connection: Connection, integration_id: str) -> Sequence[str]:
    mine = script_tests.c.integration_id == integration_id
    return connection.scalars(select(script_tests.c.name).where(mine)).all()


def _check_names(names: Sequence[str]) -> None:
    twice = [name for name, number in Counter(names).items() if number > 1]
    if twice:
        raise InvalidParams(f"There is a test named {twice[0]!r} already")


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
