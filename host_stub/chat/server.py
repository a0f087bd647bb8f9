"""The running chat server: what every function of this package needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from blinker import Namespace
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from host_stub.database import db
from host_stub.models.messages import SomeMessage
from host_stub.models.rooms import SomeRoom
from host_stub.models.users import SomeUser
from host_stub.settings import StubSettings

EXTENSION = "host_stub"
_OPEN = "host_stub_transaction"


@dataclass(kw_only=True, eq=False)
class Chat:
    """One chat server: its settings, its signals, and the session of the current app context."""

    settings: StubSettings
    signals: Namespace = field(default_factory=Namespace)
    sender: object = None
    """Who the signals say they come from: the app's `ChatHost`."""

    @property
    def session(self) -> Session:
        """The session of the current app context."""
        return db.session()

    @property
    def connection(self) -> Connection:
        """The session's connection: plain statements cost a fifth less on it."""
        return db.session().connection()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit what is done inside, or undo it when an error leaves.

        Raises:
            RuntimeError: one is open already; the inner one would commit the outer's half.
        """
        session = self.session
        if session.info.get(_OPEN):
            raise RuntimeError("A transaction is open already, and they are never nested")
        session.info[_OPEN] = True
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info[_OPEN] = False

    def announce(
        self,
        signal: str,
        *,
        user: SomeUser,
        room: SomeRoom | None = None,
        message: SomeMessage | None = None,
    ) -> None:
        """Tell whoever listens, inside the transaction. `signals.py` lists what is told."""
        sent: dict[str, Any] = {"user": user, "session": self.session}
        if room is not None:
            sent["room"] = room
        if message is not None:
            sent["message"] = message
        self.signals.signal(signal).send(self.sender, **sent)


def current_chat() -> Chat:
    """Return the chat server of the current app."""
    chat: Chat = current_app.extensions[EXTENSION]
    return chat
