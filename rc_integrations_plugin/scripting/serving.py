"""The workers' side of orders: runs scripts for web processes, several at the same time."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
from redis.exceptions import RedisError

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.documents import (
    CallOrder,
    Outcome,
    TrialOrder,
    encode_outcome,
    read_order,
)
from rc_integrations_plugin.scripting.orders import RENEW_SECONDS, Orders
from rc_integrations_plugin.scripting.protocol import ScriptRunner

logger = logging.getLogger(__name__)


class OrderServer:
    """Takes orders one after the other and runs their scripts side by side."""

    def __init__(self, runner: ScriptRunner, orders: Orders, *, at_once: int) -> None:
        self._runner = runner
        self._orders = orders
        self._free = threading.BoundedSemaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="rc-integrations-script")
        self._running: set[str] = set()
        self._closed = threading.Event()
        self._renewer: threading.Thread | None = None

    def serve(self, order_id: str) -> None:
        """Start to run a script, as soon as a thread is free; do nothing for a withdrawn order."""
        self._free.acquire()
        order = None
        try:
            order = self._orders.take(order_id)
        finally:
            if order is None:
                self._free.release()
        if order is not None:
            self._keep_leases()
            self._running.add(order_id)
            self._threads.submit(self._run, order_id, order)

    def close(self) -> None:
        """Return when all scripts that were started have ended and are answered."""
        self._threads.shutdown()
        self._closed.set()
        if self._renewer is not None:
            self._renewer.join()
        self._orders.close()

    def _run(self, order_id: str, order: bytes) -> None:
        try:
            self._orders.answer(order_id, encode_outcome(self._outcome(order)))
        except RedisError as error:
            logger.warning("The result of a script could not be delivered: %s", error)
        finally:
            self._running.discard(order_id)
            self._free.release()

    def _outcome(self, text: bytes) -> Outcome:
        try:
            order = read_order(text)
            if isinstance(order, CallOrder):
                # the argument goes on as it came: reading it would take time for nothing
                argument = orjson.Fragment(order.argument)
                return self._runner.call(order.script, order.method, argument)
            if isinstance(order, TrialOrder):
                return self._runner.try_out(order.trial)
            look = self._runner.review if order.with_findings else self._runner.check
            return look(order.source, skip_transpile=order.skip_transpile)
        except ScriptsUnavailable as error:
            return error
        except Exception:
            # the thread's end: who waits shall not wait for nothing
            logger.exception("A script could not be run")
            return ScriptsUnavailable("The worker could not run the script; its log says why")

    def _keep_leases(self) -> None:
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._renew, daemon=True)
            self._renewer.start()

    def _renew(self) -> None:
        while not self._closed.wait(RENEW_SECONDS):
            running = list(self._running)
            try:
                if running:
                    self._orders.renew(running)
            except RedisError as error:
                logger.warning("Redis is away while scripts run: %s", error)
