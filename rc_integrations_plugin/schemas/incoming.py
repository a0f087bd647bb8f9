"""Incoming integrations as Rocket.Chat's JSON: what create and update take."""

from dataclasses import dataclass
from typing import Any

from marshmallow import post_load, validate

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.schemas.fields import (
    Flag,
    OpenSchema,
    StrictSchema,
    Text,
    about,
    load,
)

SCRIPT_LONGEST = 1024 * 1024
_NOT_ALLOWED = "must be equal to one of the allowed values"
ENGINES = validate.OneOf(["isolated-vm", "vm2"], error=_NOT_ALLOWED)
NAME = about("For people.", examples=["CI"])
ALIAS = about("The name that messages are shown under, where they bring none.")
AVATAR = about(
    "The picture of messages that bring none: an http(s) address, or a path.",
    pattern=r"^\s*[^\u0000-\u001f\u007f\\]*\s*$",
)
EMOJI = about("In place of a picture, for messages that bring none.", examples=[":ghost:"])
SCRIPT = about("JavaScript. It must compile if it is switched on; the empty text takes it away.")
SCRIPT_ENABLED = about("Whether the script runs.")
ENGINE = about("Kept for programs that look at it; `isolated-vm` unless it is said.")
SKIP_TRANSPILE = about("Run the script in strict mode, as it is written.")
FORCE_SCRIPT = about("Store the script also where it breaks tests that are kept with it.")
NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"


def only_type(kind: IntegrationType) -> dict[str, Any]:
    """Return the options of the field that tells the type of integrations apart."""
    one = validate.OneOf([kind.value], error=_NOT_ALLOWED)
    return {"required": True, "validate": one, **about("The type of integration.")}


@dataclass(frozen=True, kw_only=True)
class IncomingForm:
    """An incoming integration as somebody wants it; None is what he did not say."""

    name: str
    enabled: bool
    channel: str
    script_enabled: bool
    integration_id: str | None = None
    username: str | None = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    override_destination: bool | None = None
    allow_get: bool | None = None
    script: str | None = None
    script_engine: str | None = None
    skip_transpile: bool | None = None
    force_script: bool | None = None
    """Only of an update: store a script that breaks its tests."""


class CreateIncoming(StrictSchema):
    """The body of `integrations.create` for an incoming integration."""

    type = Text(**only_type(IntegrationType.INCOMING))
    name = Text(required=True, most=1000, **NAME)
    enabled = Flag(required=True, **about("A hook that is off answers 503."))
    username = Text(
        required=True,
        most=1000,
        **about("The user to post as, by name or id.", pattern=NOT_BLANK, examples=["rocket.cat"]),
    )
    channel = Text(
        required=True,
        **about(
            "Where to post: `#room`, `#room-id` or `@person`, at most 100, with commas between.",
            pattern=r"^\s*[#@][^\u0000]*$",
            examples=["#general"],
        ),
    )
    script_enabled = Flag(required=True, data_key="scriptEnabled", **SCRIPT_ENABLED)
    alias = Text(allow_none=True, **ALIAS)
    avatar = Text(allow_none=True, **AVATAR)
    emoji = Text(allow_none=True, **EMOJI)
    override_destination = Flag(
        allow_none=True,
        data_key="overrideDestinationChannelEnabled",
        **about("Whether a request or the script may name other rooms."),
    )
    allow_get = Flag(
        allow_none=True,
        data_key="allowGet",
        **about("Whether the hook also answers GET; not in Rocket.Chat."),
    )
    script = Text(allow_none=True, most=SCRIPT_LONGEST, **SCRIPT)
    script_engine = Text(allow_none=True, data_key="scriptEngine", validate=ENGINES, **ENGINE)
    skip_transpile = Flag(allow_none=True, data_key="skipTranspile", **SKIP_TRANSPILE)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> IncomingForm:
        """Return what was said."""
        del data["type"]
        return IncomingForm(**data)


class UpdateIncoming(OpenSchema, CreateIncoming):
    """The body of `integrations.update` for an incoming integration."""

    integration_id = Text(
        required=True, data_key="integrationId", **about("Which integration is meant.")
    )
    force_script = Flag(allow_none=True, data_key="forceScript", **FORCE_SCRIPT)
    username = Text(
        allow_none=True,
        most=1000,
        **about("The user to post as, by name or id.", pattern=NOT_BLANK, examples=["rocket.cat"]),
    )


_CREATE = CreateIncoming()
_UPDATE = UpdateIncoming()


def read_new_incoming(body: Any) -> IncomingForm:
    """Return what the body of `integrations.create` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    form: IncomingForm = load(_CREATE, body, one_of=True)
    return form


def read_changed_incoming(body: Any) -> IncomingForm:
    """Return what the body of `integrations.update` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    form: IncomingForm = load(_UPDATE, body)
    return form


class _Typed(OpenSchema):
    type = Text(required=True)


_TYPED = _Typed()


def read_type(body: Any) -> IntegrationType:
    """Return the type of integration that a body is about.

    Raises:
        InvalidParams: it names none.
    """
    name = load(_TYPED, body, one_of=True)["type"]
    try:
        return IntegrationType(name)
    except ValueError as error:
        raise InvalidParams("Invalid integration type.") from error
