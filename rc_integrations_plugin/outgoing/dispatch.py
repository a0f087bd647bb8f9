"""Makes the calls that are due: each worker process has one dispatcher, which its jobs work with.

Calls are made side by side in the event loop of `HttpSender`'s thread (flights.py), so a slow
receiver holds nobody up. What is here is the side of the other threads.
"""

import threading
from concurrent.futures import CancelledError, TimeoutError as TooLate

from flask import current_app

from rc_integrations_plugin.outgoing.flights import Flights
from rc_integrations_plugin.services import Services

EXTENSION = "rc_integrations_dispatcher"
END_SECONDS = 5.0
"""How long calls under way have at the end, before others are to make them again."""
_WRITE_SECONDS = 10.0


class Dispatcher:
    """Makes calls for whichever threads ask it to. Nothing is started before the first `work`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._flights: Flights | None = None
        self._is_stopping = False
        self._working = 0

    @property
    def is_working(self) -> bool:
        """Whether a thread is in `work`."""
        return self._working > 0

    def work(self, seconds: float) -> bool:
        """Make the calls that are due, also those that become due meanwhile.

        Returns when nothing is under way, nor due within 1.5 s, or after so many seconds;
        calls that are under way then go on.

        Returns:
            Whether something is left to do.
        """
        with self._lock:
            if self._is_stopping:
                return True
            if self._flights is None:
                self._flights = Flights(self._services)
            flights = self._flights
            self._working += 1
        try:
            return self._services.sender.run(lambda client: flights.work(client, seconds)).result()
        except CancelledError:
            return True
        finally:
            with self._lock:
                self._working -= 1

    def stop(self) -> None:
        """Begin no more calls, and let `work` return at once. A signal handler may say so."""
        self._is_stopping = True
        if self._flights is not None:
            self._flights.stop()

    def close(self) -> None:
        """Wait some seconds for the calls under way, and give the others back."""
        self.stop()
        with self._lock:
            flights, self._flights = self._flights, None
        if flights is None:
            return
        ending = self._services.sender.run(lambda _: flights.end(END_SECONDS))
        try:
            ending.result(timeout=END_SECONDS + _WRITE_SECONDS)
        except (CancelledError, TooLate):
            ending.cancel()
        flights.close()
        self._is_stopping = False


def current_dispatcher() -> Dispatcher:
    """Return the dispatcher of the Flask app that is running the job."""
    dispatcher: Dispatcher = current_app.extensions[EXTENSION]
    return dispatcher
