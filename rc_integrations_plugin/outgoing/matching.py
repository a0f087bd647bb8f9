"""Which integrations an event is told to.

A message that nobody listens to must cost next to nothing. So all integrations are sorted
once, by event and by *bucket*: a room, a person, or a kind of rooms. An event then asks for the few
buckets that it is in, however many integrations there are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.host.port import Message, Room, RoomKind
from rc_integrations_plugin.integrations.records import OutgoingIntegration

PUBLIC_CHANNELS = "all_public_channels"
PRIVATE_GROUPS = "all_private_groups"
DIRECT_MESSAGES = "all_direct_messages"
KINDS_OF_ROOMS = frozenset({PUBLIC_CHANNELS, PRIVATE_GROUPS, DIRECT_MESSAGES})
EVERYWHERE = "__any"

EVENTS_WITH_CHANNELS = frozenset(
    {
        EventName.MESSAGE_SENT,
        EventName.FILE_UPLOADED,
        EventName.ROOM_JOINED,
        EventName.ROOM_LEFT,
    }
)
"""The others are told of every room."""
EVENTS_WITH_TRIGGER_WORDS = frozenset({EventName.MESSAGE_SENT})
EVENTS_WITH_TARGET_ROOM = frozenset({EventName.USER_CREATED})
"""They happen in no room, so there must be one for answers."""


@dataclass(frozen=True)
class Selected:
    """One call to make: an integration, and one of its URLs."""

    integration: OutgoingIntegration
    url: str
    trigger_word: str | None = None


@dataclass(frozen=True)
class _Listeners:
    """Who listens to one event."""

    buckets: Mapping[str, tuple[OutgoingIntegration, ...]]
    names_people: bool
    """Whether any bucket is a person's: only then is it worth asking who is in a direct room."""


@dataclass(frozen=True)
class ListenerIndex:
    """All integrations that are switched on, by event and bucket."""

    events: Mapping[EventName, _Listeners]

    @classmethod
    def build(cls, integrations: Iterable[OutgoingIntegration]) -> Self:
        """Return the index; in a bucket, integrations keep the order they are given in."""
        events: dict[EventName, dict[str, list[OutgoingIntegration]]] = {}
        for integration in integrations:
            if integration.enabled:
                buckets = events.setdefault(integration.event, {})
                for bucket in buckets_of_integration(integration):
                    buckets.setdefault(bucket, []).append(integration)
        return cls({event: _listeners(buckets) for event, buckets in events.items()})


def select(
    index: ListenerIndex, event: ChatEvent, *, own_messages: bool = False
) -> tuple[Selected, ...]:
    """Return the calls to make for an event, in Rocket.Chat's order, each integration's once.

    Args:
        index: of all integrations.
        event: what happened.
        own_messages: whether an integration hears of what it posted itself.
    """
    listeners = index.events.get(event.name)
    if listeners is None:
        return ()
    found = {
        integration.id: integration
        for bucket in _buckets_of_event(event, with_people=listeners.names_people)
        for integration in listeners.buckets.get(bucket, ())
    }
    return tuple(
        selected
        for integration in found.values()
        for selected in _calls(integration, event.message, own_messages=own_messages)
    )


def buckets_of_integration(integration: OutgoingIntegration) -> tuple[str, ...]:
    """Return where an integration listens, each bucket once."""
    if integration.event not in EVENTS_WITH_CHANNELS:
        return (EVERYWHERE,)
    channels = [name.strip() for name in integration.listens_to or integration.channels]
    buckets = [name.lower() if name.lower() in KINDS_OF_ROOMS else name for name in channels]
    return tuple(dict.fromkeys(filter(None, buckets))) or (PUBLIC_CHANNELS,)


def buckets_of_event(event: ChatEvent) -> tuple[str, ...]:
    """Return the buckets that an event is in, in Rocket.Chat's order, each once."""
    return tuple(dict.fromkeys(_buckets_of_event(event, with_people=True)))


def find_trigger_word(integration: OutgoingIntegration, text: str) -> str | None:
    """Return the first of the integration's words that the text begins with, or holds.

    As in Rocket.Chat, a word is any text: capitals count, and it may end inside a word.
    """
    if not _needs_trigger_word(integration):
        return None
    for word in read_trigger_words(integration.trigger_words):
        if text.startswith(word) or (integration.trigger_word_anywhere and word in text):
            return word
    return None


def read_trigger_words(words: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list, or of a text with commas; blank ones are left out."""
    if isinstance(words, str):
        words = (word.strip() for word in words.split(","))
    return tuple(dict.fromkeys(word for word in words if word.strip()))


def _needs_trigger_word(integration: OutgoingIntegration) -> bool:
    return integration.event in EVENTS_WITH_TRIGGER_WORDS and any(
        word.strip() for word in integration.trigger_words
    )


def _listeners(buckets: Mapping[str, list[OutgoingIntegration]]) -> _Listeners:
    return _Listeners(
        {bucket: tuple(integrations) for bucket, integrations in buckets.items()},
        names_people=any(bucket.startswith("@") for bucket in buckets),
    )


def _buckets_of_event(event: ChatEvent, *, with_people: bool) -> Iterator[str]:
    room = event.room
    if room is not None and event.name in EVENTS_WITH_CHANNELS:
        if room.kind == RoomKind.DIRECT:
            yield DIRECT_MESSAGES
            if with_people:
                yield from _people(room, event.message)
        else:
            yield PUBLIC_CHANNELS if room.kind == RoomKind.CHANNEL else PRIVATE_GROUPS
            yield f"#{room.id}"
            if room.name:
                yield f"#{room.name}"
    yield EVERYWHERE


def _people(room: Room, message: Message | None) -> Iterator[str]:
    # what somebody writes is for the others: Rocket.Chat leaves out his name, but not his id
    author_id = None if message is None else message.author.id
    others = [user for user in room.participants if user.id != author_id]
    for user in others:
        yield f"@{user.id}"
    for user in others:
        if user.username:
            yield f"@{user.username}"


def _calls(
    integration: OutgoingIntegration, message: Message | None, *, own_messages: bool
) -> Iterator[Selected]:
    word = None
    if message is not None:
        if message.integration_id == integration.id and not own_messages:
            return
        if message.edited_at is not None and not integration.run_on_edits:
            return
        word = find_trigger_word(integration, message.text)
        if word is None and _needs_trigger_word(integration):
            return
    for url in integration.urls:
        if url.strip():
            yield Selected(integration, url.strip(), word)
