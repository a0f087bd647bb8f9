"""Outgoing integrations of the stub host: real events, real calls, real scripts, one after another.

Deliveries are made by `Bridge.deliver`, in place of a worker.
"""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from host_stub.chat import messages, posting, rooms, users
from host_stub.chat.server import Chat
from host_stub.models.rooms import Room
from host_stub.models.users import User
from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse
from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryAttempt, DeliveryResult
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.outgoing.flow import run_delivery
from rc_integrations_plugin.services import Services
from tests.factories import make_outgoing
from tests.hooks import Stage
from tests.receivers import Answer, Received, Receiver, receiver

GUIDE_SAMPLE = Path(__file__).parents[1] / "host_stub" / "demo" / "outgoing_sample.js"
"""The script of the product guide."""
LATER = timedelta(days=1)
"""After all retries of a test are due."""
JSON_TYPE = (("Content-Type", "application/json"),)
Result = TypeVar("Result")


@dataclasses.dataclass
class Bridge:
    """A chat server, and a receiver that its integrations call."""

    stage: Stage
    receiver: Receiver

    @property
    def chat(self) -> Chat:
        return self.stage.chat

    @property
    def services(self) -> Services:
        return self.stage.services

    def listen(self, **fields: Any) -> OutgoingIntegration:
        """Return a new integration that calls the receiver."""
        values = {
            "user_id": self.stage.user_id("rocket.cat"),
            "urls": (f"{self.receiver.url}/hook",),
            "token": "s3cret-token",
            "created_by": make_outgoing().created_by,
        }
        integration = make_outgoing(**values | fields)
        self.services.integrations.add(integration)
        return integration

    def listen_with_script(self, methods: str, **fields: Any) -> OutgoingIntegration:
        """Return a new integration whose class `Script` has these methods."""
        return self.listen(script=f"class Script {{\n{methods}\n}}", **fields)

    def answer(self, content: Any = "", *, status: int = 200, path: str = "/hook") -> None:
        """Let the receiver answer so from now on: JSON, or a text."""
        is_text = isinstance(content, str)
        self.receiver.answers[path] = Answer(
            status=status,
            headers=() if is_text else JSON_TYPE,
            body=(content if is_text else json.dumps(content)).encode(),
        )

    def say(self, text: str, *, room: str = "general", by: str = "alice", **more: Any) -> str:
        """Let somebody write a message, and return its id."""
        with self.transaction():
            new = posting.NewMessage(text=text, **more)
            return posting.post_message(
                self.chat, new, room=self.room(room), author=self.user(by)
            ).id

    def say_to(self, other: str, text: str, *, by: str = "alice") -> None:
        """Let somebody write a direct message."""
        with self.transaction():
            room = rooms.open_direct_room(self.chat, self.user(by), self.user(other))
            new = posting.NewMessage(text=text)
            posting.post_message(self.chat, new, room=room, author=self.user(by))

    def edit(self, message_id: str, text: str, *, by: str = "alice") -> None:
        """Let an author change a message."""
        with self.transaction():
            author = self.user(by)
            message, room = messages.load_message(self.chat, message_id, reader=author)
            messages.edit_message(self.chat, message, text, room=room, by=author)

    def lease(self, *, after: timedelta = timedelta(0)) -> list[Delivery]:
        """Take all deliveries that are due by then."""
        return self.services.deliveries.lease(
            now=datetime.now(UTC) + after,
            lease=new_id(),
            lease_seconds=30,
            limit=100,
            per_integration=100,
        )

    def run(self, delivery: Delivery) -> DeliveryResult:
        """Make one attempt, and store nothing of it, as a worker that dies before it could."""
        integration = self.services.integrations.find_outgoing(delivery.integration_id)
        return asyncio.run(
            run_delivery(
                self.services, delivery, integration, send=self._send, blocking=self._blocking
            )
        )

    def deliver(self, *, after: timedelta = timedelta(0)) -> list[DeliveryAttempt]:
        """Make all calls that are due by then, and return what came of them."""
        results = [self.run(delivery) for delivery in self.lease(after=after)]
        self.services.deliveries.finish(results, now=datetime.now(UTC))
        attempts = [result.attempt for result in results if result.attempt is not None]
        assert len(attempts) == len(results)
        return attempts

    def calls(self) -> list[Received]:
        """Make all calls that are due, and return all that the receiver got so far."""
        self.deliver()
        return self.receiver.received

    def payloads(self) -> list[dict[str, Any]]:
        """Make all calls that are due, and return the bodies that the receiver got so far."""
        return [json.loads(call.body) for call in self.calls()]

    def texts(self, room: str = "general") -> list[str]:
        """Make all calls that are due, and return a room's messages."""
        self.deliver()
        return self.stage.texts(room)

    def last_message(self, room: str = "general") -> dict[str, Any]:
        """Make all calls that are due, and return a room's newest message."""
        self.deliver()
        return self.stage.messages(room)[-1]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.stage.app.app_context(), self.chat.transaction():
            yield

    def user(self, username: str) -> User:
        return users.load_user(self.chat, username=username)

    def room(self, name: str) -> Room:
        return rooms.load_room(self.chat, name=name)

    async def _send(self, request: HttpRequest) -> HttpResponse | HttpFailure:
        return await asyncio.wrap_future(self.services.sender.submit(request))

    async def _blocking(
        self, work: Callable[[], Result], *, script_of: str | None = None
    ) -> Result:
        def run() -> Result:
            with self.services.host_context():
                return work()

        return await asyncio.to_thread(run)


@contextmanager
def bridge(stage: Stage) -> Iterator[Bridge]:
    """Run a receiver for a chat server."""
    with receiver() as running:
        yield Bridge(stage, running)


def steps_of(attempts: Sequence[DeliveryAttempt]) -> list[str]:
    """Return the last step of each attempt."""
    return [attempt.steps[-1] for attempt in attempts]
