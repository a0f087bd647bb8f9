"""The stub host with people and rooms in it, and hooks to call."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from host_stub import seed
from host_stub.chat import messages, rooms, users
from host_stub.chat.server import EXTENSION as STUB, Chat
from host_stub.models.rooms import CHANNEL, PRIVATE_GROUP
from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.scripting.protocol import ScriptRun
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.storage.calls import CallFilter
from tests.databases import restore_server
from tests.factories import make_incoming
from tests.fakes import ScriptedRunner

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SCRIPT = "class Script {}"


@dataclasses.dataclass
class Hook:
    """One incoming integration, to call and to ask what became of it."""

    stage: "Stage"
    integration: IncomingIntegration

    @property
    def url(self) -> str:
        return f"/hooks/{self.integration.id}/{self.integration.token}"

    def send(self, body: bytes | str = b"", content_type: str = "", **more: Any) -> TestResponse:
        """POST a body as it is; without a content type there is no such header."""
        headers = {"Content-Type": content_type} if content_type else {}
        headers |= more.pop("headers", {})
        query = more.pop("query", "")
        url = more.pop("url", self.url) + (f"?{query}" if query else "")
        method = more.pop("method", "POST")
        data = body.encode() if isinstance(body, str) else body
        client = self.stage.app.test_client()
        return client.open(url, method=method, data=data, headers=headers, **more)

    def post(self, **body: Any) -> TestResponse:
        """POST a JSON object."""
        return self.send(json.dumps(body), JSON)

    def calls(self) -> Sequence[IncomingCall]:
        """Return the history, the newest first."""
        wanted = CallFilter(integration_id=self.integration.id)
        return self.stage.services.calls.page(wanted, offset=0, count=100)[0]

    def call(self) -> IncomingCall:
        """Return the only call in the history."""
        (call,) = self.calls()
        return call


@dataclasses.dataclass
class Stage:
    """A chat server: the bot rocket.cat, alice and bob; #general, #alerts, #ops; private groups."""

    app: Flask
    scripted: ScriptedRunner

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def chat(self) -> Chat:
        found: Chat = self.app.extensions[STUB]
        return found

    def fill(self) -> None:
        with self.app.app_context(), self.chat.transaction():
            bot = seed.ensure_user(self.chat, "rocket.cat", name="Rocket.Cat", roles=["bot"])
            alice = seed.ensure_user(self.chat, "alice", name="Alice")
            seed.ensure_user(self.chat, "bob", name="Bob")
            for name in ("general", "alerts", "ops"):
                seed.ensure_room(self.chat, name, owner=alice, members_too=[bot])
            seed.ensure_room(self.chat, "team", owner=alice, members_too=[bot], kind=PRIVATE_GROUP)
            seed.ensure_room(self.chat, "secret", owner=alice, kind=PRIVATE_GROUP)
            seed.ensure_room(self.chat, "lobby", owner=alice, kind=CHANNEL)

    def user_id(self, username: str) -> str:
        with self.app.app_context():
            return users.load_user(self.chat, username=username).id

    def add_bot(self, username: str) -> str:
        """Return the id of a new bot."""
        with self.app.app_context(), self.chat.transaction():
            return seed.ensure_user(self.chat, username, roles=["bot"]).id

    def deactivate(self, username: str) -> None:
        with self.app.app_context(), self.chat.transaction():
            user = users.load_user(self.chat, username=username)
            users.set_active(self.chat, user, active=False)

    def room_id(self, name: str) -> str:
        with self.app.app_context():
            return rooms.load_room(self.chat, name=name).id

    def hook(self, **fields: Any) -> Hook:
        """Return a new hook; `answer=` is what its script is made to return, each time."""
        answer = fields.pop("answer", None)
        if answer is not None:
            fields.setdefault("script", SCRIPT)
            run = answer if isinstance(answer, ScriptRun) else ScriptRun(value=answer)
            self.scripted.answer = lambda _: run
        fields.setdefault("user_id", self.user_id("rocket.cat"))
        integration = make_incoming(**fields)
        self.services.integrations.add(integration)
        return Hook(self, integration)

    def script_argument(self) -> Any:
        """Return what the last script run was given as `request`."""
        return self.scripted.calls[-1][2]["request"]

    def messages(self, room: str = "general") -> list[dict[str, Any]]:
        """Return the documents of a room's messages, the oldest first."""
        with self.app.app_context():
            found = rooms.load_room(self.chat, name=room)
            page, _ = messages.list_messages(self.chat, found, offset=0, count=1000)
            return [message.document for message in reversed(page)]

    def message(self, room: str = "general") -> dict[str, Any]:
        """Return the only message of a room."""
        (message,) = self.messages(room)
        return message

    def texts(self, room: str = "general") -> list[str]:
        return [message["msg"] for message in self.messages(room)]

    def direct_texts(self, username: str) -> list[str]:
        """Return the texts of the direct room of rocket.cat and somebody."""
        with self.app.app_context():
            bot = users.load_user(self.chat, username="rocket.cat")
            other = users.load_user(self.chat, username=username)
            room = rooms.open_direct_room(self.chat, bot, other)
            page, _ = messages.list_messages(self.chat, room, offset=0, count=1000)
            return [message.text for message in reversed(page)]


@pytest.fixture
def stage(app: Flask, scripted: ScriptedRunner, stage_database: Path) -> Stage:
    """A chat server with people and rooms."""
    restore_server(app, stage_database)
    return Stage(app, scripted)
