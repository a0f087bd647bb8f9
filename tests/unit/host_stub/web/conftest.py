"""A chat with anna, ben and carla; anna and ben share rooms, carla is in none."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from host_stub.app import create_app
from host_stub.chat import rooms, users
from host_stub.chat.server import current_chat
from tests.unit.host_stub.web.people import PASSWORD, Chatter, LiveEvents, log_in

FAST = {"HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1", "HOST_STUB_LOAD_PLUGINS": False}


@pytest.fixture(scope="session")
def peopled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a server with people and rooms: copying it is faster than making them."""
    path = tmp_path_factory.mktemp("people") / "chat.db"
    app = create_app({**FAST, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"})
    with app.app_context():
        chat = current_chat()
        with chat.transaction():
            anna, ben, _carla = (
                users.create_user(chat, name, password=PASSWORD, name=name.title())
                for name in ("anna", "ben", "carla")
            )
            rooms.create_room(chat, "general", kind="c", owner=anna, members=[ben])
            rooms.create_room(chat, "secret", kind="p", owner=anna, members=[ben])
            rooms.open_direct_room(chat, anna, ben)
        app.extensions["sqlalchemy"].engine.dispose()
    return path


@pytest.fixture
def app(config: dict[str, Any], tmp_path: Path, peopled_database: Path) -> Iterator[Flask]:
    """The chat server alone, without plugins."""
    shutil.copyfile(peopled_database, tmp_path / "chat.db")
    app = create_app({**FAST, **config})
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def chatter(app: Flask) -> Chatter:
    return Chatter(app)


@pytest.fixture
def anna(app: Flask) -> FlaskClient:
    return log_in(app, "anna")


@pytest.fixture
def ben(app: Flask) -> FlaskClient:
    return log_in(app, "ben")


@pytest.fixture
def carla(app: Flask) -> FlaskClient:
    return log_in(app, "carla")


@pytest.fixture
def listen() -> Iterator[Any]:
    """Open streams that are closed after the test."""
    opened = []

    def open_stream(browser: FlaskClient, address: str = "/stream", **headers: str) -> LiveEvents:
        live = LiveEvents(browser.get(address, headers=headers))
        opened.append(live)
        live.until("retry: ")
        return live

    yield open_stream
    for live in opened:
        live.close()
