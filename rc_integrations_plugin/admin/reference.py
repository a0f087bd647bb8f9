"""/api/v1/integrations.docs: the description of the API as a page, open to everybody."""

from functools import lru_cache

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from rc_integrations_plugin.admin.rendering import protect_public, render
from rc_integrations_plugin.openapi.serving import PLACES, kept_by_browsers
from rc_integrations_plugin.services import current_services

NAME = "rc_integrations_reference"


def build_blueprint() -> Blueprint:
    """Return the blueprint of this page, beside the API that it describes."""
    blueprint = Blueprint(NAME, __name__, url_prefix="/api/v1")
    blueprint.after_request(protect_public)
    blueprint.get("/integrations.docs")(show_reference)
    return blueprint


def show_reference() -> Response:
    """Show all operations: what they take, and what they answer."""
    root = request.script_root
    page = render("reference.html", None, body=_body(root))
    # a template of the chat server may say more, such as who looks at it
    is_whole = not current_services().settings.base_template
    return kept_by_browsers(Response(page), without_asking=is_whole)


@lru_cache(maxsize=PLACES)
def _body(root: str) -> Markup:
    """Return all but the frame of the page, which no request changes."""
    # slow to import, and needed where somebody reads it, not for each command
    from rc_integrations_plugin.openapi.description import (  # noqa: PLC0415
        OPENAPI_PATH,
        describe_api,
    )
    from rc_integrations_plugin.openapi.reference import (  # noqa: PLC0415
        read_answers,
        read_calls,
    )

    description = describe_api(root)
    calls = read_calls(description)
    body = render_template(
        "rc_integrations_admin/reference_body.html",
        description=description,
        schemes=description["components"]["securitySchemes"],
        tags=[
            (tag, [call for call in calls if call.tag == tag["name"]])
            for tag in description["tags"]
        ],
        answers=read_answers(description),
        openapi=root + OPENAPI_PATH,
    )
    return Markup(body)  # noqa: S704 - the template has escaped it
