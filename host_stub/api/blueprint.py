"""The REST API as a whole."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Flask, Response

from host_stub.api import (
    accounts,
    direct,
    files,
    messages,
    permissions,
    room_changes,
    room_members,
    room_reads,
    rooms,
    users,
)
from host_stub.api.errors import register_errors
from host_stub.api.families import FAMILIES


def register_api(app: Flask) -> None:
    """Add every method of the REST API, and the answers to errors."""
    register_errors(app)
    for module in (accounts, users, permissions, rooms, files, messages):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(_build_families())


def _build_families() -> Blueprint:
    """Return the methods that several kinds of room share."""
    blueprint = Blueprint("host_stub_families", __name__, url_prefix="/api/v1")
    for family in FAMILIES:
        for name, read in room_reads.READS.items():
            _add(blueprint, "GET", f"{family.prefix}.{name}", partial(read, family))
        for name, change in (room_changes.CHANGES | room_members.MEMBERSHIP).items():
            _add(blueprint, "POST", f"{family.prefix}.{name}", partial(change, family))
    for prefix in ("dm", "im"):
        for name, view in direct.READS.items():
            _add(blueprint, "GET", f"{prefix}.{name}", view)
        for name, view in direct.CHANGES.items():
            _add(blueprint, "POST", f"{prefix}.{name}", view)
    return blueprint


def _add(blueprint: Blueprint, method: str, name: str, view: Callable[[], Response]) -> None:
    endpoint = name.replace(".", "_")
    blueprint.add_url_rule(f"/{name}", endpoint=endpoint, view_func=view, methods=[method])
