"""How often a hook may be called: counted in Redis for all processes together."""

import logging
from functools import cached_property

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool

from rc_integrations_plugin.integrations.budget import Allowance

logger = logging.getLogger(__name__)

_REDIS_SECONDS = 0.5
"""A call of a hook never waits longer for Redis."""


class RateLimiter:
    """Grants each key a number of calls in a window of time, which its first call opens."""

    def __init__(self, *, calls: int, seconds: int, redis_url: str) -> None:
        self._limit = RateLimitItemPerSecond(calls, seconds, namespace="rc-integrations")
        self._refusals = RateLimitItemPerSecond(1, seconds, namespace="rc-integrations-refused")
        self._redis_url = redis_url
        # connects at the first call: in the process that needs it, after a fork
        self._pool = ConnectionPool.from_url(
            redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        )

    def count(self, *key: str) -> Allowance:
        """Count one more call of a key and return whether it is within the budget.

        While Redis is away each process counts for itself.
        """
        try:
            return self._count(self._shared, key)
        except StorageError as error:
            logger.warning("Calls are counted for this process alone: %s", error.storage_error)
            return self._count(self._own, key)

    def close(self) -> None:
        """Close the connections to Redis."""
        self._pool.disconnect()

    def _count(self, limiter: FixedWindowRateLimiter, key: tuple[str, ...]) -> Allowance:
        granted = limiter.hit(self._limit, *key)
        window = limiter.get_window_stats(self._limit, *key)
        return Allowance(
            granted=granted,
            first_refusal=not granted and limiter.hit(self._refusals, *key),
            limit=self._limit.amount,
            remaining=window.remaining,
            reset_at=window.reset_time,
        )

    @cached_property
    def _shared(self) -> FixedWindowRateLimiter:
        storage = RedisStorage(self._redis_url, connection_pool=self._pool, wrap_exceptions=True)
        return FixedWindowRateLimiter(storage)

    @cached_property
    def _own(self) -> FixedWindowRateLimiter:
        return FixedWindowRateLimiter(MemoryStorage())
