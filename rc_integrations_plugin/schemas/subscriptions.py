"""What the bodies of /hooks/add and /hooks/remove say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.channels import MOST_TRIGGER_WORDS, split_channels
from rc_integrations_plugin.schemas.fields import StrictSchema, Text, Texts, load

_IN_ROOM, _TO_USER = "newMessageOnChannel", "newMessageToUser"
_NOT_ALLOWED = "must be equal to one of the allowed values"


@dataclass(frozen=True)
class Subscription:
    """Who wants to be told of what."""

    name: str
    target_url: str
    channel: str
    """As `integrations.create` takes it."""
    trigger_words: tuple[str, ...]


class _Data(StrictSchema):
    channel_name = Text(load_default=None, allow_none=True)
    username = Text(load_default=None, allow_none=True, most=1000)
    trigger_words = Texts(
        load_default=(), allow_none=True, most=MOST_TRIGGER_WORDS, split=split_channels
    )


class _Add(StrictSchema):
    name = Text(required=True, most=1000)
    event = Text(required=True, validate=validate.OneOf([_IN_ROOM, _TO_USER], error=_NOT_ALLOWED))
    target_url = Text(required=True)
    data = fields.Nested(
        _Data(), required=True, error_messages={"required": "must have required property"}
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Subscription:
        chosen = data["data"]
        return Subscription(
            data["name"],
            data["target_url"],
            _channel(data["event"], chosen),
            chosen["trigger_words"] or (),
        )


class _Remove(StrictSchema):
    target_url = Text(required=True)


_ADD, _REMOVE = _Add(), _Remove()


def read_subscription(body: Any) -> Subscription:
    """Return what the body of /hooks/add says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    subscription: Subscription = load(_ADD, body)
    return subscription


def read_unsubscription(body: Any) -> str:
    """Return the URL that the body of /hooks/remove names.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    target_url: str = load(_REMOVE, body)["target_url"]
    return target_url


def _channel(event: str, data: Mapping[str, Any]) -> str:
    """Return the channels to listen to; blank would mean all public ones."""
    sign, name = ("#", "channel_name") if event == _IN_ROOM else ("@", "username")
    given = split_channels(data[name] or "")
    if not all(given):
        raise InvalidParams(f"must have required property '{name}'")
    return ",".join(part if part.startswith(sign) else f"{sign}{part}" for part in given)
