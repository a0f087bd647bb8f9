"""A chat server that is killed: `python -m tests.killed_writer` starts it again for each line.

The first line on its input is the configuration, as JSON. Each further line lets it fork a server,
in which several people write without end, and print that server's process id; once somebody has
killed it, another line is printed. Forked, since starting takes longer than being killed.

The server stops for moments between the statements of a message, so that it is often killed there.
It notes in a file how far each thread is: 1 between the first statement and the commit.
"""

import json
import mmap
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat import tokens
from host_stub.chat.server import Chat
from host_stub.database import db

WRITERS = 4
PAUSE_SECONDS = 0.004
_own = threading.local()


def main() -> None:
    """Fork a server for each line."""
    config = json.loads(sys.stdin.readline())
    state = Path(config.pop("state"))
    app = create_app(config)
    room_id, headers = _prepare(app)
    for _ in sys.stdin:
        state.write_bytes(bytes(WRITERS))
        child = os.fork()
        if child == 0:
            _serve(app, room_id, headers, state)
        _say(str(child))
        os.waitpid(child, 0)
        _say("dead")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _prepare(app: Flask) -> tuple[str, dict[str, str]]:
    chat: Chat = app.extensions["host_stub"]
    with app.app_context():
        with chat.transaction():
            ann = seed.ensure_user(chat, "ann")
            room_id = seed.ensure_room(chat, "general", owner=ann).id
            token = tokens.create_token(chat, ann)
            headers = {"X-User-Id": ann.id, "X-Auth-Token": token}
        db.engine.dispose()
    return room_id, headers


def _serve(app: Flask, room_id: str, headers: dict[str, str], state: Path) -> None:
    with app.app_context():
        _slow_down(db.engine)
    with state.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), WRITERS)

    def write(number: int) -> None:
        _own.note = lambda value: shared.__setitem__(number, value)
        client = app.test_client(use_cookies=False)
        while True:
            body = {"roomId": room_id, "text": "hello"}
            client.post("/api/v1/chat.postMessage", json=body, headers=headers)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(1)


def _slow_down(engine: Any) -> None:
    def after_statement(*given: Any) -> None:
        if given[2].startswith(("INSERT INTO messages", "INSERT INTO rc_integration_deliveries")):
            _own.note(1)
            time.sleep(random.random() * PAUSE_SECONDS)  # noqa: S311

    def before_commit(_connection: Any) -> None:
        if hasattr(_own, "note"):
            _own.note(2)

    event.listen(engine, "after_cursor_execute", after_statement)
    event.listen(engine, "commit", before_commit)


if __name__ == "__main__":
    main()
