"""What fields of the forms ask for while somebody types a name."""

from dataclasses import asdict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.form_field import Completes
from rc_integrations_plugin.admin.viewers import current_viewer
from rc_integrations_plugin.errors import NothingFound
from rc_integrations_plugin.integrations.permissions import Scope
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management.completion import suggest_authors, suggest_places
from rc_integrations_plugin.services import current_services

_KINDS = {kind.value.removeprefix("webhook-"): kind for kind in IntegrationType}


def add_routes(blueprint: Blueprint) -> None:
    """Add the names that fields are completed by."""
    blueprint.get("/suggest/<kind>/<what>")(suggest)


def suggest(kind: str, what: str) -> ResponseReturnValue:
    """Answer with names for a field of a form of this type, which begins or goes on as `q` says."""
    services = current_services()
    viewer = current_viewer(services)
    wanted, host = _KINDS.get(kind), services.host
    manager = None if wanted is None else viewer.managers[wanted]
    if (
        wanted is None
        or manager is None
        or manager.scope is Scope.NONE
        or what not in list(Completes)
    ):
        raise NothingFound("There is no such field, or it is not yours to fill in.")
    typed = request.args.get("q", "")
    if what == Completes.USERS:
        found = suggest_authors(host, manager, typed, kind=wanted)
    else:
        found = suggest_places(host, manager, typed, kinds=what == Completes.SOURCES)
    return jsonify({"success": True, "options": [asdict(one) for one in found]})
