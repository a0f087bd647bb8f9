"""The calls that are under way in this process. Belongs to the event loop that makes them.

It looks into the database for what is due as long as somebody wants it to work; calls under way,
their leases and their results are looked after in any case.
"""

import asyncio
import contextvars
import functools
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryResult
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.flow import run_delivery
from rc_integrations_plugin.outgoing.gate import CircuitGate
from rc_integrations_plugin.outgoing.leasing import Batch, Leaser
from rc_integrations_plugin.outgoing.shares import what_to_ask
from rc_integrations_plugin.outgoing.turns import Turns
from rc_integrations_plugin.outgoing.writer import ResultWriter
from rc_integrations_plugin.services import Services

if TYPE_CHECKING:
    from rc_integrations_plugin.delivery.client import HttpClient

SOON = timedelta(seconds=1.5)
"""What becomes due within this is waited for: RQ's scheduler looks only once a second."""
_BLOCKING_THREADS = 32
"""For scripts and for posting; each waits for other processes most of the time."""
_THREADS_FOR_ONE_SCRIPT = 2
"""It runs once at a time: the second thread has the next call at hand."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.2
_SHORTEST_PAUSE = 0.015
"""Meanwhile so many calls come back that a batch is worth its statements."""
_DATABASE_AWAY_PAUSE = 0.5
_END_LOOK_SECONDS = 0.02
logger = logging.getLogger(__name__)

T = TypeVar("T")


class Flights:
    """Calls under way, and what is done beside them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._gate = CircuitGate(services)
        self._leaser = Leaser(services, self._gate)
        self._writer = ResultWriter(self._store, self._landed)
        self._database = ThreadPoolExecutor(2, thread_name_prefix="deliveries-database")
        self._threads = ThreadPoolExecutor(_BLOCKING_THREADS, thread_name_prefix="deliveries")
        self._script_turns = Turns(_THREADS_FOR_ONE_SCRIPT)
        self._client: HttpClient | None = None
        self._waiters: list[asyncio.Future[bool]] = []
        self._in_air: dict[str, Delivery] = {}
        """By the id; also those that came back and are not stored yet."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._held: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._has_rung = False
        self._missing = 0
        """How many must come back before more is asked for: a quarter of the last batch."""
        self._pause = _FIRST_PAUSE
        self._renewed_at = 0.0

    async def work(self, client: "HttpClient", seconds: float) -> bool:
        """Look for what is due until there is nothing, or for so long; return if work is left."""
        loop = asyncio.get_running_loop()
        self._client = client
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiters.append(waiter)
        self._has_rung = False
        self._pause = _FIRST_PAUSE
        self._changed.set()
        if self._serving is None:
            self._renewed_at = loop.time()
            self._serving = loop.create_task(self._serve())
        try:
            async with asyncio.timeout(seconds):
                return await waiter
        except TimeoutError:
            return True
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def stop(self) -> None:
        """Begin no more calls. May be said from any thread."""
        self._is_stopping = True
        if self._serving is not None:
            self._serving.get_loop().call_soon_threadsafe(self._send_home)

    async def end(self, seconds: float) -> None:
        """Let calls under way come to their end, for so long, and give the others back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._tasks and loop.time() < until:
            await asyncio.sleep(_END_LOOK_SECONDS)
        given_up = [self._in_air.pop(one) for one in self._tasks]
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if given_up:
            logger.info("%d calls under way are left to other workers", len(given_up))
            await self._on_database(self._services.deliveries.release, given_up)
            self._services.wake_up.ring()
        await self._writer.drain()
        if self._serving is not None:
            self._serving.cancel()

    def close(self) -> None:
        """End the threads, those that are at work when they are done."""
        self._database.shutdown(wait=False)
        self._threads.shutdown(wait=False)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiters or self._in_air:
                self._changed.clear()
                earliest = loop.time() + _SHORTEST_PAUSE
                try:
                    await self._renew()
                    pause = await self._look()
                except Exception as error:  # noqa: BLE001 it goes on when the database is back
                    log_fault(logger, "Deliveries that are due cannot be found", error)
                    pause = _DATABASE_AWAY_PAUSE
                await self._wait(pause)
                await asyncio.sleep(max(earliest - loop.time(), 0))
        finally:
            self._serving = None
            self._send_home()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _renew(self) -> None:
        """Let no lease run out of what is under way, or waits to be stored."""
        now = asyncio.get_running_loop().time()
        lasting = self._services.settings.delivery_lease_seconds
        if not self._in_air or now - self._renewed_at < lasting / 3:
            return
        leases = {one.lease for one in self._in_air.values() if one.lease is not None}
        until = datetime.now(UTC) + timedelta(seconds=lasting)
        await self._on_database(
            functools.partial(self._services.deliveries.renew, leases, until=until)
        )
        self._renewed_at = now

    async def _look(self) -> float:
        """Begin what is due, and return after how many seconds to look again."""
        longest = min(1.0, self._services.settings.delivery_lease_seconds / 6)
        waiters = list(self._waiters)
        if not waiters or self._is_stopping or self._writer.is_behind:
            return longest
        settings = self._services.settings
        ask = what_to_ask(
            self._held, places=settings.deliveries_at_once, most_of_one=settings.calls_at_once
        )
        if ask.limit == 0:
            return longest
        now = datetime.now(UTC)
        take = functools.partial(self._leaser.take, ask, self._held.copy(), now=now)
        batch = await self._on_database(take)
        self._begin(batch)
        if batch.leased:
            if batch.leased >= ask.limit and not self._has_rung:
                self._has_rung = True
                self._services.wake_up.ring()  # there may be enough for another worker
            self._pause = _FIRST_PAUSE
            return self._pause
        return self._after_nothing(batch, waiters, now=now)

    def _after_nothing(
        self, batch: Batch, waiters: Sequence["asyncio.Future[bool]"], *, now: datetime
    ) -> float:
        """Return when to look again; without calls under way it may be that all is done."""
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        wait = None if batch.next_due is None else batch.next_due - now
        if not self._in_air and (wait is None or wait > SOON):
            for waiter in waiters:
                _resolve(waiter, is_left=False)
            return _FIRST_PAUSE
        if wait is not None and timedelta(0) < wait < SOON:
            return min(self._pause, wait.total_seconds())
        return self._pause

    def _begin(self, batch: Batch) -> None:
        self._missing = (len(batch.deliveries) + 3) // 4
        for delivery in batch.deliveries:
            integration = batch.integrations.get(delivery.integration_id)
            self._in_air[delivery.id] = delivery
            self._held[delivery.integration_id] += 1
            task = asyncio.create_task(self._fly(delivery, integration))
            self._tasks[delivery.id] = task

    async def _fly(self, delivery: Delivery, integration: OutgoingIntegration | None) -> None:
        assert self._client is not None  # noqa: S101 `work` has set it
        try:
            result = await run_delivery(
                self._services,
                delivery,
                integration,
                send=self._client.send,
                blocking=self._blocking,
            )
        finally:
            del self._tasks[delivery.id]
        self._writer.put(result)

    def _landed(self, results: Sequence[DeliveryResult]) -> None:
        soon = datetime.now(UTC) + SOON
        for result in results:
            delivery, next_at = result.delivery, result.next_attempt_at
            self._in_air.pop(delivery.id, None)
            self._held[delivery.integration_id] -= 1
            if not self._held[delivery.integration_id]:
                del self._held[delivery.integration_id]
            if next_at is not None and next_at > soon:
                self._services.wake_up.ring_at(next_at)
        self._missing -= len(results)
        if self._missing <= 0:
            self._changed.set()

    async def _store(self, results: Sequence[DeliveryResult]) -> None:
        now = datetime.now(UTC)
        await self._on_database(
            functools.partial(self._services.deliveries.finish, results, now=now)
        )
        try:
            record = functools.partial(self._gate.record, results, now=now)
            for integration_id in await self._on_database(record):
                await self._blocking(functools.partial(self._gate.switch_off, integration_id))
        except Exception as error:  # noqa: BLE001 the results are stored
            log_fault(logger, "What receivers did is not noted", error)

    async def _blocking(self, work: Callable[[], T], *, script_of: str | None = None) -> T:
        """Run what takes its time on a thread, within the host's app context."""
        if script_of is None:
            return await self._on_thread(work)
        async with self._script_turns.take(script_of):
            return await self._on_thread(work)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        def run() -> T:
            with self._services.host_context():
                return work()

        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, functools.partial(context.run, run))

    async def _on_database(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._database, work, *given)

    def _send_home(self) -> None:
        """Let nobody wait here any longer."""
        for waiter in self._waiters:
            _resolve(waiter, is_left=True)
        self._changed.set()


def _resolve(waiter: "asyncio.Future[bool]", *, is_left: bool) -> None:
    if not waiter.done():
        waiter.set_result(is_left)
