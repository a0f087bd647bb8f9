"""Uploading by `rooms.media`, and downloading."""

from flask import Blueprint, Response, make_response, request
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from host_stub.api.answers import success
from host_stub.api.auth import current_user
from host_stub.api.params import read_body, read_form
from host_stub.chat import files
from host_stub.chat.members import require_readable
from host_stub.chat.messages import edit_message, load_message
from host_stub.chat.refusals import ChatRefused, invalid_params, not_allowed
from host_stub.chat.rooms import load_room
from host_stub.chat.server import current_chat
from host_stub.models.messages import Message
from host_stub.models.users import User

blueprint = Blueprint("host_stub_files", __name__)


@blueprint.post("/api/v1/rooms.media/<path:room_id>")
@blueprint.post("/api/v1/rooms.upload/<path:room_id>")
def upload(room_id: str) -> Response:
    """Post a file into a room; Rocket.Chat posts it at `rooms.mediaConfirm` only."""
    chat, caller = current_chat(), current_user()
    params = read_form(limit=chat.settings.upload_bytes + chat.settings.body_bytes)
    sent = _only_file()
    room = load_room(chat, room_id=room_id)
    require_readable(chat, caller, room)
    new = files.Upload(
        name=sent.filename or "",
        content=sent.stream.read(),
        text=params.find_text("msg") or "",
        description=params.find_text("description") or "",
        thread_id=params.find_text("tmid"),
    )
    with chat.transaction():
        message = files.upload_file(chat, new, room=room, author=caller)
    file = message.file or {}
    url = message.attachments[0]["title_link"]
    return success(file={"_id": file["_id"], "url": url}, message=message.document)


def _only_file() -> FileStorage:
    sent = [file for _, file in request.files.items(multi=True)]
    if not sent:
        raise ChatRefused("error-no-file", "The form has no file")
    if len(sent) > 1:
        raise ChatRefused("error-more-than-one-file", "The form has more than one file")
    return sent[0]


@blueprint.post("/api/v1/rooms.mediaConfirm/<path:room_id>/<file_id>")
def confirm(room_id: str, file_id: str) -> Response:
    """Answer with the message of an upload; a text for it becomes the message's text."""
    chat, caller, params = current_chat(), current_user(), read_body()
    message = _message_of(file_id, room_id=room_id, caller=caller)
    new_text = params.find_text("msg")
    if new_text is not None and new_text != message.text:
        _, room = load_message(chat, message.id, reader=caller)
        with chat.transaction():
            edit_message(chat, message, new_text, room=room, by=caller)
    return success(message=message.document)


def _message_of(file_id: str, *, room_id: str, caller: User) -> Message:
    chat = current_chat()
    file = files.load_file(chat, file_id, reader=caller)
    if file.room_id != room_id or file.message_id is None:
        raise invalid_params("The file is not in this room")
    if file.user_id != caller.id:
        raise not_allowed()
    return load_message(chat, file.message_id, reader=caller)[0]


@blueprint.get("/file-upload/<file_id>")
@blueprint.get("/file-upload/<file_id>/<path:_name>")
def download(file_id: str, _name: str = "") -> Response:
    """Give the file to who may read its room; a browser shows only what is harmless."""
    file = files.load_file(current_chat(), file_id, reader=current_user())
    is_shown = file.content_type in files.SHOWN_TYPES and "download" not in request.args
    response = make_response(file.content)
    response.mimetype = file.content_type if is_shown else files.UNKNOWN_TYPE
    response.headers.set(
        "Content-Disposition",
        "inline" if is_shown else "attachment",
        filename=secure_filename(file.name) or "file",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
