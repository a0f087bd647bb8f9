"""The web server's and the worker's app, configured from a file in the data folder."""

import json
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.security import check_password_hash

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat import rooms, users
from host_stub.chat.server import Chat, current_chat
from host_stub.demo.names import ADMIN, BOT, ROOMS
from host_stub.models.rooms import CHANNEL
from host_stub.models.users import User


def create_web(config_file: str) -> Flask:
    """Return the app for the web server, with the demo's people and rooms in it."""
    config = _read(config_file)
    app = create_app(config["app"])
    with app.app_context():
        chat = current_chat()
        with chat.transaction():
            admin = _keep_administrator(chat, config["admin_password"])
            _add_missing(chat, admin)
    return app


def create_worker(config_file: str) -> Flask:
    """Return the app for the worker."""
    return create_app(_read(config_file)["app"])


def _read(config_file: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(Path(config_file).read_bytes())
    return config


def _keep_administrator(chat: Chat, password: str) -> User:
    """Return an administrator who has the password that the demo prints."""
    admin = seed.ensure_user(chat, ADMIN, name="Administrator")
    users.add_role(chat, admin, "admin")
    users.set_active(chat, admin, active=True)
    # setting it again would end every log-in
    if not check_password_hash(admin.password_hash or "", password):
        users.set_password(chat, admin, password)
    return admin


def _add_missing(chat: Chat, admin: User) -> None:
    bot = seed.ensure_user(chat, BOT, name="Rocket.Cat", roles=("bot",))
    for name in ROOMS:
        # a room that is there is left as it is: members gone, archived, ...
        if not rooms.find_rooms(chat, name):
            rooms.create_room(chat, name, kind=CHANNEL, owner=admin, members=[bot])
