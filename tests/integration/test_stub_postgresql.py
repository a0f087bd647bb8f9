"""The stub on PostgreSQL: what SQLite does in another way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat.posting import NewMessage, post_message
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.rooms import create_room, load_room, open_direct_room
from host_stub.chat.server import Chat
from host_stub.chat.users import create_user, load_user
from host_stub.database import db
from tests.postgresql import new_database
from tests.starting import start_together

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def address(postgresql: str) -> str:
    return new_database(postgresql)


@pytest.fixture(scope="module")
def config(address: str) -> dict[str, Any]:
    return {
        "SQLALCHEMY_DATABASE_URI": address,
        "HOST_STUB_LOAD_PLUGINS": False,
        "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
    }


@pytest.fixture(scope="module")
def app(config: dict[str, Any]) -> Iterator[Flask]:
    start_together(config, servers=2)
    app = create_app(dict(config))
    chat: Chat = app.extensions["host_stub"]
    with app.app_context(), chat.transaction():
        ann = seed.ensure_user(chat, "ann", password="secret")
        seed.ensure_user(chat, "bob", password="secret")
        seed.ensure_room(chat, "general", owner=ann)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def chat(app: Flask) -> Iterator[Chat]:
    chat: Chat = app.extensions["host_stub"]
    with app.app_context():
        yield chat


def test_many_write_at_once_and_each_message_has_its_number(app: Flask, chat: Chat) -> None:
    def write(number: int) -> None:
        with app.app_context(), chat.transaction():
            room, author = load_room(chat, name="general"), load_user(chat, username="ann")
            post_message(chat, NewMessage(text=str(number)), room=room, author=author)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(100)))

    rows = db.session.execute(text("SELECT sequence, change, text FROM messages")).all()
    assert sorted(int(row.text) for row in rows) == list(range(100))
    assert len({row.sequence for row in rows}) == len({row.change for row in rows}) == 100


def test_two_who_open_one_conversation_at_once_share_it(app: Flask, chat: Chat) -> None:
    def open_room(pair: tuple[str, str]) -> str:
        with app.app_context(), chat.transaction():
            one, other = (load_user(chat, username=name) for name in pair)
            return open_direct_room(chat, one, other).id

    with ThreadPoolExecutor(8) as threads:
        opened = set(threads.map(open_room, [("ann", "bob"), ("bob", "ann")] * 8))

    assert len(opened) == 1


def test_two_who_take_one_name_at_once_get_an_answer(app: Flask, chat: Chat) -> None:
    def take(_number: int) -> str:
        try:
            with app.app_context(), chat.transaction():
                user = create_user(chat, "eve", password="secret")
                create_room(chat, "eves", kind="c", owner=user)
        except ChatRefused as refused:
            return refused.code
        return "made"

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(take, range(8)))

    assert answers == ["error-field-unavailable"] * 7 + ["made"]


def test_a_reply_and_an_edit_move_the_counter_on(chat: Chat) -> None:
    room, ann = load_room(chat, name="general"), load_user(chat, username="ann")
    with chat.transaction():
        parent = post_message(chat, NewMessage(text="a"), room=room, author=ann)
    before = db.session.scalar(text("SELECT max(change) FROM messages"))

    with chat.transaction():
        new = NewMessage(text="b", thread_id=parent.id)
        post_message(chat, new, room=room, author=ann)

    after = db.session.scalar(text("SELECT change FROM messages WHERE id = :id"), {"id": parent.id})
    assert after > before


def test_people_use_the_server(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/api/v1/login", json={"user": "ann", "password": "secret"})
    data = answer.get_json()["data"]
    headers = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}

    def post(method: str, **body: Any) -> int:
        return client.post(f"/api/v1/{method}", json=body, headers=headers).status_code

    assert post("channels.create", name="news", members=["bob"]) == 200
    assert post("channels.create", name="news") == 400
    assert post("chat.postMessage", channel="#news", text="hi \U0001f600") == 200
    assert post("chat.postMessage", channel="#news", attachments=[{"text": "x"}]) == 200
    assert post("chat.postMessage", channel="#news", text="\0") == 400
    assert post("dm.create", username="bob") == 200
    assert post("channels.delete", roomName="news") == 200
