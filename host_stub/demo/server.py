"""The web server's and the worker's app, configured from a file in the data folder."""

import json
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.security import check_password_hash

from host_stub.app import create_app
from host_stub.chat import users
from host_stub.chat.server import Chat, current_chat
from host_stub.demo.folder import ADMIN


def create_web(config_file: str) -> Flask:
    """Return the app for the web server, with an administrator in it."""
    config = _read(config_file)
    app = create_app(config["app"])
    with app.app_context():
        _keep_administrator(current_chat(), config["admin_password"])
    return app


def create_worker(config_file: str) -> Flask:
    """Return the app for the worker."""
    return create_app(_read(config_file)["app"])


def _read(config_file: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(Path(config_file).read_bytes())
    return config


def _keep_administrator(chat: Chat, password: str) -> None:
    """Make sure that `admin` exists, administers, and has the password that the demo prints."""
    with chat.transaction():
        admin = users.find_login(chat, ADMIN)
        if admin is None:
            users.create_user(
                chat, ADMIN, password=password, name="Administrator", roles=("user", "admin")
            )
            return
        users.add_role(chat, admin, "admin")
        users.set_active(chat, admin, active=True)
        if not check_password_hash(admin.password_hash or "", password):
            admin.password_hash = users.hash_password(chat, password)
