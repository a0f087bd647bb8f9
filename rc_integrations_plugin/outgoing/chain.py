"""Integrations that answer each other: which answer is being posted now, and how long a chain is.

A worker sets it around the posting of an answer. The chat server sends the signals of what is
posted from the same thread, so that the listener finds it there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.integrations.deliveries import Delivery, Posted


class LeaseLost(Exception):
    """An answer is not posted, since another worker has the delivery now, and will post it."""


@dataclass(kw_only=True)
class Posting:
    """An answer that is being posted."""

    integration_id: str
    delivery: Delivery
    """Whose answer it is."""
    depth: int
    """Of that delivery."""
    stage: Posted
    marked: bool = False
    """The delivery says that this is posted, in the transaction of the message; it may still be
    rolled back with it. Where this stays False, who posts marks the delivery afterwards.
    """


CURRENT: ContextVar[Posting | None] = ContextVar("rc_integrations_posting", default=None)


@contextmanager
def being_posted(posting: Posting) -> Iterator[None]:
    """Let the listener know whose the messages are that are posted inside."""
    token = CURRENT.set(posting)
    try:
        yield
    finally:
        CURRENT.reset(token)


def depth_of_event() -> int:
    """Return how many answers led to what happens now: 0 for the doing of a person or a hook.

    Whatever happens while an answer is posted is a consequence of it: its message, the bot that
    joins the room for it, and what other parts of the chat server say to it.
    """
    current = CURRENT.get()
    return 0 if current is None else current.depth + 1


def find_own_posting(event: ChatEvent) -> Posting | None:
    """Return the posting that an event tells the message of, or None."""
    current, message = CURRENT.get(), event.message
    if current is None or message is None or event.name is not EventName.MESSAGE_SENT:
        return None
    if message.edited_at is not None:
        return None
    is_own = message.integration_id == current.integration_id
    return current if is_own else None
