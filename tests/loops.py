"""An event loop in a thread, with a client that answers as a test says."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse

T = TypeVar("T")
Respond = Callable[[HttpRequest], Awaitable[HttpResponse | HttpFailure]]


def response(status: int = 200, body: bytes = b"", **headers: str) -> HttpResponse:
    """Return an answer."""
    return HttpResponse(status=status, reason="", headers=headers, body=body, url="")


class LoopSender:
    """In place of `HttpSender`: its client asks `respond`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.requests: list[HttpRequest] = []
        self.respond: Respond = self._ok

    async def send(self, request: HttpRequest) -> HttpResponse | HttpFailure:
        self.requests.append(request)
        return await self.respond(request)

    def run(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work(self), self._loop)

    @staticmethod
    async def _ok(_: HttpRequest) -> HttpResponse:
        return response()


@contextmanager
def loop_sender() -> Iterator[LoopSender]:
    """Run the loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield LoopSender(loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
