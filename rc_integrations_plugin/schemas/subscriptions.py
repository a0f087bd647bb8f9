"""What the bodies of /hooks/add and /hooks/remove say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.channels import MOST_TRIGGER_WORDS, split_channels
from rc_integrations_plugin.schemas.fields import StrictSchema, Text, Texts, about, load

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


class SubscriptionData(StrictSchema):
    """Where the messages are that somebody wants to be told of."""

    channel_name = Text(
        load_default=None,
        allow_none=True,
        **about("For `newMessageOnChannel`: a room, or several with commas between."),
    )
    username = Text(
        load_default=None,
        allow_none=True,
        most=1000,
        **about("For `newMessageToUser`: a person, or several with commas between."),
    )
    trigger_words = Texts(
        load_default=(),
        allow_none=True,
        most=MOST_TRIGGER_WORDS,
        split=split_channels,
        **about("Only messages that begin with one: a list, or a text with commas."),
    )


class Subscribe(StrictSchema):
    """The body of `/hooks/add`."""

    name = Text(required=True, most=1000, **about("For people.", examples=["Zap"]))
    event = Text(
        required=True,
        validate=validate.OneOf([_IN_ROOM, _TO_USER], error=_NOT_ALLOWED),
        **about("What to be told of."),
    )
    target_url = Text(
        required=True, **about("What to call.", examples=["https://receiver.example/hook"])
    )
    data = fields.Nested(
        SubscriptionData(),
        required=True,
        error_messages={"required": "must have required property"},
        **about("Of which room or person."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Subscription:
        """Return what was said."""
        chosen = data["data"]
        return Subscription(
            data["name"],
            data["target_url"],
            _channel(data["event"], chosen),
            chosen["trigger_words"] or (),
        )


class Unsubscribe(StrictSchema):
    """The body of `/hooks/remove`."""

    target_url = Text(
        required=True, **about("What it calls.", examples=["https://receiver.example/hook"])
    )


_ADD, _REMOVE = Subscribe(), Unsubscribe()


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
