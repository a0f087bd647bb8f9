"""Orders for scripts in Redis: web processes place them and wait, workers take and answer them.

An order waits under a key of its own, beside the RQ job that tells a worker of it. Whoever deletes
the key decides: a worker that did runs the script; a web process that did has given up, and the
script never runs. So what a call holds is in Redis only until a worker takes it, and its result
until the web process reads it. While a worker is at it, it holds a lease, which ends soon after the
worker does.
"""

import math
from collections.abc import Collection
from time import monotonic
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from rc_integrations_plugin.errors import ScriptsUnavailable, SettingsError

SCRIPT_QUEUE = "rc-integrations-scripts"
SCRIPT_JOB = "rc_integrations_plugin.jobs.run_script"
LEASE_SECONDS = 5
RENEW_SECONDS = 1.0

_ANSWER_SECONDS = 10
"""How long an answer stays where the one that waited for it is gone."""
_LOOK_SECONDS = 1.0
"""How often the one that waits looks whether the worker is alive."""
_REDIS_SECONDS = 2.0
_NO_TIMEOUT = -1
"""For RQ: scripts have limits of their own."""


class Orders:
    """The orders of all processes that share one Redis.

    Its methods raise `redis.RedisError` where Redis cannot be reached.

    Raises:
        SettingsError: the URL is none.
    """

    def __init__(self, redis_url: str) -> None:
        try:
            # it connects at the first call, in the process that needs it; redis-py's own default
            # of ten retries would keep a caller waiting for seconds while Redis is away
            self._redis = Redis.from_url(
                redis_url,
                socket_timeout=_REDIS_SECONDS + _LOOK_SECONDS,
                socket_connect_timeout=_REDIS_SECONDS,
                retry=Retry(NoBackoff(), 1),
            )
        except ValueError as error:
            raise SettingsError(f"RC_INTEGRATIONS_REDIS_URL: {error}") from error
        self._queue = Queue(SCRIPT_QUEUE, connection=self._redis, serializer=JSONSerializer)

    def place(self, order: bytes, *, seconds: float) -> str:
        """Offer an order to the workers for so many seconds and return its id."""
        order_id = uuid4().hex
        kept = math.ceil(seconds) + LEASE_SECONDS
        with self._redis.pipeline() as pipeline:
            self._queue.enqueue_call(
                SCRIPT_JOB,
                args=(order_id,),
                job_id=order_id,
                # else RQ writes function and arguments there, and into the log
                description=SCRIPT_JOB,
                timeout=_NO_TIMEOUT,
                ttl=kept,
                result_ttl=0,
                failure_ttl=kept,
                pipeline=pipeline,
            )
            pipeline.set(_order_key(order_id), order, ex=kept)
            pipeline.execute()
        return order_id

    def wait(self, order_id: str, *, seconds_to_start: float, seconds: float) -> bytes:
        """Return the answer to an order.

        Args:
            order_id: what `place` returned.
            seconds_to_start: when no worker has taken the order by then, none will any more.
            seconds: how long it may take in all, if a worker took it.

        Raises:
            ScriptsUnavailable: there will be no answer.
        """
        started = monotonic()
        while True:
            passed = monotonic() - started
            patience = min(_LOOK_SECONDS, max(seconds_to_start - passed, 0) or _LOOK_SECONDS)
            answer = self._redis.blpop([_answer_key(order_id)], timeout=patience)
            if answer is not None:
                return _as_bytes(answer[1])
            passed = monotonic() - started
            if self._is_waiting(order_id):
                if passed >= seconds_to_start and self.withdraw(order_id):
                    raise ScriptsUnavailable("No worker was free to run the script")
            elif not self._is_in_work(order_id):
                return self._last_answer(order_id)
            elif passed >= seconds:
                raise ScriptsUnavailable("The worker takes too long to run the script")

    def withdraw(self, order_id: str) -> bool:
        """Take an order back; return False if a worker has taken it before."""
        if not self._redis.delete(_order_key(order_id)):
            return False
        with self._redis.pipeline() as pipeline:
            self._queue.remove(order_id, pipeline=pipeline)
            pipeline.delete(Job.key_for(order_id))
            pipeline.execute()
        return True

    def take(self, order_id: str) -> bytes | None:
        """Return an order, which is the caller's to answer, or None if it was withdrawn."""
        with self._redis.pipeline() as pipeline:
            pipeline.get(_order_key(order_id))
            pipeline.delete(_order_key(order_id))
            pipeline.set(_lease_key(order_id), b"", ex=LEASE_SECONDS)
            order, _, _ = pipeline.execute()
        return None if order is None else _as_bytes(order)

    def renew(self, order_ids: Collection[str]) -> None:
        """Say that these orders are still worked at."""
        with self._redis.pipeline() as pipeline:
            for order_id in order_ids:
                pipeline.expire(_lease_key(order_id), LEASE_SECONDS)
            pipeline.execute()

    def answer(self, order_id: str, answer: bytes) -> None:
        """Answer an order that was taken."""
        with self._redis.pipeline() as pipeline:
            pipeline.rpush(_answer_key(order_id), answer)
            pipeline.expire(_answer_key(order_id), _ANSWER_SECONDS)
            pipeline.delete(_lease_key(order_id))
            pipeline.execute()

    def close(self) -> None:
        """Close the connections to Redis."""
        self._redis.close()

    def _is_waiting(self, order_id: str) -> bool:
        return bool(self._redis.exists(_order_key(order_id)))

    def _is_in_work(self, order_id: str) -> bool:
        return bool(self._redis.exists(_lease_key(order_id)))

    def _last_answer(self, order_id: str) -> bytes:
        # it may have come between the two questions
        answer = self._redis.lpop(_answer_key(order_id))
        if answer is None:
            raise ScriptsUnavailable("The worker that was to run the script has ended")
        return _as_bytes(answer)


def _as_bytes(value: object) -> bytes:
    # redis-py's types leave open whether it decodes; we do not ask it to
    if not isinstance(value, bytes):
        raise TypeError("Redis gave something else than bytes")
    return value


def _order_key(order_id: str) -> str:
    return f"rc-integrations:script-order:{order_id}"


def _lease_key(order_id: str) -> str:
    return f"rc-integrations:script-lease:{order_id}"


def _answer_key(order_id: str) -> str:
    return f"rc-integrations:script-answer:{order_id}"
