"""Wakes workers through RQ: the `WakeUp` of servers whose workers run `integrations worker`.

A job holds nothing but its name: what is to be delivered is in the database. So it does not matter
how many jobs there are, as long as one starts after each time that there is something to do.
"""

import logging
import math
import os
import threading
import weakref
from contextlib import suppress
from datetime import UTC, datetime

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

QUEUE = "rc-integrations"
DELIVER_JOB = "rc_integrations_plugin.jobs.deliver_due"
JOB_SECONDS = 120
"""RQ stops the job then; it ends by itself long before."""

_RUNG_KEY = f"{QUEUE}:rung"
# A job that a killed worker had just taken is replaced after this.
_RUNG_SECONDS = 5
_MOST_WAITING = 16
"""Where so many jobs wait, no worker runs, and one more would wake nobody."""
_FAILED_SECONDS = 24 * 3600
_REDIS_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_MOST_MOMENTS = 10_000
_END_SECONDS = 3.0
logger = logging.getLogger(__name__)


def connect_redis(url: str, *, answer_seconds: float = _REDIS_SECONDS) -> Redis:
    """Return a client that says soon that Redis is away; it connects with its first command."""
    return Redis.from_url(
        url,
        socket_timeout=answer_seconds,
        socket_connect_timeout=_REDIS_SECONDS,
        # a connection that a restart of Redis broke is replaced; redis-py's own default may be
        # ten attempts that take many seconds
        retry=Retry(NoBackoff(), 1),
    )


class Bell:
    """Queues the job that delivers. Its methods raise `redis.RedisError` where Redis is away."""

    def __init__(self, connection: Redis) -> None:
        self._redis = connection
        self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)

    def ring(self) -> None:
        """Queue the job, unless one is queued that has not begun."""
        if not self._redis.set(_RUNG_KEY, 1, nx=True, ex=_RUNG_SECONDS):
            return
        if self._queue.count < _MOST_WAITING:
            self._queue.enqueue(
                DELIVER_JOB,
                job_timeout=JOB_SECONDS,
                description=DELIVER_JOB,
                result_ttl=0,
                failure_ttl=_FAILED_SECONDS,
            )

    def ring_at(self, second: int) -> None:
        """Plan the job for a second, counted from 1970; one job for all who want that."""
        with suppress(DuplicateJobError):
            self._queue.enqueue_at(
                datetime.fromtimestamp(second, UTC),
                DELIVER_JOB,
                job_id=f"{QUEUE}-deliver-{second}",
                unique=True,
                job_timeout=JOB_SECONDS,
                description=DELIVER_JOB,
                result_ttl=0,
                failure_ttl=_FAILED_SECONDS,
            )

    def hush(self) -> None:
        """Say that a job has begun: whoever rings from now on needs another one."""
        self._redis.delete(_RUNG_KEY)


class RqWakeUp:
    """Rings by a thread of its own, so that whoever rings never waits for Redis.

    While Redis is away, it goes on trying. A forked process starts its own thread.
    """

    def __init__(self, redis_url: str) -> None:
        self._redis = connect_redis(redis_url)
        self._bell = Bell(self._redis)
        self._forget()
        ours = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (found := ours()) and found())

    def _forget(self) -> None:
        """Begin anew: in a forked process the thread is not there, and the lock may be held."""
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_rung = False
        self._is_closed = False
        self._is_away = False
        self._moments: set[int] = set()

    def ring(self) -> None:
        """Wake a worker now."""
        with self._changed:
            self._is_rung = True
            self._start()

    def ring_at(self, moment: datetime) -> None:
        """Wake a worker at this time, or up to about two seconds later."""
        with self._changed:
            # those that find no place are found by the workers' own looking
            if len(self._moments) < _MOST_MOMENTS:
                self._moments.add(math.ceil(moment.timestamp()))
                self._start()

    def close(self) -> None:
        """End the thread; what it was told is tried once more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_END_SECONDS)
        self._forget()
        self._redis.close()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, args=(self._changed,), name="rc-integrations-bell", daemon=True
            )
            self._thread.start()
        self._changed.notify()

    def _work(self, changed: threading.Condition) -> None:
        pause = _FIRST_PAUSE
        while True:
            with changed:
                changed.wait_for(lambda: self._is_rung or self._moments or self._is_closed)
                is_last = self._is_closed
                is_rung, self._is_rung = self._is_rung, False
                moments, self._moments = self._moments, set()
            is_told = self._tell(is_rung, moments)
            if is_last:
                return
            if is_told:
                pause = _FIRST_PAUSE
                continue
            with changed:
                self._is_rung |= is_rung
                self._moments |= moments
                changed.wait_for(lambda: self._is_closed, timeout=pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _tell(self, is_rung: bool, moments: set[int]) -> bool:  # noqa: FBT001
        """Return whether Redis took it all; what it took is removed from `moments`."""
        try:
            if is_rung:
                self._bell.ring()
            for moment in sorted(moments):
                self._bell.ring_at(moment)
                moments.remove(moment)
        except RedisError as error:
            if not self._is_away:
                logger.warning("Redis is away, deliveries wait for workers' own looking: %s", error)
            self._is_away = True
            return False
        if self._is_away:
            logger.info("Redis is back")
        self._is_away = False
        return True
