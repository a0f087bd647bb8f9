"""The scripts that an integration has had: a list, each one's text, differences, putting back."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.form_values import YES
from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import ChangedMeanwhile, IntegrationsError, NothingFound
from rc_integrations_plugin.integrations.permissions import Manager, type_of
from rc_integrations_plugin.integrations.script_diff import diff_scripts
from rc_integrations_plugin.management.freezing import is_frozen
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.script_checks import BROKEN
from rc_integrations_plugin.management.script_versions import (
    list_versions,
    load_version,
    roll_back,
)
from rc_integrations_plugin.services import Services, current_services

_LONGEST_NUMBER = 9
_CHANGED = "Somebody else has changed this integration meanwhile. Look at it again, then try anew."


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages of script versions."""
    blueprint.get("/<integration_id>/script")(show_versions)
    blueprint.get("/<integration_id>/script/difference")(show_difference)
    blueprint.get("/<integration_id>/script/<int:number>")(show_version)
    blueprint.post("/<integration_id>/script/<int:number>/roll-back")(put_back)


def show_versions(integration_id: str) -> ResponseReturnValue:
    """Show who saved which script when."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return _render_list(services, viewer, found)


def show_version(integration_id: str, number: int) -> ResponseReturnValue:
    """Show the text of a version."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return _render_version(services, viewer, found, number)


def show_difference(integration_id: str) -> ResponseReturnValue:
    """Show what differs between two versions."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    manager = _manager(viewer, found)
    old, before = load_version(services, manager, found, _number("old"))
    new, after = load_version(services, manager, found, _number("new"))
    return render(
        "script_difference.html",
        viewer,
        integration=found,
        versions=list_versions(services, manager, found),
        old=old,
        new=new,
        diff=diff_scripts(before, after),
    )


def put_back(integration_id: str, number: int) -> ResponseReturnValue:
    """Store an old version as the script, or say why that cannot be."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    try:
        roll_back(
            services,
            _manager(viewer, found),
            found,
            number,
            version=_seen(found),
            is_forced=request.form.get("forceScript") == YES,
        )
    except NothingFound:
        raise
    except ChangedMeanwhile:
        return _render_version(services, viewer, found, number, failed=_CHANGED), 409
    except IntegrationsError as error:
        failed = f"Version {number} was not put back: {error.reason}"
        can_force = error.code == BROKEN
        page = _render_version(services, viewer, found, number, failed=failed, can_force=can_force)
        return page, 400
    wanted = url_for(f"{NAME}.show_versions", integration_id=found.id, done="rolled-back")
    return redirect(wanted, 303)


def _render_list(services: Services, viewer: Viewer, found: Integration) -> str:
    versions = list_versions(services, _manager(viewer, found), found)
    notice = request.args.get("done", "")
    return render(
        "script_versions.html", viewer, integration=found, versions=versions, notice=notice
    )


def _render_version(
    services: Services, viewer: Viewer, found: Integration, number: int, **shown: Any
) -> str:
    manager = _manager(viewer, found)
    version, text = load_version(services, manager, found, number)
    versions = list_versions(services, manager, found)
    return render(
        "script_version.html",
        viewer,
        integration=found,
        version=version,
        text=text,
        current=versions[0],
        is_frozen=is_frozen(services.settings),
        **shown,
    )


def _manager(viewer: Viewer, found: Integration) -> Manager:
    return viewer.managers[type_of(found)]


def _number(name: str) -> int:
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else 0


def _seen(found: Integration) -> datetime:
    """Return which state of the integration the page was made from.

    Raises:
        ChangedMeanwhile: the page does not say.
    """
    try:
        return datetime.fromisoformat(request.form.get("version", ""))
    except ValueError:
        raise ChangedMeanwhile(f"{found.id} may be another one than the page showed") from None
