"""Switching on and off, deleting, and new tokens."""

from datetime import timedelta
from unicodedata import normalize

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.admin.details import render_details
from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.viewers import current_viewer, find_managed
from rc_integrations_plugin.errors import IntegrationsError, InvalidParams
from rc_integrations_plugin.management.switching import remove, set_enabled
from rc_integrations_plugin.management.tokens import renew_token
from rc_integrations_plugin.services import current_services


def add_routes(blueprint: Blueprint) -> None:
    """Add what the buttons of an integration's page do."""
    blueprint.post("/<integration_id>/enabled")(switch)
    blueprint.get("/<integration_id>/delete")(ask_to_delete)
    blueprint.post("/<integration_id>/delete")(delete)
    blueprint.post("/<integration_id>/new-token")(renew)


def switch(integration_id: str) -> ResponseReturnValue:
    """Switch an integration on or off, or say why that cannot be."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    enabled = request.form.get("enabled") == "yes"
    try:
        set_enabled(services, viewer.user, found.id, enabled=enabled)
    except IntegrationsError as error:
        failed = f"It could not be switched {'on' if enabled else 'off'}: {error.reason}"
        return render_details(services, viewer, found, failed=failed), 400
    return _show(found.id, "on" if enabled else "off")


def ask_to_delete(integration_id: str) -> ResponseReturnValue:
    """Ask for the name of an integration before it is deleted."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return render("delete.html", viewer, integration=found)


def delete(integration_id: str) -> ResponseReturnValue:
    """Delete an integration whose name was typed, or ask for it."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    typed = request.form.get("name", "")
    asked = "asked" in request.form or bool(_tidy(found.name))
    if _tidy(typed) != _tidy(found.name) or not asked:
        # the button of a page without scripts sends no name
        wrong = bool(typed) or "asked" in request.form
        page = render("delete.html", viewer, integration=found, typed=typed, wrong=wrong)
        return page, 400 if wrong else 200
    remove(services, viewer.user, found.id)
    return redirect(url_for(f"{NAME}.show_list", done="deleted"), 303)


def renew(integration_id: str) -> ResponseReturnValue:
    """Give an incoming integration a new token."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    overlap = request.form.get("overlap", "")
    if overlap not in texts.OVERLAPS:
        raise InvalidParams("Please say when the token that it has now shall end.")
    renew_token(services, viewer.user, found.id, overlap=timedelta(seconds=int(overlap)))
    return _show(found.id, "token")


def _show(integration_id: str, done: str) -> ResponseReturnValue:
    wanted = url_for(f"{NAME}.show_integration", integration_id=integration_id, done=done)
    return redirect(wanted, 303)


def _tidy(text: str) -> str:
    """Return a name without what people cannot see or type."""
    return " ".join(normalize("NFC", text).split())
