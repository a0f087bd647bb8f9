"""Stores what came of deliveries, many at once. Belongs to the event loop that makes the calls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, DeliveryResult
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.storage.faults import may_pass

_MOST_AT_ONCE = 200
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
_UNSTORABLE = "What came of it could not be stored; the log says why"
logger = logging.getLogger(__name__)

Store = Callable[[Sequence[DeliveryResult]], Awaitable[None]]


class ResultWriter:
    """Keeps results until they are stored, however long the database is away."""

    def __init__(self, store: Store, on_stored: Callable[[Sequence[DeliveryResult]], None]) -> None:
        self._store = store
        self._on_stored = on_stored
        self._waiting: list[DeliveryResult] = []
        self._task: asyncio.Task[None] | None = None
        self.is_behind = False
        """Whether the database is away: nothing more should be begun."""

    def put(self, result: DeliveryResult) -> None:
        """Store a result soon."""
        self._waiting.append(result)
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    async def drain(self) -> None:
        """Wait until all is stored."""
        while self._task is not None:
            await asyncio.shield(self._task)

    def cancel(self) -> None:
        """Let go of what is not stored."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:_MOST_AT_ONCE]
                del self._waiting[: len(batch)]
                await self._store_all(batch)
        finally:
            self._task = None

    async def _store_all(self, batch: Sequence[DeliveryResult]) -> None:
        """Store results; a result that cannot be stored keeps the others from nothing.

        Nor may it hold its place for ever: it is let go, and called again when its lease runs out.
        """
        if await self._try_to_store(batch):
            return
        for result in batch:
            if await self._try_to_store([result]) or await self._try_to_store([_bare(result)]):
                continue
            self._on_stored([result])

    async def _try_to_store(self, batch: Sequence[DeliveryResult]) -> bool:
        """Store results, sooner or later; return False if they are what is wrong."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._store(batch)
            except Exception as error:  # noqa: BLE001 it is told, and nothing gets lost
                if not may_pass(error):
                    log_fault(logger, "Results of deliveries cannot be stored", error)
                    return False
                if not self.is_behind:
                    logger.warning("The database is away, results wait: %s", type(error).__name__)
                self.is_behind = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            self.is_behind = False
            self._on_stored(batch)
            return True


def _bare(result: DeliveryResult) -> DeliveryResult:
    """Return a result without all that came from others."""
    attempt = result.attempt
    if attempt is None:
        return result
    kept: dict[str, Any] = {
        name: getattr(attempt, name)
        for name in DeliveryAttempt.__dataclass_fields__
        if name in _OURS
    }
    return replace(result, attempt=DeliveryAttempt(**kept, error=_UNSTORABLE))


_OURS = {
    "id",
    "delivery_id",
    "integration_id",
    "number",
    "started_at",
    "duration_ms",
    "outcome",
    "steps",
    "url",
    "status",
    "failure",
    "script_restarted",
    "next_attempt_at",
}
