"""`chat.*`: writing, reading, editing and deleting single messages."""

from typing import Any

from flask import Blueprint, Response

from host_stub.api.answers import page, success
from host_stub.api.auth import current_user
from host_stub.api.drafts import read_new_message, require_impersonation
from host_stub.api.params import Params, read_body, read_query
from host_stub.chat import messages
from host_stub.chat.destinations import load_destination
from host_stub.chat.posting import NewMessage, post_message
from host_stub.chat.refusals import ChatRefused, invalid_params
from host_stub.chat.server import Chat, current_chat
from host_stub.models.messages import Message, MessageRecord
from host_stub.models.rooms import Room
from host_stub.models.users import User

blueprint = Blueprint("host_stub_messages", __name__, url_prefix="/api/v1")


@blueprint.post("/chat.postMessage")
def post() -> Response:
    """Write to rooms and people by name, as a program does."""
    chat, caller, params = current_chat(), current_user(), read_body()
    targets = _targets(params)
    new = read_new_message(params, text_names=("text", "msg"))
    with chat.transaction():
        found = [load_destination(chat, target, sender=caller) for target in targets]
        rooms = list({room.id: room for room in found}.values())
        posted = [_post(chat, new, room, caller) for room in rooms]
    message = posted[0]
    sent_at = int(message.sent_at.timestamp() * 1000)
    channel = rooms[0].name or rooms[0].id
    return success(ts=sent_at, channel=channel, message=message.document)


def _targets(params: Params) -> list[str]:
    """Return the rooms: `roomId` or `channel`, one or a list."""
    for name in ("roomId", "channel"):
        given = params.values.get(name)
        targets = [given] if isinstance(given, str) else params.texts(name)
        if targets := list(dict.fromkeys(target for target in targets if target.strip())):
            return targets
    raise invalid_params("must have required property 'roomId' or 'channel'")


@blueprint.post("/chat.sendMessage")
def send() -> Response:
    """Write to one room by its id, as a person's client does."""
    chat, caller, body = current_chat(), current_user(), read_body()
    params = Params(body.find_object("message") or {})
    room_id = params.text("rid")
    new = read_new_message(params, text_names=("msg",))
    with chat.transaction():
        room = load_destination(chat, room_id, sender=caller)
        message = _post(chat, new, room, caller)
    return success(message=message.document)


def _post(chat: Chat, new: NewMessage, room: Room, author: User) -> MessageRecord:
    require_impersonation(chat, new, room=room, author=author)
    return post_message(chat, new, room=room, author=author)


@blueprint.post("/chat.update")
def update() -> Response:
    """Replace the text of a message."""
    chat, caller, params = current_chat(), current_user(), read_body()
    message, room = _named_message(chat, params, caller)
    new_text = params.values.get("text")
    if not isinstance(new_text, str) or not new_text.strip():
        raise invalid_params("must have required property 'text'")
    with chat.transaction():
        messages.edit_message(chat, message, new_text, room=room, by=caller)
    return success(message=message.document)


@blueprint.post("/chat.delete")
def delete() -> Response:
    """Delete a message."""
    chat, caller, params = current_chat(), current_user(), read_body()
    message, room = _named_message(chat, params, caller)
    answer: dict[str, Any] = {"_id": message.id, "message": {"_id": message.id, "rid": room.id}}
    with chat.transaction():
        messages.delete_message(chat, message, room=room, by=caller)
    return success(**answer, ts=int(message.sent_at.timestamp() * 1000))


def _named_message(chat: Chat, params: Params, caller: User) -> tuple[Message, Room]:
    room_id, message_id = params.text("roomId"), params.text("msgId")
    message, room = messages.load_message(chat, message_id, reader=caller)
    if room.id != room_id:
        raise ChatRefused("The room id provided does not match where the message is from.")
    return message, room


@blueprint.get("/chat.getMessage")
def get_() -> Response:
    """Return one message."""
    chat, caller, params = current_chat(), current_user(), read_query()
    message, _room = messages.load_message(chat, params.text("msgId"), reader=caller)
    return success(message=message.document)


@blueprint.get("/chat.getThreadMessages")
def list_thread() -> Response:
    """List the replies to a message, the oldest first."""
    chat, caller, params = current_chat(), current_user(), read_query()
    parent, _room = messages.load_message(chat, params.text("tmid"), reader=caller)
    offset, count = params.page()
    found, total = messages.list_thread(chat, parent, offset=offset, count=count)
    documents = [message.document for message in found]
    return page("messages", documents, offset=offset, total=total)
