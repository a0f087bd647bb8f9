"""Who changed which integration, each user's own part of it: for pages, commands and the API."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.permissions import (
    Manager,
    Part,
    Scope,
    visible_parts,
)
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.documents import json_time
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.audit import AuditFilter
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter

Managers = Mapping[IntegrationType, Manager]
_NEXT_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class ChangesQuery:
    """Which changes are wanted; what is empty asks for nothing."""

    integration: str = ""
    """The id of one, or a part of its name."""
    username: str = ""
    """Of who did it."""
    since: datetime | None = None
    until: datetime | None = None
    """What was done earlier."""
    offset: int = 0
    count: int = 50


@dataclass(frozen=True)
class Difference:
    """A field before and after, for people; empty where it was not told."""

    name: str
    before: str
    after: str


def list_changes_of(
    services: Services, manager: Manager, integration: Integration, query: ChangesQuery
) -> tuple[Sequence[AuditEntry], int]:
    """Return some of the changes of an integration, the newest first, and their number.

    Args:
        services: where they are.
        manager: who asks, and may manage the integration.
        integration: which one.
        query: its `integration` does not count.
    """
    past = past_of(manager, integration)
    # the change that made it about these rooms alone tells of those before
    began = None if past is None else past + _NEXT_MOMENT
    wanted = AuditFilter(
        integration_id=integration.id,
        username=_username(query),
        since=max(filter(None, (query.since, began)), default=None),
        until=query.until,
    )
    return services.audit.page(wanted, offset=query.offset, count=query.count)


def list_all_changes(
    services: Services, managers: Managers, query: ChangesQuery
) -> tuple[Sequence[AuditEntry], int]:
    """Return some of the changes that a user may know of, the newest first, and their number.

    Of a type of which he may manage all, also those of integrations that are gone; of another,
    those of the integrations that he may manage now.
    """
    parts = visible_parts(*(managers[kind] for kind in IntegrationType))
    wanted = AuditFilter(
        types=frozenset(kind for kind, one in managers.items() if one.scope is Scope.ALL),
        also=IntegrationFilter(made_by=dict(_made(parts))),
        of_rooms=IntegrationFilter(made_by=dict(_about_rooms(parts))),
        integration=storable(query.integration) or None,
        username=_username(query),
        since=query.since,
        until=query.until,
    )
    return services.audit.page(wanted, offset=query.offset, count=query.count)


def _made(parts: Mapping[IntegrationType, str | Part | None]) -> Iterator[tuple[Any, str]]:
    for kind, part in parts.items():
        maker_id = part.maker_id if isinstance(part, Part) else part
        if maker_id is not None:
            yield kind, maker_id


def _about_rooms(parts: Mapping[IntegrationType, str | Part | None]) -> Iterator[tuple[Any, Part]]:
    for kind, part in parts.items():
        if isinstance(part, Part):
            yield kind, Part(None, part.rooms)


def _username(query: ChangesQuery) -> str | None:
    return storable(query.username.strip().removeprefix("@")) or None


def change_document(entry: AuditEntry) -> dict[str, Any]:
    """Return a change as JSON; `by` is null where the server did it."""
    return {
        "_id": entry.id,
        "integrationId": entry.integration_id,
        "type": entry.type.value,
        "name": entry.name,
        "action": entry.action.value,
        "by": entry.by and {"_id": entry.by.id, "username": entry.by.username},
        "before": dict(entry.before),
        "after": dict(entry.after),
        "_createdAt": json_time(entry.at),
    }


def differences_of(entry: AuditEntry) -> list[Difference]:
    """Return what a change did to each field, for people."""
    names = dict.fromkeys((*entry.before, *entry.after))
    return [
        Difference(name, _text(name, entry.before.get(name)), _text(name, entry.after.get(name)))
        for name in names
    ]


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return _script_text(value) if name == "script" else _listed(value)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
    is_time = name == "previousTokenUntil"
    return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M} UTC" if is_time else str(value)


def _script_text(told: Mapping[str, Any]) -> str:
    again = f", as version {told['sameAs']}" if "sameAs" in told else ""
    return f"version {told['version']}, {told['characters']} characters{again}"


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} is {one}" for key, one in values.items())
