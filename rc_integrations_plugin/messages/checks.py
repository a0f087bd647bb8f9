"""Checks of values that a stranger sent: each says which field is wrong, and how."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from rc_integrations_plugin.errors import InvalidRequest

MAX_DEPTH = 16
MAX_VALUES = 10_000
# JavaScript knows no larger number, and Python refuses to print much larger ones.
_LARGEST_NUMBER_BITS = 1024

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def check_characters(text: str, path: str) -> None:
    """Refuse what no database stores: NUL, and halves of characters.

    Raises:
        InvalidRequest: there is one; the reason names the field.
    """
    if "\0" in text:
        raise InvalidRequest(f"{path} must not hold a NUL character")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{path} must not hold half a surrogate pair") from None


def read_string(value: Any, path: str, *, longest: int | None = None) -> str:
    """Return a string as it was given; null is the empty string.

    Raises:
        InvalidRequest: it is something else, is too long, or holds a character nobody can store.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidRequest(f"{path} must be a string")
    if longest is not None and len(value) > longest:
        raise InvalidRequest(f"{path} must not be longer than {longest} characters")
    check_characters(value, path)
    return value


def read_flag(value: Any, path: str) -> bool | None:
    """Return a boolean, also one written as 0, 1 or a word (form fields); None for null.

    Raises:
        InvalidRequest: it is something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    if isinstance(value, str) and value.lower() in _FLAGS:
        return _FLAGS[value.lower()]
    raise InvalidRequest(f"{path} must be true or false")


def check_data(value: Any, path: str) -> None:
    """Refuse JSON data that is too deep, has too many values, or can't be stored.

    Raises:
        InvalidRequest: the reason names the place.
    """
    waiting: list[tuple[Any, str, int]] = [(value, path, 0)]
    seen = 0
    while waiting:
        item, place, depth = waiting.pop()
        seen += 1
        if seen > MAX_VALUES:
            raise InvalidRequest(f"{path} holds more than {MAX_VALUES} values")
        if depth > MAX_DEPTH:
            raise InvalidRequest(f"{path} is nested more than {MAX_DEPTH} levels deep")
        if isinstance(item, dict | list | tuple):
            waiting.extend((child, where, depth + 1) for child, where in _children(item, place))
        else:
            _check_scalar(item, place)


def _children(
    item: dict[Any, Any] | list[Any] | tuple[Any, ...], place: str
) -> Iterator[tuple[Any, str]]:
    if not isinstance(item, dict):
        for index, child in enumerate(item):
            yield child, f"{place}[{index}]"
        return
    for key, child in item.items():
        if not isinstance(key, str):
            raise InvalidRequest(f"{place} must have strings as keys")
        check_characters(key, f"a key of {place}")
        yield child, f"{place}.{key[:100]}"


def _check_scalar(item: Any, place: str) -> None:
    if isinstance(item, str):
        check_characters(item, place)
    elif isinstance(item, float) and not isfinite(item):
        raise InvalidRequest(f"{place} must be a finite number")
    elif isinstance(item, int) and item.bit_length() > _LARGEST_NUMBER_BITS:
        raise InvalidRequest(f"{place} is too large a number")
    elif item is not None and not isinstance(item, str | int | float):
        raise InvalidRequest(f"{place} must be JSON data")
