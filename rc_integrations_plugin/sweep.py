"""The thread of a worker that looks by itself for calls that are due.

Redis may lose its data, or be away, and nobody has to notice: what is due is in the database.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask
from redis.exceptions import RedisError

from rc_integrations_plugin.delivery.rq_wakeup import Bell, connect_redis
from rc_integrations_plugin.outgoing.dispatch import EXTENSION as DISPATCHER, Dispatcher
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.services import EXTENSION, Services

_END_SECONDS = 5.0
logger = logging.getLogger(__name__)


@contextlib.contextmanager
def sweep_thread(app: Flask) -> Iterator[None]:
    """Look now and then, in a thread; at the end, let calls under way come to theirs."""
    dispatcher: Dispatcher = app.extensions[DISPATCHER]
    thread = _SweepThread(app.extensions[EXTENSION], dispatcher)
    thread.start()
    try:
        yield
    finally:
        dispatcher.stop()
        thread.end()
        dispatcher.close()


class _SweepThread(threading.Thread):
    def __init__(self, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(name="rc-integrations-sweep", daemon=True)
        self._services = services
        self._dispatcher = dispatcher
        self._ending = threading.Event()

    def end(self) -> None:
        self._ending.set()
        self.join(_END_SECONDS)

    def run(self) -> None:
        seconds = self._services.settings.delivery_sweep_seconds
        with contextlib.closing(connect_redis(self._services.settings.redis_url)) as connection:
            bell = Bell(connection)
            while not self._ending.wait(seconds):
                try:
                    self._look(bell, seconds)
                except Exception as error:  # noqa: BLE001 nobody else looks
                    log_fault(logger, "Looking for calls that are due failed", error)

    def _look(self, bell: Bell, seconds: float) -> None:
        if self._dispatcher.is_working or not self._services.deliveries.has_due(datetime.now(UTC)):
            return
        try:
            bell.ring()
        except RedisError:
            # nobody else can be told, so this thread makes the calls itself
            self._dispatcher.work(seconds)
