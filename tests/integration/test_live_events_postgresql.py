"""Live events on PostgreSQL, where a change may turn up behind a higher number."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat.posting import NewMessage, post_message
from host_stub.chat.rooms import load_room
from host_stub.chat.server import Chat, current_chat
from host_stub.chat.tokens import create_token
from host_stub.chat.users import load_user
from host_stub.database import db
from tests.postgresql import new_database

pytestmark = pytest.mark.integration


@pytest.fixture
def address(postgresql: str) -> str:
    return new_database(postgresql)


@pytest.fixture
def app(address: str) -> Iterator[Flask]:
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": address,
            "HOST_STUB_LOAD_PLUGINS": False,
            "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
        }
    )
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def anna(app: Flask) -> FlaskClient:
    """Anna's browser."""
    browser = app.test_client()
    with app.app_context(), current_chat().transaction():
        chat = current_chat()
        user = seed.ensure_user(chat, "anna", password="correct horse")
        seed.ensure_room(chat, "general", owner=user)
        browser.set_cookie("host_stub_token", f"{user.id}:{create_token(chat, user)}")
    return browser


def write(chat: Chat, text: str) -> None:
    room, author = load_room(chat, name="general"), load_user(chat, username="anna")
    post_message(chat, NewMessage(text=text), room=room, author=author)


def test_a_message_that_is_committed_late_is_still_told(app: Flask, anna: FlaskClient) -> None:
    with app.app_context(), current_chat().transaction():
        write(current_chat(), "before anybody listens")
    stream = anna.get("/stream")
    frames = stream.iter_encoded()
    start = [next(frames), next(frames)]

    with app.app_context(), current_chat().transaction():
        write(current_chat(), "slow")  # has its number, but is not committed yet
        with app.app_context(), current_chat().transaction():
            write(current_chat(), "fast")
        first = next(frames)
    second = next(frames)
    stream.close()

    assert start == [b"retry: 1500\n\n", b": welcome\n\n"]
    assert b'"msg":"fast"' in first
    assert b'"msg":"slow"' in second
    assert b"before anybody" not in first + second
