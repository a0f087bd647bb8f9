"""Integrations in the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from rc_integrations_plugin.errors import HookNotFound
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    ScriptError,
)
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.integrations.tokens import same_token
from rc_integrations_plugin.storage.tables import calls, integrations

SORTABLE: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "id": integrations.c.id,
        "name": integrations.c.name_folded,
        "type": integrations.c.type,
        "enabled": integrations.c.enabled,
        "username": integrations.c.username,
        "created_at": integrations.c.created_at,
        "updated_at": integrations.c.updated_at,
    }
)
_NO_TOKEN = "-" * 48


@dataclass(frozen=True, kw_only=True)
class IntegrationFilter:
    """Which integrations are wanted; None asks for nothing."""

    name_part: str | None = None
    type: IntegrationType | None = None
    created_by_id: str | None = None


class IntegrationStore:
    """The table of integrations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def incoming_by_token(self, integration_id: str, token: str) -> IncomingIntegration:
        """Return the incoming integration with this id and token.

        Raises:
            HookNotFound: there is none; nothing tells whether the id exists.
        """
        found = self.find(integration_id)
        # compared also when there is nothing to compare with, to take as long
        matches = same_token(token, found.token if found else _NO_TOKEN)
        if found is None or not matches:
            raise HookNotFound("Invalid integration id or token provided.")
        return found

    def find(self, integration_id: str) -> IncomingIntegration | None:
        """Return the incoming integration with this id, or None."""
        if not is_storable(integration_id):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_BY_ID, {"wanted_id": integration_id}).first()
        return None if row is None else _from_row(row)

    def page(
        self,
        wanted: IntegrationFilter,
        *,
        sort: Sequence[tuple[str, int]] = (("created_at", -1),),
        offset: int,
        count: int,
    ) -> tuple[Sequence[IncomingIntegration], int]:
        """Return some of the integrations, and how many there are in all.

        `sort` holds keys of `SORTABLE`, each with 1 (upwards) or -1.
        """
        conditions = _conditions(wanted)
        order = [_direction(SORTABLE[key], sign) for key, sign in (*sort, ("id", 1))]
        rows = select(*_COLUMNS).where(*conditions).order_by(*order).offset(offset).limit(count)
        counted = select(func.count()).select_from(integrations).where(*conditions)
        with self._engine.connect() as connection:
            total = connection.scalar(counted)
            return [_from_row(row) for row in connection.execute(rows)], total or 0

    def add(self, integration: IncomingIntegration) -> None:
        """Store a new integration."""
        with self._engine.begin() as connection:
            connection.execute(insert(integrations), _to_row(integration))

    def replace(self, old: IncomingIntegration, new: IncomingIntegration) -> bool:
        """Store a changed integration, unless somebody else changed or removed it meanwhile.

        Returns:
            Whether it was stored.
        """
        unchanged = (integrations.c.id == old.id) & (integrations.c.updated_at == old.updated_at)
        with self._engine.begin() as connection:
            result = connection.execute(update(integrations).where(unchanged), _to_row(new))
            return result.rowcount == 1

    def remove(self, integration_id: str) -> bool:
        """Remove an integration and its history; return whether there was one."""
        with self._engine.begin() as connection:
            result = connection.execute(
                delete(integrations).where(integrations.c.id == integration_id)
            )
            connection.execute(delete(calls).where(calls.c.integration_id == integration_id))
            return result.rowcount == 1


_COLUMNS = [column for column in integrations.c if column.name not in {"type", "name_folded"}]
_COLUMN_NAMES = [column.name for column in _COLUMNS]
_BY_ID = select(*_COLUMNS).where(
    integrations.c.id == bindparam("wanted_id"),
    integrations.c.type == IntegrationType.INCOMING.value,
)


def _conditions(wanted: IntegrationFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.name_part:
        folded = wanted.name_part.casefold()
        conditions.append(integrations.c.name_folded.contains(folded, autoescape=True))
    if wanted.type is not None:
        conditions.append(integrations.c.type == wanted.type.value)
    if wanted.created_by_id is not None:
        conditions.append(integrations.c.created_by_id == wanted.created_by_id)
    return conditions


def _direction(column: ColumnElement[Any], sign: int) -> ColumnElement[Any]:
    return column.desc() if sign < 0 else column.asc()


def _to_row(integration: IncomingIntegration) -> dict[str, Any]:
    row = {name: getattr(integration, name) for name in _SAME_NAMES}
    row["type"] = IntegrationType.INCOMING.value
    row["name_folded"] = integration.name.casefold()
    row["channels"] = json.dumps(integration.channels)
    row["created_by_id"] = integration.created_by.id
    row["created_by_username"] = integration.created_by.username
    editor, error = integration.updated_by, integration.script_error
    row["updated_by_id"] = editor and editor.id
    row["updated_by_username"] = editor and editor.username
    row["script_error"] = error and json.dumps(
        {"name": error.name, "message": error.message, "stack": error.stack}
    )
    return row


_SPECIAL = {"channels", "created_by", "updated_by", "script_error"}
_SAME_NAMES = [name for name in IncomingIntegration.__dataclass_fields__ if name not in _SPECIAL]


def _from_row(row: Row[Any]) -> IncomingIntegration:
    values: dict[str, Any] = dict(zip(_COLUMN_NAMES, row, strict=True))
    created_by = Editor(values.pop("created_by_id"), values.pop("created_by_username"))
    editor_id, editor_name = values.pop("updated_by_id"), values.pop("updated_by_username")
    channels, error = values.pop("channels"), values.pop("script_error")
    return IncomingIntegration(
        **values,
        channels=tuple(json.loads(channels)),
        created_by=created_by,
        updated_by=None if editor_id is None else Editor(editor_id, editor_name),
        script_error=None if error is None else ScriptError(**json.loads(error)),
    )
