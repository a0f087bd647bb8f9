"""All outgoing integrations that are switched on, kept in memory for as long as none changes."""

import os
import threading
import weakref

from sqlalchemy import Connection

from rc_integrations_plugin.outgoing.matching import ListenerIndex
from rc_integrations_plugin.storage.integrations import IntegrationStore


class IndexCache:
    """The index of a process. It holds the integrations once, however many threads use it."""

    def __init__(self, store: IntegrationStore) -> None:
        self._store = store
        self._current = (-1, ListenerIndex.build(()))
        self._building = threading.Lock()
        ours = weakref.WeakMethod(self._forget_lock)
        os.register_at_fork(after_in_child=lambda: (found := ours()) and found())

    def load(self, connection: Connection | None = None, *, keep: bool = True) -> ListenerIndex:
        """Return the index as the database has it, whoever changed that.

        Args:
            connection: of the host's session. It is used for all reading: with one from the pool in
                addition, threads that wait for each other could use up the pool.
            keep: False where its transaction has changed integrations itself: nobody else shall
                see that before the commit.
        """
        # the number first: should something change before the rows are read, they are read again
        version = self._store.version(connection)
        if not keep:
            return self._build(connection)
        known, index = self._current
        if known >= version:  # greater for a transaction that began before the last change
            return index
        with self._building:
            if self._current[0] < version:
                version = self._store.version(connection)
                self._current = (version, self._build(connection))
            return self._current[1]

    def _build(self, connection: Connection | None) -> ListenerIndex:
        return ListenerIndex.build(self._store.enabled_outgoing(connection))

    def _forget_lock(self) -> None:
        # the process may have been forked while a thread of its parent held it
        self._building = threading.Lock()
