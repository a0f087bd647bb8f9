"""The stub host alone, without plugins, and clients of its REST API."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from blinker import Namespace
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from host_stub import seed
from host_stub.adapter import ChatHost
from host_stub.app import create_app
from host_stub.chat.server import Chat
from host_stub.database import db

PASSWORD = "open sesame"


class Api:
    """The REST API as one user calls it; without a user, as a stranger."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        self.user_id = ""

    def log_in(self, username: str) -> "Api":
        """Return the same API, called by this user."""
        other = Api(self.client)
        answer = self.post("login", username=username, password=PASSWORD)
        other.user_id = answer.json["data"]["userId"]
        token = answer.json["data"]["authToken"]
        other.headers = {"X-Auth-Token": token, "X-User-Id": other.user_id}
        return other

    def post(self, method: str, **body: Any) -> "Answer":
        """Call a method with a JSON body."""
        return self.send(method, json=body)

    def send(self, method: str, **options: Any) -> "Answer":
        """Call a method with any body."""
        headers = self.headers | options.pop("headers", {})
        return Answer(self.client.post(f"/api/v1/{method}", headers=headers, **options))

    def get(self, method: str, **query: Any) -> "Answer":
        """Call a method that reads."""
        path = f"/api/v1/{method}"
        return Answer(self.client.get(path, headers=self.headers, query_string=query))


class Answer:
    """What the API answered; the body is always JSON."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.json: Any = response.get_json()

    def __getitem__(self, key: str) -> Any:
        assert self.status == 200, self.json
        return self.json[key]

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and `errorType`, or the error's text where there is no type."""
        assert self.json["success"] is False, self.json
        return self.status, self.json.get("errorType", self.json["error"])


def stub_config(database: Path) -> dict[str, Any]:
    """Return what a stub without plugins is configured with in tests."""
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}",
        "HOST_STUB_LOAD_PLUGINS": False,
        "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
    }


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return stub_config(tmp_path / "chat.db")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path]]:
    """One server for all tests here, and a copy of its database as it is at first."""
    folder = tmp_path_factory.mktemp("host_stub")
    app = create_app(stub_config(folder / "chat.db"))
    found: Chat = app.extensions["host_stub"]
    with app.app_context():
        with found.transaction():
            seed.ensure_user(found, "admin", password=PASSWORD, roles=("admin",))
            for name in ("ann", "bob"):
                seed.ensure_user(found, name, password=PASSWORD, name=name.title())
            seed.ensure_user(found, "rocket.cat", roles=("bot",))
        db.session.execute(text("VACUUM INTO :path"), {"path": str(folder / "first.db")})
        db.engine.dispose()
    yield app, folder
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(server: tuple[Flask, Path]) -> Flask:
    """The server as it is at first: an administrator, ann, bob and a bot; nobody listens."""
    app, folder = server
    with (
        closing(sqlite3.connect(folder / "first.db")) as first,
        closing(sqlite3.connect(folder / "chat.db")) as current,
    ):
        current.execute("PRAGMA synchronous=OFF")
        first.backup(current)
    found: Chat = app.extensions["host_stub"]
    found.signals = Namespace()
    return app


@pytest.fixture
def chat(app: Flask) -> Chat:
    found: Chat = app.extensions["host_stub"]
    return found


@pytest.fixture
def host(chat: Chat) -> ChatHost:
    assert isinstance(chat.sender, ChatHost)
    return chat.sender


@pytest.fixture
def stranger(app: Flask) -> Api:
    return Api(app.test_client())


@pytest.fixture
def admin(stranger: Api) -> Api:
    return stranger.log_in("admin")


@pytest.fixture
def ann(stranger: Api) -> Api:
    return stranger.log_in("ann")


@pytest.fixture
def bob(stranger: Api) -> Api:
    return stranger.log_in("bob")


@pytest.fixture
def general(ann: Api) -> str:
    """The id of a channel of ann's."""
    room_id: str = ann.post("channels.create", name="general")["channel"]["_id"]
    return room_id
