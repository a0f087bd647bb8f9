"""A chat server that sends messages, workers that deliver them, a receiver: whatever is killed.

What was committed and what was delivered can be compared at any time.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat import messages, rooms, tokens
from host_stub.chat.server import EXTENSION as STUB, Chat
from rc_integrations_plugin.delivery.rq_wakeup import QUEUE
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.services import EXTENSION, Services
from tests.factories import make_delivery, make_outgoing
from tests.receivers import Answer, Receiver
from tests.workers import Worker, await_true

LEASE_SECONDS = 2.0
SWEEP_SECONDS = 0.5


class Arena:
    """Sends messages and counts what is delivered."""

    def __init__(self, folder: Path, *, database: str, redis_url: str, receiver: Receiver) -> None:
        self.config: dict[str, Any] = {
            "SQLALCHEMY_DATABASE_URI": database,
            "RC_INTEGRATIONS_REDIS_URL": redis_url,
            "RC_INTEGRATIONS_ALLOWED_NETWORKS": "127.0.0.0/8",
            "RC_INTEGRATIONS_DELIVERY_LEASE_SECONDS": LEASE_SECONDS,
            "RC_INTEGRATIONS_DELIVERY_SWEEP_SECONDS": SWEEP_SECONDS,
        }
        self._folder = folder
        self.receiver = receiver
        receiver.answers["/hook"] = Answer(delay_seconds=0.02)
        self.app: Flask = create_app(self.config)
        self.services: Services = self.app.extensions[EXTENSION]
        self.committed: set[str] = set()
        self.statuses: set[int] = set()
        chat: Chat = self.app.extensions[STUB]
        with self.app.app_context(), chat.transaction():
            bot = seed.ensure_user(chat, "rocket.cat", roles=["bot"])
            alice = seed.ensure_user(chat, "alice")
            room = seed.ensure_room(chat, "general", owner=alice, members_too=[bot])
            self._room_id, user_id, bot_id = room.id, alice.id, bot.id
            token = tokens.create_token(chat, alice)
        self._headers = {"X-Auth-Token": token, "X-User-Id": user_id}
        self.integration: OutgoingIntegration = make_outgoing(
            urls=(f"{receiver.url}/hook",), user_id=bot_id
        )
        self.services.integrations.add(self.integration)

    def send_messages(self, count: int) -> None:
        """Send messages as people do."""
        for _ in range(count):
            self.send_message()

    def send_message(self) -> None:
        body = {"roomId": self._room_id, "text": "hello"}
        client = self.app.test_client()
        answer = client.post("/api/v1/chat.postMessage", json=body, headers=self._headers)
        self.statuses.add(answer.status_code)
        if answer.status_code == 200:
            assert answer.json is not None
            self.committed.add(answer.json["message"]["_id"])

    def open_deliveries(self, count: int) -> None:
        """Store deliveries as if so many messages had been sent, and wake a worker."""
        ids = [secrets.token_hex(8) for _ in range(count)]
        now = datetime.now(UTC)
        self.services.deliveries.open(
            [
                make_delivery(
                    integration_id=self.integration.id,
                    created_at=now,
                    url=self.integration.urls[0],
                    data={"message_id": message_id},
                )
                for message_id in ids
            ]
        )
        self.committed.update(ids)
        self.services.wake_up.ring()

    def delivered(self) -> dict[str, set[str]]:
        """Return the webhook ids that each message was delivered with."""
        found: dict[str, set[str]] = defaultdict(set)
        for received in list(self.receiver.received):
            message_id = json.loads(received.body)["message_id"]
            found[message_id].add(received.headers["webhook-id"])
        return found

    def await_delivered(self, count: int) -> None:
        """Wait until so many calls came, repeats included."""
        await_true(lambda: len(self.receiver.received) >= count)

    def assert_all_delivered(self, *, seconds: float = 60) -> None:
        """Wait until what was committed is delivered; nothing else is, and repeats say so."""
        await_true(lambda: self.services.deliveries.next_due() is None, seconds=seconds)
        delivered = self.delivered()
        assert set(delivered) == self.committed
        assert {len(ids) for ids in delivered.values()} == {1}
        all_ids = [webhook_id for ids in delivered.values() for webhook_id in ids]
        assert len(set(all_ids)) == len(all_ids)

    @contextlib.contextmanager
    def worker(self, *options: str) -> Iterator[Worker]:
        """Run a worker; it ends with the context, if it was not killed."""
        environment = {f"FLASK_{key}": str(value) for key, value in self.config.items()}
        log = self._folder / f"worker-{secrets.token_hex(4)}.log"
        arguments = ["--app", "host_stub.app", "integrations", "worker", *options]
        with log.open("wb") as output, contextlib.closing(self._redis()) as redis:
            before = _workers(redis)
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", *arguments],
                env=os.environ | environment,
                stdout=output,
                stderr=output,
            )
            worker = Worker(process, log)
            try:
                await_true(lambda: any(_is_ready(redis, key) for key in _workers(redis) - before))
                yield worker
            finally:
                if process.poll() is None:
                    worker.stop()

    def workers(self) -> int:
        """Return how many workers Redis knows."""
        with contextlib.closing(self._redis()) as redis:
            return int(redis.scard(f"rq:workers:{QUEUE}"))

    def texts(self) -> list[str]:
        """Return the texts in the room, the oldest first."""
        with self.app.app_context():
            chat: Chat = self.app.extensions[STUB]
            room = rooms.load_room(chat, name="general")
            page, _ = messages.list_messages(chat, room, offset=0, count=1000)
            return [message.text for message in reversed(page)]

    def _redis(self) -> Redis:
        return Redis.from_url(self.config["RC_INTEGRATIONS_REDIS_URL"])

    def close(self) -> None:
        """Let go of everything."""
        self.services.wake_up.close()
        self.services.scripts.close()
        self.services.sender.close()
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()


def _workers(redis: Redis) -> Any:
    return redis.smembers(f"rq:workers:{QUEUE}")


def _is_ready(redis: Redis, key: str) -> bool:
    return redis.hget(key, "state") in {b"idle", b"busy"}


def wait(seconds: float) -> None:
    """Let the others do something for a moment."""
    time.sleep(seconds)
