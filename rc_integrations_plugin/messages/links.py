"""Which addresses a message may carry."""

import re

from rc_integrations_plugin.errors import InvalidRequest

UPLOAD_PATH = "/file-upload/"
_LONGEST = 8192
_ABSOLUTE = re.compile(r"https?://[^\s/?#\\]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Browsers skip tabs and line breaks inside a link, which would bring `java\nscript:` back.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")


def is_web_link(link: str) -> bool:
    """Return whether this is an absolute http(s) address."""
    return bool(_ABSOLUTE.match(link)) and not _UNSAFE.search(link)


def check_link(link: str, path: str) -> str:
    """Return a link of an attachment: an http(s) address or the path of an upload.

    Raises:
        InvalidRequest: it is neither.
    """
    link = _checked(link, path)
    if not link or _ABSOLUTE.match(link) or link.startswith(UPLOAD_PATH):
        return link
    raise _invalid(path)


def check_picture_link(link: str, path: str) -> str:
    """Return the address of an avatar, which may also be relative to the chat server.

    Raises:
        InvalidRequest: it is no such address.
    """
    link = _checked(link, path)
    if _ABSOLUTE.match(link) or not _SCHEME.match(link):
        return link
    raise _invalid(path)


def _checked(link: str, path: str) -> str:
    link = link.strip()
    if len(link) > _LONGEST or _UNSAFE.search(link):
        raise _invalid(path)
    return link


def _invalid(path: str) -> InvalidRequest:
    # The first words are Rocket.Chat's.
    return InvalidRequest(f"Invalid href value provided: {path} must be an http(s) address")
