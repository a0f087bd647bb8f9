"""What a host's session has of ours in its open transaction, and what follows from its commit."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction


class TransactionMarks:
    """Marks transactions of sessions until they end.

    A mark set within a savepoint goes over to the surrounding transaction when the savepoint is
    released, and is gone when it is rolled back. After the commit of a marked outermost transaction
    something is done, once.
    """

    def __init__(self, on_commit: Callable[[], object] | None = None) -> None:
        self._on_commit = on_commit

    def mark(self, session: Session) -> None:
        """Mark the transaction, or the savepoint, that a session is in."""
        marked = session.info.get(self)
        if marked is None:
            marked = session.info[self] = _Marked(self._on_commit)
            event.listen(session, "after_commit", marked.after_commit)
            event.listen(session, "after_transaction_end", marked.after_transaction_end)
        current = session.get_nested_transaction() or session.get_transaction()
        if current is not None:
            marked.transactions.add(current)

    def is_marked(self, session: Session) -> bool:
        """Return whether the session's open transaction is marked, or a savepoint in it."""
        marked = session.info.get(self)
        return marked is not None and bool(marked.transactions)


class _Marked:
    """The marked transactions of one session."""

    def __init__(self, on_commit: Callable[[], object] | None) -> None:
        self.transactions: set[SessionTransaction] = set()
        self._on_commit = on_commit

    def after_commit(self, session: Session) -> None:
        """Pass a savepoint's mark on, or do what is to be done after the commit."""
        savepoint = session.get_nested_transaction()
        if savepoint is not None:
            if savepoint in self.transactions and savepoint.parent is not None:
                self.transactions.add(savepoint.parent)
            return
        is_marked = bool(self.transactions)
        self.transactions.clear()
        if is_marked and self._on_commit is not None:
            self._on_commit()

    def after_transaction_end(self, _session: Session, transaction: Any) -> None:
        """Forget a transaction, however it ended."""
        self.transactions.discard(transaction)
