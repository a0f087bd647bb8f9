"""/admin/integrations: the pages, and what their scripts ask for."""

from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin import csrf, texts
from rc_integrations_plugin.admin.instructions import build_instructions, token_for_url
from rc_integrations_plugin.admin.listing import load_list, read_list_query
from rc_integrations_plugin.admin.scripts import check_script
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed, read_viewer
from rc_integrations_plugin.errors import IntegrationsError, NothingFound, NotLoggedIn
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.services import Services, current_services
from rc_integrations_plugin.storage.calls import CallFilter
from rc_integrations_plugin.storage.deliveries import AttemptFilter

NAME = "rc_integrations_admin"
PREFIX = "/admin/integrations"
OWN_BASE = "rc_integrations_admin/base.html"
_LATEST = 10
# data: is for the marks of the script editor
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def build_blueprint() -> Blueprint:
    """Return the blueprint of the pages."""
    blueprint = Blueprint(
        NAME,
        __name__,
        url_prefix=PREFIX,
        static_folder="static",
        template_folder="templates",
    )
    blueprint.before_request(_check_origin)
    blueprint.after_request(_protect)
    blueprint.register_error_handler(IntegrationsError, show_refusal)
    blueprint.get("", strict_slashes=False)(show_list)
    blueprint.post("/check-script")(check_script_of_page)
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
    return _render("list.html", viewer, page=page, query=page.query)


def show_integration(integration_id: str) -> ResponseReturnValue:
    """Show one integration, without its token."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    if isinstance(found, IncomingIntegration):
        calls, total = services.calls.page(
            CallFilter(integration_id=found.id), offset=0, count=_LATEST
        )
        instructions = build_instructions(found, site_url=services.host.site_url)
        return _render(
            "incoming.html",
            viewer,
            integration=found,
            instructions=instructions,
            calls=calls,
            total=total,
        )
    attempts, total = services.deliveries.page(
        AttemptFilter(integration_id=found.id), offset=0, count=_LATEST
    )
    return _render("outgoing.html", viewer, integration=found, attempts=attempts, total=total)


def show_token(integration_id: str) -> ResponseReturnValue:
    """Answer with an incoming integration's token, as it stands in its address."""
    services = current_services()
    found = find_managed(services, current_viewer(services), integration_id)
    if not isinstance(found, IncomingIntegration):
        raise NothingFound("Only incoming integrations have an address of their own.")
    return jsonify({"success": True, "token": token_for_url(found)})


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
    return _render("refusal.html", None, error=error, status=status, login=login), status


def _wanted_path() -> str:
    parts = urlsplit(request.url)
    path = request.script_root + request.path
    return f"{path}?{parts.query}" if parts.query else path


def _check_origin() -> None:
    if request.method in csrf.SAFE_METHODS:
        return
    services = current_services()
    viewer = current_viewer(services)
    csrf.check_request(viewer.user, site_url=services.host.site_url)


def _protect(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.endpoint == f"{NAME}.static":
        return response
    response.headers["Cache-Control"] = "no-store"
    csrf.keep_cookie(
        response,
        path=request.script_root + PREFIX,
        secure=request.is_secure or current_services().host.site_url.startswith("https:"),
    )
    return response


def _render(template: str, viewer: Viewer | None, **values: Any) -> str:
    settings = current_services().settings
    return render_template(
        f"rc_integrations_admin/{template}",
        base_template=settings.base_template or OWN_BASE,
        viewer=viewer,
        csrf_token=csrf.issue_token(viewer.user) if viewer else "",
        home=request.script_root + "/",
        texts=texts,
        **values,
    )
