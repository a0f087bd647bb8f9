"""One thread per process that watches the database while pages listen, and tells them all."""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from host_stub.chat.server import Chat, current_chat
from host_stub.web.changes import (
    Change,
    change_numbers,
    last_change,
    number_overlap,
    read_changes,
    rooms_fingerprint,
)

POLL_SECONDS = 0.25
_AT_ONCE = 500
_WAITING = 50
"""How many batches a slow page may leave unread before it is sent away."""
_REMEMBERED = 1000

_log = logging.getLogger(__name__)


class TooManyListeners(Exception):
    """As many pages listen to this process as its threads allow."""


class Batch(tuple[Change, ...]):
    """Changes that were found together; an empty one means that the rooms have changed."""


class Listener:
    """One page's place in the feed."""

    def __init__(self) -> None:
        self._batches: queue.Queue[Batch] = queue.Queue(maxsize=_WAITING)
        self.fell_behind = False

    def put(self, batch: Batch) -> None:
        """Hand over a batch, or note that the page does not keep up."""
        try:
            self._batches.put_nowait(batch)
        except queue.Full:
            self.fell_behind = True

    def wait(self, seconds: float) -> Batch | None:
        """Return the next batch, or None when there was none for a while."""
        try:
            return self._batches.get(timeout=seconds)
        except queue.Empty:
            return None


class Feed:
    """Reads the changes of one database for all listeners of this process."""

    def __init__(self, app: Flask, *, most_listeners: int) -> None:
        self._app = app
        self._most_listeners = most_listeners
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None

    def open(self) -> Listener:
        """Return a listener that misses nothing from now on.

        Raises:
            TooManyListeners: the caller should ask again later.
        """
        with self._lock:
            if len(self._listeners) >= self._most_listeners:
                raise TooManyListeners
            listener = Listener()
            if self._thread is None or not self._thread.is_alive():
                self._start()
            self._listeners.add(listener)
            return listener

    def close(self, listener: Listener) -> None:
        """Forget the listener; without any the thread ends."""
        with self._lock:
            self._listeners.discard(listener)
            if not self._listeners:
                self._idle.set()

    def _start(self) -> None:
        with self._app.app_context():
            watch = _Watch(current_chat())
        self._idle = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(watch, self._idle), name="host-stub-feed", daemon=True
        )
        self._thread.start()

    def _run(self, watch: "_Watch", idle: threading.Event) -> None:
        while not idle.wait(POLL_SECONDS):
            for batch in self._poll(watch):
                with self._lock:
                    listeners = list(self._listeners)
                for listener in listeners:
                    listener.put(batch)

    def _poll(self, watch: "_Watch") -> Sequence[Batch]:
        try:
            with self._app.app_context():
                return watch.poll(current_chat())
        except SQLAlchemyError:
            # the database may be back at the next look
            _log.warning("The live events could not be read", exc_info=True)
            return ()


class _Watch:
    """How far the database has been read."""

    def __init__(self, chat: Chat) -> None:
        self._position = last_change(chat)
        self._overlap = number_overlap(chat)
        self._told: OrderedDict[int, None] = OrderedDict()
        self._fingerprint: tuple[Any, ...] = rooms_fingerprint(chat)
        if self._overlap:
            self._remember(change_numbers(chat, after=self._position - self._overlap))

    def poll(self, chat: Chat) -> Sequence[Batch]:
        """Return what is new; changed rooms come first, since they decide who may see the rest."""
        batches = []
        fingerprint = rooms_fingerprint(chat)
        if fingerprint != self._fingerprint:
            self._fingerprint = fingerprint
            batches.append(Batch())
        newest = last_change(chat)
        # the newest messages may have gone with their room
        self._position = min(self._position, newest)
        after = self._late_start(chat) if self._overlap else self._position
        if newest > after:
            batches += self._read(chat, after)
        return batches

    def _late_start(self, chat: Chat) -> int:
        """Return the number before the oldest change that nobody was told of."""
        for number in change_numbers(chat, after=self._position - self._overlap):
            if number not in self._told:
                return number - 1
        return self._position

    def _read(self, chat: Chat, after: int) -> Sequence[Batch]:
        found = read_changes(chat, after=after, limit=_AT_ONCE)
        fresh = [change for change in found if change.number not in self._told]
        if found:
            self._position = max(self._position, found[-1].number)
        if self._overlap:
            self._remember([change.number for change in fresh])
        return [Batch(fresh)] if fresh else []

    def _remember(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._told[number] = None
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
