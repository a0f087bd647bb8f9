"""Entries of the audit as rows, and writing them in the transaction of the change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert

from rc_integrations_plugin.integrations.audit import (
    AuditAction,
    AuditEntry,
    Integration,
    entry_of_change,
    entry_of_new,
    entry_of_removal,
)
from rc_integrations_plugin.integrations.records import Editor, IntegrationType
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.storage.json_text import from_json, to_json
from rc_integrations_plugin.storage.script_versions import drop_all, keep_changed, keep_first
from rc_integrations_plugin.storage.tables import audit


def record(connection: Connection, *entries: AuditEntry) -> None:
    """Write entries."""
    if entries:
        connection.execute(insert(audit), [_to_row(entry) for entry in entries])


def record_new(
    connection: Connection,
    new: Integration,
    *,
    by: Editor | None,
    imported: bool,
    broken_tests: Sequence[str],
) -> None:
    """Write that an integration was stored, and the first version of its script."""
    script = replace(keep_first(connection, new), broken_tests=broken_tests)
    at = datetime.now(UTC)
    record(connection, entry_of_new(new, at=at, by=by, imported=imported, script=script))


def record_change(
    connection: Connection,
    old: Integration,
    new: Integration,
    *,
    same_as: int | None,
    broken_tests: Sequence[str],
) -> None:
    """Write what was changed, if anything was, and the next version of a changed script."""
    kept = keep_changed(connection, old, new, same_as=same_as)
    script = replace(kept, broken_tests=broken_tests)
    entry = entry_of_change(old, new, script=script)
    if entry is not None:
        record(connection, entry)


def record_removal(connection: Connection, old: Integration, *, by: Editor | None) -> None:
    """Write that an integration was removed, and remove the versions of its script."""
    script = drop_all(connection, old)
    record(connection, entry_of_removal(old, at=datetime.now(UTC), by=by, script=script))


def _to_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "integration_id": entry.integration_id,
        "at": entry.at,
        "action": entry.action.value,
        "type": entry.type.value,
        "name": storable(entry.name),
        "by_id": entry.by and storable(entry.by.id),
        "by_username": entry.by and storable(entry.by.username),
        "before": to_json(entry.before),
        "after": to_json(entry.after),
    }


def from_row(row: RowMapping) -> AuditEntry:
    """Return the entry of a row."""
    values = dict(row)
    by_id, by_username = values.pop("by_id"), values.pop("by_username")
    values |= {
        "action": AuditAction(values["action"]),
        "type": IntegrationType(values["type"]),
        "by": None if by_id is None else Editor(by_id, by_username or ""),
        "before": from_json(values["before"]),
        "after": from_json(values["after"]),
    }
    return AuditEntry(**values)
