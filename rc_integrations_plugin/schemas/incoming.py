"""Incoming integrations as Rocket.Chat's JSON: what create and update take."""

from dataclasses import dataclass
from typing import Any

from marshmallow import post_load, validate

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.schemas.fields import Flag, OpenSchema, StrictSchema, Text, load

SCRIPT_LONGEST = 1024 * 1024
ENGINES = validate.OneOf(["isolated-vm", "vm2"], error="must be equal to one of the allowed values")


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


class _CreateIncoming(StrictSchema):
    type = Text(required=True)
    name = Text(required=True, most=1000)
    enabled = Flag(required=True)
    username = Text(required=True, most=1000)
    channel = Text(required=True)
    script_enabled = Flag(required=True, data_key="scriptEnabled")
    alias = Text(allow_none=True)
    avatar = Text(allow_none=True)
    emoji = Text(allow_none=True)
    override_destination = Flag(allow_none=True, data_key="overrideDestinationChannelEnabled")
    allow_get = Flag(allow_none=True, data_key="allowGet")
    script = Text(allow_none=True, most=SCRIPT_LONGEST)
    script_engine = Text(allow_none=True, data_key="scriptEngine", validate=ENGINES)
    skip_transpile = Flag(allow_none=True, data_key="skipTranspile")

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> IncomingForm:
        del data["type"]
        return IncomingForm(**data)


class _UpdateIncoming(OpenSchema, _CreateIncoming):
    integration_id = Text(required=True, data_key="integrationId")
    username = Text(allow_none=True, most=1000)


_CREATE = _CreateIncoming()
_UPDATE = _UpdateIncoming()


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
