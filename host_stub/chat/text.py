"""Checks on text that people and programs send."""

import re

from host_stub.chat.refusals import ChatRefused, invalid_params

# Rocket.Chat's default for names of users and rooms
_NAME = re.compile(r"[0-9a-zA-Z_.-]{1,100}")
_SPACE = re.compile(r"\s+")


def is_storable(text: str) -> bool:
    """Return whether any database can hold the text: no NUL, no half of a surrogate pair."""
    if text.isascii():
        return "\0" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def check_storable(text: str, *, field: str) -> None:
    """Refuse text that a database can't hold."""
    if not is_storable(text):
        raise invalid_params(f"{field} holds a character that is not text")


def utf16_length(text: str) -> int:
    """Return the length as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_size(text: str, *, limit: int) -> None:
    """Refuse a text that is too long for one message."""
    # no text has more UTF-16 units than twice its characters
    if len(text) * 2 > limit and utf16_length(text) > limit:
        raise ChatRefused(
            "error-message-size-exceeded", f"Message size exceeds {limit}, the most that is allowed"
        )


def room_name(name: str) -> str:
    """Return the name as a room gets it.

    Raises:
        ChatRefused: nothing, too long, or characters that room names may not have.
    """
    name = _SPACE.sub("-", name.strip())
    if not _NAME.fullmatch(name):
        raise ChatRefused("error-invalid-room-name", f"{name!a:.120} is not a valid room name")
    return name


def username(name: str) -> str:
    """Return the name as a user gets it.

    Raises:
        ChatRefused: nothing, too long, or characters that usernames may not have.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or name.lower() in {"all", "here"}:
        raise ChatRefused("error-invalid-username", f"{name!a:.120} is not a valid username")
    return name


def short_text(text: str, *, field: str, limit: int = 200) -> str:
    """Return a one-line text such as a person's name, without spaces around it."""
    check_storable(text, field=field)
    text = text.strip()
    if len(text) > limit:
        raise invalid_params(f"{field} is longer than {limit} characters")
    return text
