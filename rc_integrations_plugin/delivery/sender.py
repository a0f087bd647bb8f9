"""Makes calls from any thread: one event loop in a thread of its own carries all of a process's."""

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from rc_integrations_plugin.delivery.http import (
    FailureKind,
    HttpFailure,
    HttpRequest,
    HttpResponse,
)
from rc_integrations_plugin.delivery.rules import Rules

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

    from rc_integrations_plugin.delivery.client import HttpClient

# A name server that does not answer holds one for many seconds.
_NAME_LOOKUPS = 32

T = TypeVar("T")


class HttpSender:
    """Makes calls for threads and for other event loops.

    Nothing is started before the first call, and a forked process starts its own: web servers fork
    after the plugin was installed.
    """

    def __init__(self, rules: Rules, *, lookup: "AbstractResolver | None" = None) -> None:
        self._rules = rules
        self._lookup = lookup
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._left_behind: list[_Running] = []
        ours = weakref.WeakMethod(self._forget_after_fork)
        os.register_at_fork(after_in_child=lambda: (found := ours()) and found())

    def send(self, request: HttpRequest) -> HttpResponse | HttpFailure:
        """Make a call and wait for what comes of it."""
        return _outcome(self.submit(request))

    def send_all(self, requests: Sequence[HttpRequest]) -> "list[HttpResponse | HttpFailure]":
        """Make calls side by side and wait for what comes of all of them."""
        started = [self.submit(request) for request in requests]
        return [_outcome(future) for future in started]

    def submit(self, request: HttpRequest) -> "Future[HttpResponse | HttpFailure]":
        """Start a call. `asyncio.wrap_future` waits for it in another event loop."""
        return self.run(lambda client: client.send(request))

    def run(self, work: "Callable[[HttpClient], Coroutine[Any, Any, T]]") -> "Future[T]":
        """Start a coroutine in the event loop that makes the calls, with the client for them.

        It must not block: all calls of the process would wait for it.
        """
        with self._lock:
            if self._running is None:
                self._running = _Running(self._rules, lookup=self._lookup)
            return self._running.run(work)

    def close(self) -> None:
        """Close all connections and end the thread; the next call starts a new one."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.close()

    def _forget_after_fork(self) -> None:
        # the thread did not come along, and the lock may have been held; what the loop held stays
        # alive, for its connections are the parent's
        if self._running is not None:
            self._left_behind.append(self._running)
        self._running = None
        self._lock = threading.Lock()


def _outcome(future: "Future[HttpResponse | HttpFailure]") -> HttpResponse | HttpFailure:
    try:
        return future.result()
    except CancelledError:
        return HttpFailure(kind=FailureKind.CONNECTION, message="this server is stopping")


class _Running:
    """The event loop, its thread and its connections."""

    def __init__(self, rules: Rules, *, lookup: "AbstractResolver | None") -> None:
        self._loop = asyncio.new_event_loop()
        self._names = ThreadPoolExecutor(_NAME_LOOKUPS, thread_name_prefix="name-lookup")
        self._loop.set_default_executor(self._names)
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="http-sender", daemon=True
        )
        self._thread.start()
        self._client = asyncio.run_coroutine_threadsafe(
            _open_client(rules, lookup), self._loop
        ).result()

    def run(self, work: "Callable[[HttpClient], Coroutine[Any, Any, T]]") -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work(self._client), self._loop)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._wind_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._names.shutdown(wait=False, cancel_futures=True)
        self._loop.close()

    async def _wind_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()
        await asyncio.sleep(0)  # connections are closed by the loop's next round


async def _open_client(rules: Rules, lookup: "AbstractResolver | None") -> "HttpClient":
    # aiohttp is slow to import, and commands, most of all, make no calls
    from rc_integrations_plugin.delivery.client import HttpClient  # noqa: PLC0415

    return HttpClient(rules, lookup=lookup)
