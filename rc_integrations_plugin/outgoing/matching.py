"""Which integrations an event is told to.

A message that nobody listens to must cost next to nothing. So all integrations are sorted
once, by event, by *bucket* (a room, a person, or a kind of rooms) and by trigger word. An event
then asks for the few buckets that it is in, and a message there for its own words, however many
integrations there are.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.host.port import Message, Room, RoomKind
from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.faults import log_fault
from rc_integrations_plugin.outgoing.words import AnywhereWords, PrefixWords

PUBLIC_CHANNELS = "all_public_channels"
PRIVATE_GROUPS = "all_private_groups"
DIRECT_MESSAGES = "all_direct_messages"
KINDS_OF_ROOMS = frozenset({PUBLIC_CHANNELS, PRIVATE_GROUPS, DIRECT_MESSAGES})
EVERYWHERE = "__any"

EVENTS_WITH_TRIGGER_WORDS = frozenset({EventName.MESSAGE_SENT})
EVENTS_WITH_TARGET_ROOM = frozenset({EventName.USER_CREATED})
"""They happen in no room, so there must be one for answers."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Selected:
    """One call to make: an integration, and one of its URLs."""

    integration: OutgoingIntegration
    url: str
    trigger_word: str | None = None


@dataclass(frozen=True)
class Bucket:
    """Who listens in one place; each is a number, its place among all integrations."""

    always: Sequence[int]
    """Who waits for no word, in order."""
    beginnings: PrefixWords | None = None
    """Who waits for messages that begin with a word."""
    words: AnywhereWords | None = None
    """Who waits for messages that hold a word."""

    def find(self, text: str | None) -> Sequence[int]:
        """Return who may want to be told of a message with this text, in order."""
        if text is None or (self.beginnings is None and self.words is None):
            return self.always
        heard = set() if self.beginnings is None else set(self.beginnings.find(text))
        if self.words is not None:
            heard.update(self.words.find(text))
        return sorted(heard.union(self.always)) if heard else self.always


@dataclass(frozen=True)
class _Listeners:
    """Who listens to one event."""

    buckets: Mapping[str, Bucket]
    names_people: bool
    """Whether any bucket is a person's: only then is it worth asking who is in a direct room."""


@dataclass(frozen=True)
class ListenerIndex:
    """All integrations that are switched on, by event and bucket."""

    integrations: Sequence[OutgoingIntegration]
    """As `select` uses them, and without what only a call needs: they stay in memory for long."""
    events: Mapping[EventName, _Listeners]

    @classmethod
    def build(cls, integrations: Iterable[OutgoingIntegration]) -> Self:
        """Return the index; in a bucket, integrations keep the order they are given in.

        One that cannot be understood is left out, and the log says so.
        """
        kept: list[OutgoingIntegration] = []
        places: dict[EventName, dict[str, _Place]] = {}
        for integration in integrations:
            if not integration.enabled:
                continue
            try:
                buckets, known = buckets_of_integration(integration), _prepared(integration)
            except Exception as error:  # noqa: BLE001 one must not silence all others
                log_fault(logger, f"The integration {integration.id} cannot be heard", error)
                continue
            of_event = places.setdefault(integration.event, {})
            for bucket in buckets:
                place = of_event.setdefault(bucket, _Place())
                place.add(len(kept), known)
            kept.append(known)
        return cls(kept, {event: _listeners(of_event) for event, of_event in places.items()})


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
    said = None if event.message is None else _Said.of(event.message)
    text = said.text if said is not None and event.name in EVENTS_WITH_TRIGGER_WORDS else None
    found: dict[int, None] = {}
    for name in _buckets_of_event(event, with_people=listeners.names_people):
        bucket = listeners.buckets.get(name)
        if bucket is not None:
            found.update(dict.fromkeys(bucket.find(text)))
    return tuple(
        selected
        for number in found
        for selected in _calls(index.integrations[number], said, own_messages=own_messages)
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
    for word in _words_of(integration):
        if text.startswith(word) or (integration.trigger_word_anywhere and word in text):
            return word
    return None


def read_trigger_words(words: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list, or of a text with commas; blank ones are left out."""
    if isinstance(words, str):
        words = (word.strip() for word in words.split(","))
    return tuple(dict.fromkeys(word for word in words if word.strip()))


def _words_of(integration: OutgoingIntegration) -> tuple[str, ...]:
    """Return the words that it waits for; none for one that is told of everything."""
    if integration.event not in EVENTS_WITH_TRIGGER_WORDS:
        return ()
    return read_trigger_words(integration.trigger_words)


class _Place:
    """A bucket that is being filled."""

    def __init__(self) -> None:
        self._always: list[int] = []
        self._beginnings: dict[str, list[int]] = {}
        self._words: dict[str, list[int]] = {}

    def add(self, number: int, integration: OutgoingIntegration) -> None:
        if not integration.trigger_words:
            self._always.append(number)
        of_word = self._words if integration.trigger_word_anywhere else self._beginnings
        for word in integration.trigger_words:
            of_word.setdefault(word, []).append(number)

    def freeze(self) -> Bucket:
        return Bucket(
            always=tuple(self._always),
            beginnings=PrefixWords(self._beginnings) if self._beginnings else None,
            words=AnywhereWords(self._words) if self._words else None,
        )


def _prepared(integration: OutgoingIntegration) -> OutgoingIntegration:
    """Return the integration with the words and URLs that count, without scripts and secrets."""
    return replace(
        integration,
        urls=tuple(filter(None, (url.strip() for url in integration.urls))),
        trigger_words=_words_of(integration),
        script=None,
        script_compiled=None,
        script_error=None,
        signing_secret=None,
        headers={},
        basic_auth=None,
    )


def _listeners(places: Mapping[str, _Place]) -> _Listeners:
    return _Listeners(
        {bucket: place.freeze() for bucket, place in places.items()},
        names_people=any(bucket.startswith("@") for bucket in places),
    )


@dataclass(frozen=True)
class _Said:
    """What counts of a message, read once: a host may have to ask its database."""

    text: str
    integration_id: str | None
    is_edit: bool

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(message.text, message.integration_id, message.edited_at is not None)


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
    integration: OutgoingIntegration, said: _Said | None, *, own_messages: bool
) -> Iterator[Selected]:
    word = None
    if said is not None:
        if said.integration_id == integration.id and not own_messages:
            return
        if said.is_edit and not integration.run_on_edits:
            return
        word = find_trigger_word(integration, said.text)
    if word is None and integration.trigger_words:
        return
    for url in integration.urls:
        yield Selected(integration, url, word)
