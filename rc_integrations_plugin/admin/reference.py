"""/api/v1/integrations.docs: the description of the API as a page, open to everybody."""

from flask import Blueprint, Response, request

from rc_integrations_plugin.admin.rendering import protect_public, render
from rc_integrations_plugin.openapi.description import OPENAPI_PATH, describe_api
from rc_integrations_plugin.openapi.reference import read_answers, read_calls

NAME = "rc_integrations_reference"


def build_blueprint() -> Blueprint:
    """Return the blueprint of this page, beside the API that it describes."""
    blueprint = Blueprint(NAME, __name__, url_prefix="/api/v1")
    blueprint.after_request(protect_public)
    blueprint.get("/integrations.docs")(show_reference)
    return blueprint


def show_reference() -> Response:
    """Show all operations: what they take, and what they answer."""
    description = describe_api(request.script_root)
    calls = read_calls(description)
    page = render(
        "reference.html",
        None,
        description=description,
        schemes=description["components"]["securitySchemes"],
        tags=[
            (tag, [call for call in calls if call.tag == tag["name"]])
            for tag in description["tags"]
        ],
        answers=read_answers(description),
        openapi=request.script_root + OPENAPI_PATH,
    )
    return Response(page)
