"""The scripts that integrations have had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from rc_integrations_plugin.integrations.audit import Integration, ScriptChange, describe_script
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.storage.tables import script_versions

KEPT = 50
"""Versions of each integration; the oldest go."""
_HEAD = (
    script_versions.c.number,
    script_versions.c.saved_at,
    script_versions.c.saved_by_id,
    script_versions.c.saved_by_username,
    func.length(script_versions.c.script),
)
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class ScriptVersion:
    """A script that an integration has, or had."""

    number: int
    saved_at: datetime
    saved_by: Editor
    characters: int


class ScriptVersionStore:
    """The table of scripts; who stores an integration writes into it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, integration_id: str) -> Sequence[ScriptVersion]:
        """Return what is known of an integration's scripts, the newest first."""
        if not is_storable(integration_id):
            return []
        statement = (
            select(*_HEAD)
            .where(script_versions.c.integration_id == integration_id)
            .order_by(script_versions.c.number.desc())
        )
        with self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def find(self, integration_id: str, number: int) -> tuple[ScriptVersion, str] | None:
        """Return a version and its text, or None."""
        if not is_storable(integration_id) or not 0 < number <= _LARGEST:
            return None
        statement = select(*_HEAD, script_versions.c.script).where(
            script_versions.c.integration_id == integration_id, script_versions.c.number == number
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        return None if row is None else (_from_row(row), row.script)


def keep_first(connection: Connection, new: Integration) -> ScriptChange:
    """Write the script of a new integration, in the transaction that stores it."""
    if not new.script:
        return ScriptChange()
    _insert(connection, new, 1, new.script)
    return ScriptChange(None, describe_script(new.script, version=1))


def find_same(engine: Engine, old: Integration, new: Integration) -> int | None:
    """Return the number of the newest version with the text of a changed script, if any.

    Comparing may take long. It is done before the transaction that stores the script, and stays
    true if that finds the integration as it was: versions change with it alone.
    """
    if (old.script or "") == (new.script or ""):
        return None
    same = select(func.max(script_versions.c.number)).where(
        script_versions.c.integration_id == old.id, script_versions.c.script == (new.script or "")
    )
    with engine.connect() as connection:
        found: int | None = connection.scalar(same)
    return found


def keep_changed(
    connection: Connection, old: Integration, new: Integration, *, same_as: int | None
) -> ScriptChange:
    """Write a changed script, in the transaction that stores it; `same_as` as `find_same` says."""
    was, becomes = old.script or "", new.script or ""
    if was == becomes:
        return ScriptChange()
    last = _last_number(connection, old.id)
    if not last and was:
        # it is older than this table
        last = 1
        _insert(connection, old, last, was)
    _insert(connection, new, last + 1, becomes)
    connection.execute(
        delete(script_versions).where(
            script_versions.c.integration_id == old.id,
            script_versions.c.number <= last + 1 - KEPT,
        )
    )
    return ScriptChange(
        describe_script(was, version=last) if last else None,
        describe_script(becomes, version=last + 1, same_as=same_as),
    )


def drop_all(connection: Connection, old: Integration) -> ScriptChange:
    """Remove all scripts of an integration, in the transaction that removes it."""
    last = _last_number(connection, old.id)
    connection.execute(delete(script_versions).where(script_versions.c.integration_id == old.id))
    if not old.script:
        return ScriptChange()
    return ScriptChange(describe_script(old.script, version=last or 1), None)


def _last_number(connection: Connection, integration_id: str) -> int:
    newest = select(func.max(script_versions.c.number))
    return connection.scalar(newest.where(script_versions.c.integration_id == integration_id)) or 0


def _insert(connection: Connection, saved: Integration, number: int, script: str) -> None:
    by = saved.updated_by or saved.created_by
    values = {
        "integration_id": saved.id,
        "number": number,
        "saved_at": saved.updated_at,
        "saved_by_id": by.id,
        "saved_by_username": by.username,
        "script": script,
    }
    connection.execute(insert(script_versions), values)


def _from_row(row: Row[*tuple[Any, ...]]) -> ScriptVersion:
    number, saved_at, by_id, by_username, characters = tuple(row)[: len(_HEAD)]
    return ScriptVersion(number, saved_at, Editor(by_id, by_username), characters)
