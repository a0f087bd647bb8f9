"""One delivery at a time: a chat server in memory, and a receiver that answers from a list."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryResult,
    Posted,
)
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.messages.authors import ActiveUsers
from rc_integrations_plugin.outgoing.chain import CURRENT, Posting
from rc_integrations_plugin.outgoing.flow import run_delivery
from rc_integrations_plugin.scripting.protocol import ScriptRun
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import Settings
from tests.factories import make_delivery, make_outgoing
from tests.fakes import ScriptedRunner
from tests.unit.messages.memory_host import ANN, BOT, MemoryHost, MemoryMessage
from tests.unit.outgoing.answers import make_answer

ROOM = "r-general"
DATA = {
    "token": "s3cret-token",
    "bot": False,
    "channel_id": ROOM,
    "channel_name": "general",
    "message_id": "m1",
    "user_id": ANN.id,
    "user_name": "ann",
    "text": "hello",
}
SCRIPT = "class Script {}"
Result = TypeVar("Result")
Answer = HttpResponse | HttpFailure


class Chat(MemoryHost):
    """Notes what is being posted by whom, as a listener would see it; may mark deliveries."""

    def __init__(self) -> None:
        super().__init__()
        self.postings: list[Posting | None] = []
        self.authors: list[str] = []
        self.marks = False
        self.failing_look_up: Exception | None = None

    def find_user(self, user_id: str) -> User | None:
        if self.failing_look_up is not None:
            raise self.failing_look_up
        return super().find_user(user_id)

    def post_message(self, draft: Any, *, room: Any, as_user: Any) -> MemoryMessage:
        current = CURRENT.get()
        message = super().post_message(draft, room=room, as_user=as_user)
        self.postings.append(current)
        self.authors.append(as_user.id)
        if self.marks and current is not None:
            current.marked = True
        return message


@dataclass
class Integrations:
    """Keeps what was switched off, and why."""

    disabled: dict[str, str] = field(default_factory=dict)

    def disable(self, integration_id: str, reason: str) -> bool:
        is_new = integration_id not in self.disabled
        self.disabled.setdefault(integration_id, reason)
        return is_new


@dataclass
class Deliveries:
    """Keeps which deliveries were marked as posted after the fact."""

    marked: list[tuple[str, Posted]] = field(default_factory=list)
    failing: Exception | None = None

    def mark_posted(self, delivery: Delivery, stage: Posted) -> bool:
        if self.failing is not None:
            raise self.failing
        self.marked.append((delivery.id, stage))
        return True


@dataclass
class Way:
    """A worker that makes deliveries."""

    settings: Settings = field(default_factory=Settings)
    host: Chat = field(default_factory=Chat)
    integrations: Integrations = field(default_factory=Integrations)
    deliveries: Deliveries = field(default_factory=Deliveries)
    local_scripts: ScriptedRunner = field(default_factory=ScriptedRunner)
    active_users: ActiveUsers = field(default_factory=ActiveUsers)
    answers: list[Answer] = field(default_factory=list)
    """For the calls, in their order; then it is 200 without a body."""
    sent: list[HttpRequest] = field(default_factory=list)
    worked: int = 0
    """How often a thread was asked for."""

    def run(
        self, integration: OutgoingIntegration | None, delivery: Delivery | None = None
    ) -> DeliveryResult:
        """Make one attempt."""
        return asyncio.run(
            run_delivery(
                cast("Services", self),
                delivery or make_delivery(data=DATA),
                integration,
                send=self._send,
                blocking=self._blocking,
            )
        )

    def attempt(
        self, integration: OutgoingIntegration | None, delivery: Delivery | None = None
    ) -> DeliveryAttempt:
        """Make one attempt, and return its row for the history."""
        attempt = self.run(integration, delivery).attempt
        assert attempt is not None
        return attempt

    def returns(self, *, prepare: Any = None, process: Any = None) -> OutgoingIntegration:
        """Return an integration with a script, which returns these, or whose methods run so."""
        runs = {"request": prepare, "response": process}

        def answer(argument: Any) -> ScriptRun:
            given = runs["response" if "response" in argument else "request"]
            if callable(given):
                given = given(argument)
            return given if isinstance(given, ScriptRun) else ScriptRun(value=given)

        self.local_scripts.answer = answer
        return make_outgoing(user_id=BOT.id, token=DATA["token"], script=SCRIPT)

    @property
    def posted(self) -> list[tuple[str, str]]:
        """Rooms and texts of all messages."""
        return [(room_id, draft.text) for room_id, draft in self.host.state.messages]

    async def _send(self, request: HttpRequest) -> Answer:
        self.sent.append(request)
        return self.answers.pop(0) if self.answers else make_answer()

    async def _blocking(
        self, work: Callable[[], Result], *, script_of: str | None = None
    ) -> Result:
        self.worked += 1
        return await asyncio.to_thread(work)


def plain(**fields: Any) -> OutgoingIntegration:
    """Return an integration without a script."""
    return make_outgoing(**{"user_id": BOT.id, "token": DATA["token"], **fields})


def body(**content: Any) -> str:
    return json.dumps(content)


def same_request(argument: Any) -> Any:
    """What a script does that changes nothing: `return request`."""
    return argument["request"]
