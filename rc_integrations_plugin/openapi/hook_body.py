"""The bodies that hooks take: what `messages.payload` reads, in the forms of `incoming.body`.

Both are read by hand, more lenient than a schema is, so that what Rocket.Chat posts is posted here
too. This says what senders may rely on; docs/messages.md has the rest.
"""

from collections.abc import Mapping
from typing import Any

from rc_integrations_plugin.integrations.channels import MOST_CHANNELS

_TEXT = {"type": ["string", "number", "boolean", "null"]}
_NAME = {"type": ["string", "null"], "maxLength": 256}
_ADDRESS = {"type": ["string", "null"]}
_FLAG = {"type": ["boolean", "string", "integer", "null"]}
_CHANNEL = {
    "type": ["string", "array", "null"],
    "items": {"type": "string", "maxLength": 512},
    "maxItems": MOST_CHANNELS,
}
_ALSO = "The same; counts where the other one is not there."

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "text": {**_TEXT, "description": "The text. There must be one, or an attachment."},
    "msg": {**_TEXT, "description": _ALSO},
    "attachments": {
        "type": ["array", "object", "string", "null"],
        "description": "Rocket.Chat's and Slack's attachments.",
    },
    "blocks": {"description": "Slack's Block Kit; becomes the text where there is no other."},
    "channel": {**_CHANNEL, "description": "Where to post, if the integration may be overruled."},
    "roomId": {**_CHANNEL, "description": _ALSO},
    "username": {**_NAME, "description": "Shown in place of the author's name."},
    "alias": {**_NAME, "description": _ALSO},
    "icon_url": {**_ADDRESS, "description": "The picture: http(s), or a path on the server."},
    "avatar": {**_ADDRESS, "description": _ALSO},
    "icon_emoji": {**_NAME, "description": "An emoji in place of the picture."},
    "emoji": {**_NAME, "description": _ALSO},
    "tmid": {**_NAME, "description": "The message to answer in a thread."},
    "parseUrls": {**_FLAG, "description": "Whether previews are made of addresses."},
    "groupable": {**_FLAG, "description": "Whether it may be joined with the one before it."},
    "customFields": {"type": ["object", "null"], "description": "Kept with the message."},
    "separateResponse": {
        **_FLAG,
        "description": "Whether each room stands alone, and the answer has a part for each.",
    },
}
_MESSAGE: Mapping[str, Any] = {
    "type": "object",
    "properties": FIELDS,
    "description": "Further fields are ignored.",
}
_FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "payload": {
            "type": "string",
            "description": "The message as JSON; other fields are ignored then.",
        },
        "text": {"type": "string", "description": "Without a `payload`, a message's fields."},
    },
}
_PAYLOAD = {"payload": '{"text": "Build 512 passed"}'}
CONTENT: Mapping[str, Any] = {
    "application/json": {
        "schema": _MESSAGE,
        "examples": {
            "text": {"summary": "text", "value": {"text": "Build 512 passed"}},
            "attachment": {
                "summary": "attachment",
                "value": {
                    "alias": "CI",
                    "emoji": ":white_check_mark:",
                    "text": "Build 512 passed",
                    "attachments": [{"color": "good", "title": "Tests", "text": "4 min 12 s"}],
                },
            },
        },
    },
    "application/x-www-form-urlencoded": {"schema": _FORM, "example": _PAYLOAD},
    "multipart/form-data": {"schema": _FORM, "example": _PAYLOAD},
}
