"""A page with everything on it that pages are made of, some of which no page has yet."""

from flask import Blueprint, jsonify, render_template_string, request
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.rendering import protect, render
from rc_integrations_plugin.admin.viewers import current_viewer
from rc_integrations_plugin.services import current_services

ROOMS = [f"#room-{number}" for number in range(1, 31)] + ["#general", "#<b>bold</b>"]
BEFORE = "class Script {\n" + "  // same\n" * 20 + "  one() { return 1; }\n}\n"
AFTER = BEFORE.replace("return 1", "return 2").replace("}\n}", "}\n  two() {}\n}")


def build_workshop() -> Blueprint:
    """Return the page and what it asks for, protected as the real ones are."""
    blueprint = Blueprint("workshop", __name__, template_folder="templates")
    blueprint.after_request(protect)
    blueprint.get("/admin/integrations/-/workshop")(show_page)
    blueprint.get("/admin/integrations/-/rooms")(find_rooms)
    blueprint.post("/admin/integrations/-/sent")(show_sent)
    return blueprint


def show_page() -> ResponseReturnValue:
    viewer = current_viewer(current_services())
    script = request.args.get("script", "class Script {\n  process_incoming_request() {}\n}\n")
    return render("workshop.html", viewer, script=script, before=BEFORE, after=AFTER)


def find_rooms() -> ResponseReturnValue:
    part = request.args["q"]
    found = [room for room in ROOMS if part in room]
    return jsonify({"options": [{"value": room, "label": "A room"} for room in found]})


def show_sent() -> ResponseReturnValue:
    sent = {name: value for name, value in request.form.items() if name != "csrf_token"}
    return render_template_string("<pre id=sent>{{ sent | tojson }}</pre>", sent=sent)
