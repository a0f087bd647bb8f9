"""The dispatcher with real stores on SQLite; calls are answered by the test."""

import asyncio
import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from rc_integrations_plugin.delivery.http import HttpRequest, HttpResponse
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    DeliveryResult,
)
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.outgoing.dispatch import Dispatcher
from rc_integrations_plugin.outgoing.gate import HOPELESS
from rc_integrations_plugin.scripting.protocol import Script, ScriptRun
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from tests.factories import make_outgoing
from tests.fakes import RecordingWakeUp, ScriptedRunner
from tests.hooks import Stage, stage
from tests.loops import LoopSender, loop_sender, response
from tests.workers import await_true

__all__ = ["stage"]

SECONDS = 20.0
"""More than any of it takes."""


@pytest.fixture
def sender() -> Iterator[LoopSender]:
    with loop_sender() as sender:
        yield sender


class Works:
    """A dispatcher and what it is to do."""

    def __init__(self, stage: Stage, sender: LoopSender) -> None:
        self._stage = stage
        self.sender = sender
        self.services: Services = dataclasses.replace(stage.services, sender=sender)  # type: ignore[arg-type]
        self._dispatchers: list[Dispatcher] = []

    def set(self, **settings: Any) -> None:
        changed = dataclasses.replace(self.services.settings, **settings)
        self.services = dataclasses.replace(self.services, settings=changed)

    def dispatcher(self) -> Dispatcher:
        made = Dispatcher(self.services)
        self._dispatchers.append(made)
        return made

    def integration(self, **fields: Any) -> OutgoingIntegration:
        fields.setdefault("user_id", self._stage.user_id("rocket.cat"))
        made = make_outgoing(**fields)
        self.services.integrations.add(made)
        return made

    def add(self, integration: OutgoingIntegration, count: int = 1) -> list[Delivery]:
        """Store deliveries that are due."""
        now = datetime.now(UTC)
        new = [
            Delivery(
                id=new_id(),
                webhook_id=new_id(),
                integration_id=integration.id,
                created_at=now,
                event=integration.event,
                url=integration.urls[0],
                data={"text": "hello"},
            )
            for _ in range(count)
        ]
        self.services.deliveries.open(new)
        return new

    def attempts(self, integration: OutgoingIntegration) -> Sequence[DeliveryAttempt]:
        wanted = AttemptFilter(integration_id=integration.id)
        pairs, _ = self.services.deliveries.page(wanted, offset=0, count=1000, oldest_first=True)
        return [attempt for attempt, _ in pairs]

    def close(self) -> None:
        for dispatcher in self._dispatchers:
            dispatcher.close()


@pytest.fixture
def works(stage: Stage, sender: LoopSender) -> Iterator[Works]:
    works = Works(stage, sender)
    yield works
    works.close()


class HangingScripts(ScriptedRunner):
    """The scripts of one integration wait for the test."""

    def __init__(self, integration_id: str) -> None:
        super().__init__()
        self.release = threading.Event()
        self.most = 0
        """So many threads waited together."""
        self._hanging = integration_id
        self._waiting = 0
        self._lock = threading.Lock()

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        if script.integration_id == self._hanging:
            with self._lock:
                self._waiting += 1
                self.most = max(self.most, self._waiting)
            self.release.wait(SECONDS)
            with self._lock:
                self._waiting -= 1
        return super().call(script, method, argument)


def counting(seen: Counter[str], most: Counter[str]) -> Callable[[HttpRequest], Any]:
    """Answer after a moment; `most` says how many calls to a URL were under way together."""

    async def respond(request: HttpRequest) -> HttpResponse:
        seen[request.url] += 1
        most[request.url] = max(most[request.url], seen[request.url])
        await asyncio.sleep(0.005)
        seen[request.url] -= 1
        return response()

    return respond


def test_what_is_due_is_delivered_once(works: Works) -> None:
    integration = works.integration()
    deliveries = works.add(integration, 500)

    is_left = works.dispatcher().work(SECONDS)

    assert not is_left
    sent = [request.headers["webhook-id"] for request in works.sender.requests]
    assert sorted(sent) == sorted(one.webhook_id for one in deliveries)
    assert works.services.deliveries.next_due() is None
    assert len(works.attempts(integration)) == 500


def test_without_anything_due_it_returns_at_once(works: Works) -> None:
    assert works.dispatcher().work(SECONDS) is False


def test_no_integration_has_more_calls_under_way_than_it_may(works: Works) -> None:
    works.set(calls_at_once=5)
    most: Counter[str] = Counter()
    works.sender.respond = counting(Counter(), most)
    usual = works.integration(urls=("https://a.test/",))
    own = works.integration(urls=("https://b.test/",), calls_at_once=2)
    for integration in (usual, own):
        works.add(integration, 60)

    works.dispatcher().work(SECONDS)

    assert len(works.sender.requests) == 120
    assert most["https://a.test/"] <= 5
    assert most["https://b.test/"] <= 2


def test_two_workers_together_keep_the_limit(works: Works) -> None:
    works.set(calls_at_once=4)
    most: Counter[str] = Counter()
    works.sender.respond = counting(Counter(), most)
    integration = works.integration()
    works.add(integration, 80)
    threads = [threading.Thread(target=works.dispatcher().work, args=(SECONDS,)) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(works.sender.requests) == 80
    assert max(most.values()) <= 4


def test_a_receiver_that_hangs_holds_up_nobody_else(works: Works) -> None:
    works.set(deliveries_at_once=16)
    released = asyncio.Event()

    async def respond(request: HttpRequest) -> HttpResponse:
        if "hang" in request.url:
            await released.wait()
        return response()

    works.sender.respond = respond
    for number in range(3):
        works.add(works.integration(urls=(f"https://hang{number}.test/",)), 50)
    dispatcher = works.dispatcher()
    assert dispatcher.work(0.5)
    quick = works.integration(urls=("https://quick.test/",))
    works.add(quick, 3)

    is_left = dispatcher.work(2.0)

    assert is_left
    assert len(works.attempts(quick)) == 3
    works.sender._loop.call_soon_threadsafe(released.set)


def test_a_short_delay_is_waited_for_inside(works: Works) -> None:
    answers = iter([response(503), response(503), response(200)])

    async def respond(_: HttpRequest) -> HttpResponse:
        return next(answers)

    works.sender.respond = respond
    integration = works.integration(retry_failed_calls=True, retry_delay="powers-of-ten")
    works.add(integration)

    is_left = works.dispatcher().work(SECONDS)

    assert not is_left
    assert [attempt.outcome for attempt in works.attempts(integration)] == [
        DeliveryOutcome.RETRYING,
        DeliveryOutcome.RETRYING,
        DeliveryOutcome.DELIVERED,
    ]
    assert len({request.headers["webhook-id"] for request in works.sender.requests}) == 1


def test_for_a_long_delay_a_worker_is_woken_later(works: Works, wake_up: RecordingWakeUp) -> None:
    async def respond(_: HttpRequest) -> HttpResponse:
        return response(503)

    works.sender.respond = respond
    integration = works.integration(retry_failed_calls=True, retry_delay="powers-of-two")
    works.add(integration)

    is_left = works.dispatcher().work(SECONDS)

    (attempt,) = works.attempts(integration)
    assert not is_left
    assert wake_up.moments == [works.services.deliveries.next_due()]
    assert attempt.next_attempt_at == wake_up.moments[0]


def test_a_retry_sees_the_integration_as_it_is_now(works: Works) -> None:
    integration = works.integration(retry_failed_calls=True, retry_delay="powers-of-ten")

    async def respond(_: HttpRequest) -> HttpResponse:
        works.services.integrations.disable(integration.id, "enough")
        return response(503)

    works.sender.respond = respond
    works.add(integration)

    works.dispatcher().work(SECONDS)

    outcomes = [attempt.outcome for attempt in works.attempts(integration)]
    assert outcomes == [DeliveryOutcome.RETRYING, DeliveryOutcome.STOPPED]
    assert len(works.sender.requests) == 1


def test_a_lease_that_ran_out_is_taken_up(works: Works) -> None:
    integration = works.integration()
    works.add(integration)
    works.services.deliveries.lease(
        now=datetime.now(UTC),
        lease="of a worker that died",
        lease_seconds=0.5,
        limit=1,
        per_integration=1,
    )

    works.dispatcher().work(SECONDS)

    assert len(works.attempts(integration)) == 1


def test_leases_are_renewed_while_calls_are_under_way(works: Works) -> None:
    works.set(delivery_lease_seconds=0.4)
    released = asyncio.Event()

    async def respond(_: HttpRequest) -> HttpResponse:
        await released.wait()
        return response()

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 3)
    first = works.dispatcher()
    first.work(0.2)

    works.dispatcher().work(1.5)

    assert len(works.sender.requests) == 3
    works.sender._loop.call_soon_threadsafe(released.set)
    first.work(SECONDS)
    assert [one.outcome for one in works.attempts(integration)] == [DeliveryOutcome.DELIVERED] * 3


def test_at_the_end_calls_that_hang_are_given_back(
    works: Works, wake_up: RecordingWakeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rc_integrations_plugin.outgoing.dispatch.END_SECONDS", 0.2)

    async def respond(_: HttpRequest) -> HttpResponse:
        await asyncio.sleep(60)
        return response()

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 3)
    dispatcher = works.dispatcher()
    dispatcher.work(0.3)
    rings = wake_up.rings

    dispatcher.close()

    assert works.services.deliveries.has_due(datetime.now(UTC))
    assert works.attempts(integration) == []
    assert wake_up.rings > rings


def test_at_the_end_calls_under_way_come_to_theirs(works: Works) -> None:
    async def respond(_: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0.5)
        return response()

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 3)
    dispatcher = works.dispatcher()
    dispatcher.work(0.2)

    dispatcher.close()

    assert len(works.attempts(integration)) == 3


def test_stopping_lets_work_return_at_once(works: Works) -> None:
    async def respond(_: HttpRequest) -> HttpResponse:
        await asyncio.sleep(1)
        return response()

    works.sender.respond = respond
    works.add(works.integration())
    dispatcher = works.dispatcher()
    returned: list[bool] = []
    thread = threading.Thread(target=lambda: returned.append(dispatcher.work(SECONDS)))
    thread.start()
    until = time.monotonic() + SECONDS
    while not works.sender.requests and time.monotonic() < until:
        time.sleep(0.01)

    dispatcher.stop()
    thread.join(SECONDS)

    assert returned == [True]


class FailingStore(DeliveryStore):
    """Cannot store results for some time."""

    failures = 3
    error: Exception = OperationalError("UPDATE", {}, Exception("database is locked"))

    def finish(self, results: Sequence[DeliveryResult], *, now: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error
        super().finish(results, now=now)


def with_store(works: Works, store_class: type[FailingStore]) -> None:
    store = store_class(works.services.deliveries._engine)
    works.services = dataclasses.replace(works.services, deliveries=store)


def test_results_wait_for_a_database_that_is_away(works: Works) -> None:
    with_store(works, FailingStore)
    integration = works.integration()
    works.add(integration, 20)

    is_left = works.dispatcher().work(SECONDS)

    assert not is_left
    assert len(works.sender.requests) == 20
    assert len(works.attempts(integration)) == 20


def test_a_result_that_cannot_be_stored_is_stored_without_its_texts(works: Works) -> None:
    class Picky(FailingStore):
        failures = 0

        def finish(self, results: Sequence[DeliveryResult], *, now: datetime) -> None:
            if any(one.attempt and one.attempt.response_body == "poison" for one in results):
                raise ValueError("nobody can store this")
            super().finish(results, now=now)

    async def respond(_: HttpRequest) -> HttpResponse:
        body = b"poison" if len(works.sender.requests) == 3 else b"ok"
        return response(200, body)

    works.sender.respond = respond
    with_store(works, Picky)
    integration = works.integration()
    works.add(integration, 5)

    works.dispatcher().work(SECONDS)

    bodies = [attempt.response_body for attempt in works.attempts(integration)]
    assert sorted(bodies, key=str) == [None, "ok", "ok", "ok", "ok"]


def test_a_result_that_cannot_be_stored_at_all_holds_up_nobody(works: Works) -> None:
    integration = works.integration()
    poison, *_ = works.add(integration, 5)

    class Picky(FailingStore):
        failures = 0

        def finish(self, results: Sequence[DeliveryResult], *, now: datetime) -> None:
            if any(one.delivery.id == poison.id for one in results):
                raise ValueError("nobody can store this")
            super().finish(results, now=now)

    with_store(works, Picky)

    is_left = works.dispatcher().work(SECONDS)

    assert not is_left
    assert len(works.attempts(integration)) == 4
    next_due = works.services.deliveries.next_due()
    assert next_due is not None
    assert next_due > datetime.now(UTC)


def test_a_receiver_that_fails_is_left_alone(works: Works) -> None:
    works.set(circuit_failures=3, circuit_failing_seconds=0.0, calls_at_once=1)

    async def respond(_: HttpRequest) -> HttpResponse:
        return response(500)

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 10)

    is_left = works.dispatcher().work(SECONDS)

    assert not is_left
    assert 3 <= len(works.sender.requests) <= 4
    next_due = works.services.deliveries.next_due()
    assert next_due is not None
    assert next_due > datetime.now(UTC) + timedelta(seconds=30)


def test_one_call_finds_out_whether_the_receiver_is_back(works: Works) -> None:
    works.set(circuit_failures=1, circuit_failing_seconds=0.0, circuit_open_seconds=0.5)
    failing = [response(500), response(500)]

    async def respond(_: HttpRequest) -> HttpResponse:
        return failing.pop() if failing else response(200)

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 2)
    dispatcher = works.dispatcher()
    dispatcher.work(SECONDS)
    works.add(integration, 5)

    until = time.monotonic() + SECONDS
    while works.services.deliveries.next_due() is not None and time.monotonic() < until:
        dispatcher.work(1.0)

    outcomes = Counter(attempt.outcome for attempt in works.attempts(integration))
    assert outcomes == {DeliveryOutcome.FAILED: 2, DeliveryOutcome.DELIVERED: 5}
    assert works.services.circuits.load_all([integration.id]) == {}


def test_a_script_that_wants_no_call_lets_another_find_out_whether_the_receiver_is_back(
    works: Works,
) -> None:
    works.set(circuit_failures=1, circuit_failing_seconds=0.0, circuit_open_seconds=0.001)
    wanted = iter([True, False, False])

    def prepare(argument: Any) -> ScriptRun:
        is_wanted = "response" not in argument and next(wanted, True)
        return ScriptRun(value=argument["request"] if is_wanted else None)

    scripts = ScriptedRunner(answer=prepare)
    works.services = dataclasses.replace(works.services, local_scripts=scripts)
    failing = [response(500)]

    async def respond(_: HttpRequest) -> HttpResponse:
        return failing.pop() if failing else response(200)

    works.sender.respond = respond
    integration = works.integration(script="class Script {}")
    dispatcher = works.dispatcher()
    works.add(integration)
    dispatcher.work(SECONDS)
    works.add(integration, 4)

    # whoever makes the probe is taken for lost only after much longer
    dispatcher.work(SECONDS)

    outcomes = Counter(attempt.outcome for attempt in works.attempts(integration))
    assert outcomes == {
        DeliveryOutcome.FAILED: 1,
        DeliveryOutcome.NOT_SENT: 2,
        DeliveryOutcome.DELIVERED: 2,
    }


def test_an_integration_without_hope_is_switched_off(works: Works) -> None:
    works.set(circuit_failures=1, circuit_failing_seconds=0.0, circuit_openings=1)

    async def respond(_: HttpRequest) -> HttpResponse:
        return response(500)

    works.sender.respond = respond
    integration = works.integration()
    works.add(integration, 2)

    works.dispatcher().work(SECONDS)

    found = works.services.integrations.find_outgoing(integration.id)
    assert found is not None
    assert (found.enabled, found.disabled_reason) == (False, HOPELESS)


def test_a_slow_script_takes_no_threads_from_other_integrations(works: Works) -> None:
    scripts = HangingScripts("slow")
    works.services = dataclasses.replace(works.services, local_scripts=scripts)
    slow = works.integration(id="slow", script="class Script {}")
    quick = works.integration(id="quick", script="class Script {}")
    works.add(slow, 40)
    dispatcher = works.dispatcher()
    working = threading.Thread(target=dispatcher.work, args=(SECONDS,))
    working.start()
    await_true(lambda: scripts.most > 0)
    works.add(quick, 5)

    await_true(lambda: len(works.attempts(quick)) == 5)

    assert works.attempts(slow) == []
    scripts.release.set()
    working.join()
    assert scripts.most <= 2
    assert len(works.attempts(slow)) == 40
