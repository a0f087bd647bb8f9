"""The shapes of answers: Rocket.Chat's, of calls that went well and of those that did not."""

from typing import Any

from marshmallow import fields, validate

from rc_integrations_plugin.openapi.either import Either
from rc_integrations_plugin.openapi.history import IncomingCall, OutgoingAttempt
from rc_integrations_plugin.openapi.integrations import (
    IncomingIntegration,
    OutgoingIntegration,
    ScriptWarning,
    needed,
)
from rc_integrations_plugin.schemas.fields import OpenSchema, StrictSchema, about


def _always(*, value: bool) -> dict[str, Any]:
    return {"required": True, "validate": validate.OneOf([value])}


class Success(StrictSchema):
    """It is done."""

    success = fields.Boolean(**_always(value=True))


class StoredIntegration(Success):
    """The integration as it is stored now; of a new script, what does not work in it."""

    integration = Either(IncomingIntegration, OutgoingIntegration, required=True)
    script_warnings = fields.List(fields.Nested(ScriptWarning()), data_key="scriptWarnings")


class OneIntegration(Success):
    """One integration."""

    integration = Either(IncomingIntegration, OutgoingIntegration, required=True)


class Page(Success):
    """A part of a list."""

    offset = fields.Integer(**needed("How many were left out at the beginning."))
    items = fields.Integer(**needed("How many are shown; the same as `count`."))
    count = fields.Integer(**needed("How many are shown."))
    total = fields.Integer(**needed("How many there are."))


class IntegrationList(Page):
    """A part of the integrations that the caller may manage."""

    integrations = fields.List(Either(IncomingIntegration, OutgoingIntegration), required=True)


class HistoryList(Page):
    """A part of what an integration did."""

    history = fields.List(Either(IncomingCall, OutgoingAttempt), required=True)


class Failure(StrictSchema):
    """Why a call of the management API was refused."""

    success = fields.Boolean(**_always(value=False))
    error = fields.String(**needed("For people; often with the code in brackets."))
    error_type = fields.String(data_key="errorType", **about("The code, for programs."))
    details = fields.Dict(**about("More, where there is more to say."))


class LoginNeeded(StrictSchema):
    """Nobody who is logged in sent the call."""

    success = fields.Boolean(**_always(value=False))
    status = fields.String(required=True, validate=validate.OneOf(["error"]))
    error = fields.String(**needed())
    message = fields.String(**needed())


class HookSuccess(OpenSchema):
    """It is done; what a script adds stands beside."""

    success = fields.Boolean(**_always(value=True))
    ok = fields.Raw(**needed("Slack's word for the same; true, unless a script says otherwise."))
    responses = fields.Raw(
        **about(
            "With `separateResponse`: for each room its `channel`, and the stored `message` or an"
            " `error`."
        )
    )


class HookFailure(OpenSchema):
    """Why a call of a hook was refused: by us, by the chat server, or by the script."""

    success = fields.Boolean(**_always(value=False))
    error = fields.Raw(**about("A code, Rocket.Chat's text, or what the script returned."))
    message = fields.Raw(**about("For people."))
    error_type = fields.Raw(
        data_key="errorType", **about("Of `/hooks/add` and `/hooks/remove`: the code.")
    )
    responses = fields.Raw(**about("As where it went well: no room has the message."))


class Subscription(OutgoingIntegration):
    """The outgoing integration that was made."""

    success = fields.Boolean(**_always(value=True))
    ok = fields.Boolean(**_always(value=True))


class Sample(StrictSchema):
    """What an outgoing integration would send."""

    token = fields.String(**needed())
    channel_id = fields.String(**needed())
    channel_name = fields.String(**needed())
    timestamp = fields.DateTime(**needed())
    user_id = fields.String(**needed())
    user_name = fields.String(**needed())
    text = fields.String(**needed())
    trigger_word = fields.String(**needed())
