"""How a page becomes HTML, and the headers that protect it."""

from typing import Any

from flask import Response, render_template, request

from rc_integrations_plugin.admin import csrf, texts
from rc_integrations_plugin.admin.viewers import Viewer
from rc_integrations_plugin.services import current_services

NAME = "rc_integrations_admin"
PREFIX = "/admin/integrations"
OWN_BASE = "rc_integrations_admin/base.html"
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


def render(template: str, viewer: Viewer | None, **values: Any) -> str:
    """Return a page for somebody; None is who may see nothing."""
    return render_template(
        f"rc_integrations_admin/{template}",
        base_template=current_services().settings.base_template or OWN_BASE,
        viewer=viewer,
        csrf_token=csrf.issue_token(viewer.user) if viewer else "",
        home=request.script_root + "/",
        texts=texts,
        **values,
    )


def protect_public(response: Response) -> Response:
    """Add what keeps other sites and scripts away from a page that is the same for everybody."""
    response.headers.update(_HEADERS)
    return response


def protect(response: Response) -> Response:
    """Add what keeps other sites, caches and scripts away from a page."""
    protect_public(response)
    if request.endpoint == f"{NAME}.static":
        return response
    response.headers["Cache-Control"] = "no-store"
    csrf.keep_cookie(
        response,
        path=request.script_root + PREFIX,
        secure=request.is_secure or current_services().host.site_url.startswith("https:"),
    )
    return response
