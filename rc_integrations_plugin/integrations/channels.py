"""What integrations list: rooms and persons, URLs, words; how many of each, and how they part."""

import re

from rc_integrations_plugin.host.events import EventName

EVENTS_WITH_CHANNELS = frozenset(
    {
        EventName.MESSAGE_SENT,
        EventName.FILE_UPLOADED,
        EventName.ROOM_JOINED,
        EventName.ROOM_LEFT,
    }
)
"""The others are told of every room."""
MOST_CHANNELS = 100
MOST_URLS = 20
MOST_TRIGGER_WORDS = 200
MOST_HEADERS = 50

_BETWEEN_URLS = re.compile(r"[\r\n]+|,\s*(?=https?://)", re.IGNORECASE)


def split_channels(csv: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, also the empty ones, so that they are noticed."""
    return tuple(part.strip() for part in csv.split(","))


def starts_properly(channel: str) -> bool:
    """Return whether it is written as a room (`#`) or a person (`@`)."""
    return channel.startswith(("#", "@"))


def split_urls(text: str) -> tuple[str, ...]:
    """Return the URLs of a text: one in a line, or with commas between them.

    A comma may be a part of a URL, so it counts only where another URL begins.
    """
    return tuple(_BETWEEN_URLS.split(text))
