"""People, rooms and events for tests of rules."""

from typing import Any

from rc_integrations_plugin.host.events import ChatEvent, EventName
from tests.factories import NOON
from tests.unit.messages.memory_host import MemoryMessage, MemoryRoom, MemoryUser

ANN = MemoryUser(
    "u-ann", "ann", "Ann", document={"_id": "u-ann", "username": "ann", "services": {"x": "hash"}}
)
BOB = MemoryUser("u-bob", "bob", "Bob", document={"_id": "u-bob", "username": "bob"})
ROBOT = MemoryUser("u-bot", "robot", is_bot=True, document={"_id": "u-bot", "type": "bot"})

GENERAL = MemoryRoom("r-gen", "general", document={"_id": "r-gen", "t": "c"})
STAFF = MemoryRoom("r-staff", "staff", "p", document={"_id": "r-staff", "t": "p"})
LIVECHAT = MemoryRoom("r-live", "guest", "l", document={"_id": "r-live", "t": "l"})
DIRECT = MemoryRoom("r-direct", None, "d", (ANN, BOB), document={"_id": "r-direct", "t": "d"})
NOTES = MemoryRoom("r-notes", None, "d", (ANN,), document={"_id": "r-notes", "t": "d"})


def make_message(text: str = "hello", **fields: Any) -> MemoryMessage:
    """Return a message of ann's."""
    values: dict[str, Any] = {
        "id": "m1",
        "room_id": "r-gen",
        "author": ANN,
        "text": text,
        "sent_at": NOON,
        "document": {"_id": "m1", "msg": text},
    }
    return MemoryMessage(**values | fields)


def make_event(name: EventName = EventName.MESSAGE_SENT, **fields: Any) -> ChatEvent:
    """Return an event of ann's in #general; with a message, if it is about one."""
    values: dict[str, Any] = {"name": name, "user": ANN, "happened_at": NOON}
    if name is not EventName.USER_CREATED:
        values["room"] = GENERAL
    if name in {EventName.MESSAGE_SENT, EventName.FILE_UPLOADED}:
        values["message"] = make_message()
    return ChatEvent(**values | fields)
