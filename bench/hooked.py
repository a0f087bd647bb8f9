"""The stub host with the plugin, and two hooks to measure: without and with a script."""

import os
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from host_stub.app import create_app as create_host
from host_stub.chat.server import EXTENSION, Chat
from host_stub.seed import ensure_room, ensure_user

SCRIPT = """
class Script {
  process_incoming_request({ request }) {
    console.log(request.content);
    return { content: { text: request.content.text } };
  }
}
"""


def create_app() -> Flask:
    """Return the server; its database is named by the environment variable BENCH_DATABASE."""
    return create_host({"SQLALCHEMY_DATABASE_URI": os.environ["BENCH_DATABASE"]})


def prepare(folder: Path) -> dict[str, str]:
    """Fill the database in this folder and return the paths of the hooks `plain` and `script`."""
    app = create_host({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'bench.db'}"})
    chat: Chat = app.extensions[EXTENSION]
    with app.app_context(), chat.transaction():
        admin = ensure_user(chat, "admin", password="bench", roles=("admin",))
        bot = ensure_user(chat, "rocket.cat", roles=("bot",))
        ensure_room(chat, "general", owner=admin, members_too=[bot])
    client = app.test_client()
    login = client.post("/api/v1/login", json={"user": "admin", "password": "bench"}).json
    assert login is not None
    headers = {"X-Auth-Token": login["data"]["authToken"], "X-User-Id": login["data"]["userId"]}
    return {
        "plain": _add_hook(client, headers, script=None),
        "script": _add_hook(client, headers, script=SCRIPT),
    }


def _add_hook(client: FlaskClient, headers: dict[str, str], *, script: str | None) -> str:
    answer = client.post(
        "/api/v1/integrations.create",
        headers=headers,
        json={
            "type": "webhook-incoming",
            "name": "bench",
            "enabled": True,
            "username": "rocket.cat",
            "channel": "#general",
            "scriptEnabled": script is not None,
            "script": script or "",
        },
    ).json
    assert answer is not None
    made = answer["integration"]
    return f"/hooks/{made['_id']}/{made['token']}"
