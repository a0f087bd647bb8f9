"""The write gate, and starting on a database that is new, old or shared."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from host_stub import database, seed
from host_stub.app import create_app
from host_stub.chat.posting import NewMessage, post_message
from host_stub.chat.rooms import load_room
from host_stub.chat.server import Chat
from host_stub.chat.users import load_user
from host_stub.database import FairLock, db
from tests.starting import start_together
from tests.unit.host_stub.conftest import Api, stub_config


@pytest.fixture
def engine(app: Flask) -> Iterator[Engine]:
    with app.app_context():
        yield db.engine


def rename(name: str) -> Any:
    return text("UPDATE users SET name = :name").bindparams(name=name)


def test_sqlite_is_set_up_for_many_threads(engine: Engine) -> None:
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_second_writer_waits_until_the_first_is_done(engine: Engine, end: str) -> None:
    entered, done = threading.Event(), threading.Event()

    def write_too() -> None:
        entered.set()
        with engine.begin() as connection:
            connection.execute(rename("second"))
        done.set()

    with engine.connect() as first:
        first.execute(rename("first"))
        second = threading.Thread(target=write_too)
        second.start()
        entered.wait(5)
        assert not done.wait(0.2)
        if end != "close":
            getattr(first, end)()
            assert done.wait(5)
    second.join(5)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM users")) == "second"


def test_a_reader_waits_for_nobody(engine: Engine) -> None:
    with engine.connect() as writer, ThreadPoolExecutor(1) as threads:
        writer.execute(rename("new"))

        def read() -> Any:
            with engine.connect() as reader:
                return reader.scalar(text("SELECT name FROM users WHERE username = 'ann'"))

        assert threads.submit(read).result(5) == "Ann"


def test_a_failed_statement_frees_the_next_writer(engine: Engine) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="no such table"), engine.begin() as connection:
            connection.execute(text("UPDATE no_table SET x = 1"))

    with engine.begin() as connection:
        connection.execute(rename("third"))


def test_many_write_at_once_and_nothing_is_lost(app: Flask, chat: Chat, general: str) -> None:
    def write(number: int) -> None:
        with app.app_context(), chat.transaction():
            room, author = load_room(chat, room_id=general), load_user(chat, username="ann")
            post_message(chat, NewMessage(text=str(number)), room=room, author=author)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(200)))

    with app.app_context():
        rows = db.session.execute(text("SELECT sequence, change, text FROM messages")).all()
    assert sorted(int(row.text) for row in rows) == list(range(200))
    assert len({row.sequence for row in rows}) == 200
    assert all(row.sequence == row.change for row in rows)


def test_every_change_moves_the_counter_on(app: Flask, ann: Api, general: str) -> None:
    def changes() -> dict[str, int]:
        with app.app_context():
            rows = db.session.execute(text("SELECT id, change FROM messages")).all()
        return {row.id: row.change for row in rows}

    def post(**fields: str) -> str:
        sent = ann.post("chat.postMessage", roomId=general, text="hi", **fields)
        message_id: str = sent["message"]["_id"]
        return message_id

    one, two = post(), post()
    ann.post("chat.update", roomId=general, msgId=one, text="ho")
    after_edit = changes()
    reply = post(tmid=two)
    after_reply = changes()
    ann.post("chat.delete", roomId=general, msgId=one)

    assert after_edit[one] > after_edit[two]
    assert after_reply[two] > after_edit[one]
    assert after_reply[reply] >= after_reply[two]
    assert changes()[one] > max(after_reply.values())


@pytest.mark.parametrize("gone", ["room", "user"])
def test_the_counter_never_goes_back(
    app: Flask, admin: Api, ann: Api, bob: Api, general: str, gone: str
) -> None:
    def newest() -> int:
        with app.app_context():
            return db.session.scalar(text("SELECT max(change) FROM messages")) or 0

    bob.post("channels.create", name="news")
    for _ in range(3):
        ann.post("chat.postMessage", roomId=general, text="hi")
    seen = newest()
    if gone == "room":
        ann.post("channels.delete", roomId=general)
    else:
        admin.post("users.delete", userId=ann.user_id)

    bob.post("chat.postMessage", channel="#news", text="hi")

    assert newest() > seen


def test_two_who_open_one_conversation_at_once_share_it(app: Flask, chat: Chat) -> None:
    def open_room(pair: tuple[str, str]) -> str:
        with app.app_context(), chat.transaction():
            one, other = (load_user(chat, username=name) for name in pair)
            host: Any = chat.sender
            room_id: str = host.open_direct_room(one, other).id
            return room_id

    with ThreadPoolExecutor(8) as threads:
        opened = set(threads.map(open_room, [("ann", "bob"), ("bob", "ann")] * 8))

    assert len(opened) == 1


def test_a_server_finds_what_it_left(tmp_path: Path) -> None:
    config = stub_config(tmp_path / "chat.db")
    for _ in range(2):
        app = create_app(config)
        chat: Chat = app.extensions["host_stub"]
        with app.app_context():
            with chat.transaction():
                user = seed.ensure_user(chat, "eve", password="secret")
                room = seed.ensure_room(chat, "news", owner=user)
            found = (user.id, room.id)
            db.engine.dispose()

    with app.app_context():
        assert db.session.execute(text("SELECT id FROM users")).scalars().all() == [found[0]]
        assert db.session.execute(text("SELECT id FROM rooms")).scalars().all() == [found[1]]
        db.engine.dispose()


def test_servers_that_start_together_share_one_database(tmp_path: Path) -> None:
    config = stub_config(tmp_path / "chat.db")

    start_together(config, servers=4)

    app = create_app(config)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM permissions"))
        db.engine.dispose()


def test_the_database_goes_into_the_data_folder(tmp_path: Path) -> None:
    config = stub_config(tmp_path) | {"HOST_STUB_DATA": str(tmp_path / "new" / "data")}
    del config["SQLALCHEMY_DATABASE_URI"]

    app = create_app(config)

    assert (tmp_path / "new" / "data" / "chat.db").is_file()
    with app.app_context():
        db.engine.dispose()


def test_a_lock_goes_to_who_asked_first_and_nobody_waits_forever() -> None:
    lock, order = FairLock(), list[int]()
    assert lock.acquire(timeout=1)
    assert not lock.acquire(timeout=0.01)

    def take(number: int) -> None:
        assert lock.acquire(timeout=5)
        order.append(number)
        lock.release()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=take, args=(number,)))
        threads[-1].start()
        while len(lock._waiting) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(5)

    assert order == list(range(5))
    assert lock.acquire(timeout=1)


def test_a_writer_that_waits_too_long_is_told_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.05)

    with (
        engine.connect() as first,
        engine.connect() as second,
    ):
        first.execute(rename("first"))
        with pytest.raises(OperationalError, match="locked by another thread"):
            second.execute(rename("second"))
        first.commit()
        second.rollback()
        second.execute(rename("second"))
