"""Messages as the history keeps them, to be shown as they looked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.messages.record import recorded_draft

Record = Mapping[str, Any]


@dataclass(frozen=True)
class KeptAuthor:
    """Who was to write a message, by the names of then."""

    id: str
    username: str
    name: str


@dataclass(frozen=True)
class KeptMessage:
    """A message that was to be posted."""

    draft: MessageDraft
    author: KeptAuthor | None
    left_out: tuple[str, ...]
    """Sentences on what of it is not kept."""


def kept_message(record: Record | None) -> KeptMessage | None:
    """Return the message that a record of the history tells of, if there is one."""
    if record is None:
        return None
    author = record.get("u")
    names = ("_id", "username", "name")
    return KeptMessage(
        draft=recorded_draft(record),
        author=KeptAuthor(*(author.get(name, "") for name in names)) if author else None,
        left_out=tuple(_left_out(record.get("leftOut", {}))),
    )


def _left_out(what: Record) -> Iterator[str]:
    if what.get("text"):
        yield "Only the beginning of its text is kept."
    if number := what.get("attachments"):
        yield f"{number} of its attachments {'is' if number == 1 else 'are'} not kept."
    if what.get("customFields"):
        yield "Its custom fields are not kept."
