"""/admin/integrations: the pages, and what their scripts ask for."""

from urllib.parse import quote, urlsplit

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin import (
    actions,
    changes,
    csrf,
    editing,
    history,
    recovering,
    script_tests,
    script_versions,
    trying,
)
from rc_integrations_plugin.admin.details import render_details
from rc_integrations_plugin.admin.editing import MOST_BYTES
from rc_integrations_plugin.admin.instructions import token_for_url
from rc_integrations_plugin.admin.listing import load_list, read_list_query
from rc_integrations_plugin.admin.rendering import NAME, PREFIX, protect, render
from rc_integrations_plugin.admin.scripts import check_script
from rc_integrations_plugin.admin.viewers import current_viewer, find_managed, read_viewer
from rc_integrations_plugin.errors import IntegrationsError, NothingFound, NotLoggedIn
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.services import Services, current_services


def build_blueprint() -> Blueprint:
    """Return the blueprint of the pages."""
    blueprint = Blueprint(
        NAME,
        __name__,
        url_prefix=PREFIX,
        static_folder="static",
        template_folder="templates",
    )
    blueprint.add_app_template_filter(shown_name, "rc_shown_name")
    blueprint.before_request(_check_origin)
    blueprint.after_request(protect)
    blueprint.register_error_handler(IntegrationsError, show_refusal)
    blueprint.get("", strict_slashes=False)(show_list)
    blueprint.post("/check-script")(check_script_of_page)
    editing.add_routes(blueprint)
    actions.add_routes(blueprint)
    history.add_routes(blueprint)
    changes.add_routes(blueprint)
    script_versions.add_routes(blueprint)
    recovering.add_routes(blueprint)
    trying.add_routes(blueprint)
    script_tests.add_routes(blueprint)
    blueprint.get("/<integration_id>")(show_integration)
    blueprint.post("/<integration_id>/token")(show_token)
    return blueprint


def menu_links(services: Services, user: User) -> list[tuple[str, str]]:
    """Return label and path of what a chat server's menu shows this user."""
    if not read_viewer(services.host, user).types:
        return []
    return [("Integrations", url_for(f"{NAME}.show_list"))]


def show_list() -> ResponseReturnValue:
    """Show a part of all integrations that the user may manage."""
    services = current_services()
    viewer = current_viewer(services)
    page = load_list(services, viewer, read_list_query(request.args))
    notice = request.args.get("done", "")
    return render("list.html", viewer, page=page, query=page.query, notice=notice)


def show_integration(integration_id: str) -> ResponseReturnValue:
    """Show one integration, without its token."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return render_details(services, viewer, found, notice=request.args.get("done", ""))


def show_token(integration_id: str) -> ResponseReturnValue:
    """Answer with an integration's token: an incoming one's as it stands in its address."""
    services = current_services()
    found = find_managed(services, current_viewer(services), integration_id)
    token = token_for_url(found) if isinstance(found, IncomingIntegration) else found.token
    if not token:
        raise NothingFound("This integration has no token.")
    return jsonify({"success": True, "token": token})


def check_script_of_page() -> ResponseReturnValue:
    """Answer with what does not work in a script that somebody is writing."""
    current_viewer(current_services())
    return check_script()


def show_refusal(error: IntegrationsError) -> ResponseReturnValue:
    """Say no: to a script of ours in JSON, to a person with a page, or by the way to the log-in."""
    status = 404 if isinstance(error, NothingFound) else error.status
    if request.accept_mimetypes.best == "application/json":
        body = {"success": False, "error": error.reason, "errorType": error.code}
        return jsonify(body), status
    login = current_services().settings.login_url
    is_stranger = isinstance(error, NotLoggedIn)
    if is_stranger and login and request.method in csrf.SAFE_METHODS:
        return redirect(login.replace("{next}", quote(_wanted_path(), safe="")))
    return render("refusal.html", None, error=error, status=status, login=login), status


def _wanted_path() -> str:
    parts = urlsplit(request.url)
    path = request.script_root + request.path
    return f"{path}?{parts.query}" if parts.query else path


def _check_origin() -> None:
    if request.method in csrf.SAFE_METHODS:
        return
    # also the token is in the form, which may hold a script
    request.max_form_memory_size = request.max_content_length = MOST_BYTES
    services = current_services()
    viewer = current_viewer(services)
    csrf.check_request(viewer.user, site_url=services.host.site_url)
