"""Turns at something that only few can use at once. Belongs to an event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """Who waits for a turn waits in the event loop, not on one of few threads."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        # who waits, or has a turn, keeps it alive
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, key: str) -> AsyncIterator[None]:
        """Wait for a turn and have it; turns with different keys have nothing to do with another.

        Args:
            key: of what is used.
        """
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Semaphore(self._at_once)
        async with turn:
            yield
