"""What a message costs that no outgoing integration is told of, beside one without the plugin.

    python -m bench.opening [--messages 300] [--rounds 7]

Messages are posted into one room of the stub host, on SQLite, in one process: by its REST API, and
by the function beneath it (a usual text, and one of 4,000 characters). In turn, in one run: with
nobody who hears the signals ("bare"), and with the plugin's listener and some integrations that are
not told. The ratios are medians over rounds of a listening one to the mean of the bare ones before
and after it, in processor time.
"""

import argparse
import random
import statistics
import string
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, delete, func, insert, select

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat import tokens
from host_stub.chat.posting import NewMessage, post_message
from host_stub.chat.server import EXTENSION, Chat
from host_stub.database import db
from rc_integrations_plugin.host.signals import subscribe
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.index_cache import IndexCache
from rc_integrations_plugin.outgoing.listener import EventListener
from rc_integrations_plugin.services import EXTENSION as PLUGIN, Services
from rc_integrations_plugin.storage.integration_rows import to_row
from rc_integrations_plugin.storage.tables import changes, deliveries, integrations
from tests.factories import make_outgoing
from tests.listening import silence

TEXT = "Could somebody look at the deploy of yesterday? It took rather long :thinking:"
LONG_TEXT = (TEXT + " ") * 50
Post = Callable[[str], None]


@dataclass(frozen=True)
class Crowd:
    """Some integrations that all listen elsewhere, or for something else."""

    name: str
    fields: Callable[[int], dict[str, Any]]

    def members(self, many: int) -> Iterator[OutgoingIntegration]:
        """Yield so many of them."""
        return (make_outgoing(**self.fields(number)) for number in range(many))


def _word(number: int) -> str:
    """Return one of words that are as different as words are, and that nobody says."""
    letters = random.Random(number)  # noqa: S311 guards nothing
    word = "".join(letters.choices(string.ascii_lowercase, k=letters.randint(3, 11)))
    return f"{word}-{number}"


CROWDS = (
    Crowd("to other rooms", lambda number: {"channels": (f"#room-{number}",)}),
    Crowd("here, other first words", lambda number: {"trigger_words": (_word(number),)}),
    Crowd(
        "here, other words anywhere",
        lambda number: {"trigger_words": (_word(number),), "trigger_word_anywhere": True},
    ),
)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{Path(folder) / 'bench.db'}"})
        with app.app_context():
            by_rest, by_function = _ways_to_post(app)
            print(f"{'integrations listen':<28} {'many':>6}", end="")
            names = ("REST µs", "post µs", "long µs")
            print("".join(f" {name:>8} {'of bare':>8}" for name in names), f"{'load ms':>8}")
            for crowd, many in _rows():
                _fill(db.engine, list(crowd.members(many)))
                loading = _loading(app)
                figures = ""
                for post, text in ((by_rest, TEXT), (by_function, TEXT), (by_function, LONG_TEXT)):
                    cost, ratio = _measure(app, partial(post, text), options)
                    figures += f" {cost * 1e6:>8.0f} {ratio:>8.2f}"
                print(f"{crowd.name:<28} {many:>6}{figures} {loading * 1e3:>8.0f}", flush=True)
            assert db.session.scalar(select(func.count()).select_from(deliveries)) == 0
            db.engine.dispose()


def _rows() -> Sequence[tuple[Crowd, int]]:
    return [(CROWDS[0], 0), *((crowd, many) for crowd in CROWDS for many in (10, 10_000))]


def _measure(app: Flask, post: Callable[[], None], options: Any) -> tuple[float, float]:
    """Return the processor seconds of a message that is listened to, and their ratio to bare."""
    costs, ratios = [], []
    services: Services = app.extensions[PLUGIN]
    listener = EventListener(services)
    before = _bare(app, post, options.messages)
    for _ in range(options.rounds):
        subscribe(services.host, listener.on_event)
        post()
        cost = _cost(post, options.messages)
        after = _bare(app, post, options.messages)
        costs.append(cost)
        ratios.append(cost / statistics.mean((before, after)))
        before = after
    return statistics.median(costs), statistics.median(ratios)


def _loading(app: Flask) -> float:
    """Return the processor seconds that it takes to load all integrations, as after a change."""
    services: Services = app.extensions[PLUGIN]
    started = time.process_time()
    IndexCache(services.integrations).load()
    return time.process_time() - started


def _bare(app: Flask, post: Callable[[], None], messages: int) -> float:
    silence(app)
    return _cost(post, messages)


def _cost(post: Callable[[], None], messages: int) -> float:
    started = time.process_time()
    for _ in range(messages):
        post()
    return (time.process_time() - started) / messages


def _ways_to_post(app: Flask) -> tuple[Post, Post]:
    chat: Chat = app.extensions[EXTENSION]
    with chat.transaction():
        ann = seed.ensure_user(chat, "ann")
        room = seed.ensure_room(chat, "general", owner=ann)
        token = tokens.create_token(chat, ann)
    headers = {"X-User-Id": ann.id, "X-Auth-Token": token}
    client = app.test_client(use_cookies=False)

    def by_rest(text: str) -> None:
        body = {"roomId": room.id, "text": text}
        answer = client.post("/api/v1/chat.postMessage", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    def by_function(text: str) -> None:
        with chat.transaction():
            post_message(chat, NewMessage(text=text), room=room, author=ann)

    return by_rest, by_function


def _fill(engine: Engine, crowd: Sequence[OutgoingIntegration]) -> None:
    """Let the table hold these integrations and no others."""
    with engine.begin() as connection:
        connection.execute(delete(integrations))
        if crowd:
            connection.execute(insert(integrations), [to_row(one) for one in crowd])
        connection.execute(changes.update().values(version=changes.c.version + 1))


if __name__ == "__main__":
    main()
