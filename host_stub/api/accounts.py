"""Logging in and out, `me`, `info`."""

from typing import Any

from flask import Blueprint, Response, jsonify

from host_stub.api.answers import success
from host_stub.api.auth import current_token, current_user
from host_stub.api.params import Params, read_body
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import current_chat
from host_stub.chat.tokens import delete_token, log_in
from host_stub.models.users import User

blueprint = Blueprint("host_stub_accounts", __name__)

VERSION = "8.4.0"
"""The Rocket.Chat release whose REST API this is; clients ask for it."""


@blueprint.get("/api/info")
@blueprint.get("/api/v1/info")
def info() -> Response:
    """Say which server this is."""
    return success(version=VERSION, info={"version": VERSION})


@blueprint.post("/api/v1/login")
def login() -> Response:
    """Exchange a password for a token."""
    params = read_body()
    name, password = _login_name(params), params.find_text("password", "pass")
    if name is None or password is None:
        raise ChatRefused("Unauthorized", status=401)
    chat = current_chat()
    with chat.transaction():
        user, token = log_in(chat, name, password)
    data = {"userId": user.id, "authToken": token, "me": _me(user)}
    return jsonify({"status": "success", "data": data})


@blueprint.post("/api/v1/logout")
def logout() -> Response:
    """Make the token worthless."""
    current_user()
    chat = current_chat()
    with chat.transaction():
        delete_token(chat, current_token() or "")
    message = "You've been logged out!"
    return jsonify({"status": "success", "data": {"message": message}, "success": True})


@blueprint.get("/api/v1/me")
def me() -> Response:
    """Say who sends the request."""
    return success(**_me(current_user()))


def _me(user: User) -> dict[str, Any]:
    return user.document | {"settings": {"preferences": {}}, "email": user.email}


def _login_name(params: Params) -> str | None:
    """Return the name: `user` or `username`, where `user` may be an object as in Meteor."""
    user = params.values.get("user")
    if isinstance(user, dict):
        params = Params(user)
    return params.find_text("user", "username", "email")
