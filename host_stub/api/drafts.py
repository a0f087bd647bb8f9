"""From a request's parameters to a message to be written."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from host_stub.api.params import Params
from host_stub.chat.permissions import has_permission
from host_stub.chat.posting import NewMessage
from host_stub.chat.refusals import ChatRefused, invalid_params
from host_stub.chat.server import Chat
from host_stub.models.rooms import Room
from host_stub.models.users import User

_TEXTS = ("color", "text", "author_name", "title", "pretext", "fallback", "footer")
_LINKS = ("title_link", "author_link", "author_icon", "thumb_url", "message_link")
_MEDIA = ("image_url", "audio_url", "video_url")
_LISTS = ("fields", "actions")
ATTACHMENT_LIMIT = 100


def read_new_message(params: Params, *, text_names: Sequence[str]) -> NewMessage:
    """Return the message that a request describes.

    Raises:
        ChatRefused: something of a wrong type, or nothing to show.
    """
    attachments = [_attachment(given) for given in params.objects("attachments")]
    if len(attachments) > ATTACHMENT_LIMIT:
        raise invalid_params(f"must not have more than {ATTACHMENT_LIMIT} attachments")
    new = NewMessage(
        text=(params.find_text(*text_names) or "").strip(),
        alias=params.find_text("alias", "username") or "",
        avatar=params.find_text("avatar", "icon_url") or "",
        emoji=params.find_text("emoji", "icon_emoji") or "",
        attachments=attachments,
        thread_id=params.find_text("tmid"),
        custom_fields=params.find_object("customFields"),
        parse_urls=params.flag("parseUrls", default=not attachments),
        groupable=params.flag("groupable", default=True),
    )
    if not new.text and not attachments:
        raise ChatRefused("error-message-empty", "The message has neither text nor attachments")
    if new.avatar and not _is_link(new.avatar):
        raise ChatRefused("Invalid href value provided")
    return new


def require_impersonation(chat: Chat, new: NewMessage, *, room: Room, author: User) -> None:
    """Refuse an alias or avatar by someone who may not look like somebody else here.

    Raises:
        ChatRefused: the author lacks `message-impersonate`.
    """
    if (new.alias or new.avatar) and not has_permission(
        chat, author.id, "message-impersonate", room_id=room.id
    ):
        raise ChatRefused("Not enough permission")


def _attachment(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attachment, without what is null.

    Raises:
        ChatRefused: a part that the page draws is of the wrong type.
    """
    attachment = {key: value for key, value in given.items() if value is not None}
    for key in (*_TEXTS, *_LINKS, *_MEDIA):
        if not isinstance(attachment.get(key, ""), str):
            raise invalid_params(f"attachments: must be string: '{key}'")
    for key in (*_LINKS, *_MEDIA):
        if attachment.get(key) and not _is_link(attachment[key]):
            raise invalid_params(f"attachments: must be an absolute URL: '{key}'")
    for key in _LISTS:
        parts = attachment.get(key, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise invalid_params(f"attachments: must be a list of objects: '{key}'")
    return attachment


def _is_link(value: str) -> bool:
    try:
        scheme = urlsplit(value).scheme.lower()
    except ValueError:
        return False
    return scheme in {"http", "https"} or (value.startswith("/") and not value.startswith("//"))
