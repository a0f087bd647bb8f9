"""Hears what happens in the chat, inside the chat server's transactions where it shares them."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from rc_integrations_plugin.host.events import ChatEvent, UserDeleted
from rc_integrations_plugin.host.signals import subscribe, subscribe_to_deletions
from rc_integrations_plugin.outgoing.chain import LeaseLost, find_own_posting
from rc_integrations_plugin.outgoing.commits import TransactionMarks
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.index_cache import IndexCache
from rc_integrations_plugin.outgoing.opening import start_deliveries
from rc_integrations_plugin.services import Services

logger = logging.getLogger(__name__)


def listen(services: Services) -> None:
    """Open deliveries for all that happens in the chat from now on."""
    listener = EventListener(services)
    subscribe(services.host, listener.on_event)
    subscribe_to_deletions(services.host, listener.on_user_deleted)


class EventListener:
    """Opens deliveries for the events of one chat server, from any of its threads.

    What the database raises in the chat server's transaction is raised on: half of it must not be
    committed. Any other fault is logged, and the chat goes on.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._indexes = IndexCache(services.integrations)
        self._opened = TransactionMarks(on_commit=services.wake_up.ring)
        self._switched_off = TransactionMarks()

    def on_event(self, event: ChatEvent) -> None:
        """Store the deliveries that an event asks for, and wake a worker after the commit."""
        try:
            if event.session is None:
                self._tell_in_own_transaction(event)
            else:
                self._tell_in_transaction(event, _plain(event.session))
        except LeaseLost:
            raise
        except SQLAlchemyError as error:
            if event.session is not None:
                raise
            log_fault(logger, f"Nobody is told of an event {event.name}", error)
        except Exception as error:  # noqa: BLE001 the chat must not fail for a fault of ours
            log_fault(logger, f"Nobody is told of an event {event.name}", error)

    def on_user_deleted(self, deleted: UserDeleted) -> None:
        """Switch off what posts as a user who is gone."""
        user = deleted.user
        reason = f"The user {user.username or user.id}, as whom it posts, was deleted"
        try:
            switched_off = self._services.integrations.disable_all_of_user(
                user.id, reason, session=deleted.session
            )
        except SQLAlchemyError as error:
            if deleted.session is not None:
                raise
            # found again when one of them next wants to post
            log_fault(logger, "What posts as a deleted user is still on", error)
            return
        if switched_off and deleted.session is not None:
            self._switched_off.mark(_plain(deleted.session))

    def _tell_in_transaction(self, event: ChatEvent, session: Session) -> None:
        self._mark_as_posted(event)
        index = self._indexes.load(
            session.connection(), keep=not self._switched_off.is_marked(session)
        )
        if start_deliveries(self._services, index, event):
            self._opened.mark(session)

    def _tell_in_own_transaction(self, event: ChatEvent) -> None:
        if start_deliveries(self._services, self._indexes.load(), event):
            self._services.wake_up.ring()

    def _mark_as_posted(self, event: ChatEvent) -> None:
        """Let an answer that was just posted and the mark that it is posted be one commit.

        Raises:
            LeaseLost: somebody else has taken over, and posts it too.
        """
        posting = find_own_posting(event)
        if posting is None:
            return
        posting.marked = self._services.deliveries.mark_posted(
            posting.delivery, posting.stage, session=event.session
        )
        if not posting.marked:
            raise LeaseLost


def _plain(session: "Session | scoped_session[Session]") -> Session:
    return session() if isinstance(session, scoped_session) else session
