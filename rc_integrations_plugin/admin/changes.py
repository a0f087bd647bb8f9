"""Who changed an integration, or any: when, and each field before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.form_fields import fields_of
from rc_integrations_plugin.admin.listing import read_page
from rc_integrations_plugin.admin.rendering import render
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management.changes import (
    ChangesQuery,
    differences_of,
    list_all_changes,
    list_changes_of,
)
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.services import Services, current_services

PER_PAGE = 25
_LONGEST = 200
_LABELS: Mapping[str, str] = {
    "brokenTests": "Broken tests (saved anyway)",
    "boundToRooms": "Bound to its rooms, because an owner of them saved it",
    "channelIds": "Ids of rooms and users",
    "disabledReason": "Why the server switched it off",
    "tests": "Tests",
    "token": "Token",
    "previousTokenUntil": "The token before goes on until",
    "userId": "Id of the user",
}
"""Of what is in no form."""


@dataclass(frozen=True)
class ChangesPage:
    """A part of the changes."""

    entries: Sequence[AuditEntry]
    total: int
    number: int
    query: ChangesQuery

    @property
    def pages(self) -> int:
        """How many there are; at least one."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def is_filtered(self) -> bool:
        """Whether some changes may be left out."""
        return bool(self.query.integration or self.query.username)

    def address(self, number: int) -> dict[str, str | int]:
        """Return the query of another page of the same changes."""
        values = {"integration": self.query.integration, "user": self.query.username}
        return {key: value for key, value in (values | {"page": number}).items() if value}


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages of changes."""
    blueprint.get("/changes")(show_all_changes)
    blueprint.get("/<integration_id>/changes")(show_changes)


def show_all_changes() -> ResponseReturnValue:
    """Show a part of all changes that the user may know of."""
    services = current_services()
    viewer = current_viewer(services)
    page = _load(services, viewer, None)
    named = services.integrations.find_any(page.query.integration)
    shown = named if named is not None and viewer.may_manage(named) else None
    return _render("all_changes.html", viewer, page, found=shown)


def show_changes(integration_id: str) -> ResponseReturnValue:
    """Show a part of the changes of an integration."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return _render("changes.html", viewer, _load(services, viewer, found), integration=found)


def label_of(kind: IntegrationType, name: str) -> str:
    """Return what the pages call a field."""
    labels = {one.name: one.label for one in fields_of(kind)}
    return labels.get(name) or _LABELS.get(name) or name


def _render(template: str, viewer: Viewer, page: ChangesPage, **values: Any) -> str:
    return render(
        template, viewer, page=page, differences_of=differences_of, label_of=label_of, **values
    )


def _load(services: Services, viewer: Viewer, found: Integration | None) -> ChangesPage:
    number = read_page(request.args.get("page", ""))
    page = _load_page(services, viewer, found, number)
    return page if number <= page.pages else _load_page(services, viewer, found, page.pages)


def _load_page(
    services: Services, viewer: Viewer, found: Integration | None, number: int
) -> ChangesPage:
    query = ChangesQuery(
        integration=_argument("integration"),
        username=_argument("user"),
        offset=(number - 1) * PER_PAGE,
        count=PER_PAGE,
    )
    if found is None:
        entries, total = list_all_changes(services, viewer.managers, query)
    else:
        entries, total = list_changes_of(services, viewer.managers[type_of(found)], found, query)
    return ChangesPage(entries, total, number, query)


def _argument(name: str) -> str:
    return request.args.get(name, "").strip()[:_LONGEST]
