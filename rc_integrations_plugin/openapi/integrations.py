"""What answers hold of integrations; `schemas.documents` writes it."""

from typing import Any

from marshmallow import fields, validate

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.records import IntegrationType, RetryOn
from rc_integrations_plugin.schemas.fields import StrictSchema, about
from rc_integrations_plugin.scripting.protocol import Severity


def needed(description: str = "", **schema: Any) -> dict[str, Any]:
    """Return the options of a field that is always there."""
    return {"required": True, **(about(description, **schema) if description else {})}


class Editor(StrictSchema):
    """Who made or changed an integration."""

    id = fields.String(data_key="_id", **needed())
    username = fields.String(**needed())


class ScriptError(StrictSchema):
    """Why a script that is switched off would not compile."""

    name = fields.String(**needed())
    message = fields.String(**needed())
    stack = fields.String(**needed())


class ScriptWarning(StrictSchema):
    """What does not work in a script, here or in each Rocket.Chat."""

    code = fields.String(**needed())
    severity = fields.String(validate=validate.OneOf(list(Severity)), **needed())
    name = fields.String(**needed("What was found."))
    line = fields.Integer(**needed())
    column = fields.Integer(**needed())
    lines = fields.List(fields.Integer(), **needed("All lines where it is."))
    message = fields.String(**needed())
    advice = fields.String(**needed())


class _Shown(StrictSchema):
    """What stands of both types in the history too."""

    id = fields.String(data_key="_id", **needed())
    name = fields.String(**needed("For people."))
    enabled = fields.Boolean(**needed())
    disabled_reason = fields.String(
        data_key="disabledReason", **about("Why the server switched it off.")
    )
    username = fields.String(**needed("As whom it posts."))
    user_id = fields.String(data_key="userId", **needed("As whom it posts."))
    channel = fields.List(fields.String(), **needed())
    alias = fields.String()
    avatar = fields.String()
    emoji = fields.String()
    script_enabled = fields.Boolean(data_key="scriptEnabled", **needed())
    script_engine = fields.String(data_key="scriptEngine", **needed())
    skip_transpile = fields.Boolean(data_key="skipTranspile", **needed())
    created_at = fields.DateTime(data_key="_createdAt", **needed())
    created_by = fields.Nested(Editor(), data_key="_createdBy", **needed())
    updated_at = fields.DateTime(data_key="_updatedAt", **needed())
    updated_by = fields.Nested(Editor(), data_key="_updatedBy")


class IncomingShown(_Shown):
    """An incoming integration as it stands in its history: without token and script."""

    type = fields.String(validate=validate.OneOf([IntegrationType.INCOMING.value]), **needed())
    override_destination = fields.Boolean(
        data_key="overrideDestinationChannelEnabled",
        **needed("Whether a request or the script may name other rooms."),
    )
    allow_get = fields.Boolean(data_key="allowGet", **needed("Whether the hook also answers GET."))


class OutgoingShown(_Shown):
    """An outgoing integration as it stands in its history: without token, script and secrets."""

    type = fields.String(validate=validate.OneOf([IntegrationType.OUTGOING.value]), **needed())
    event = fields.String(validate=validate.OneOf(list(EventName)), **needed())
    urls = fields.List(fields.String(), **needed())
    trigger_words = fields.List(fields.String(), data_key="triggerWords")
    trigger_word_anywhere = fields.Boolean(data_key="triggerWordAnywhere", **needed())
    target_room = fields.String(data_key="targetRoom", **about("Where answers go."))
    run_on_edits = fields.Boolean(data_key="runOnEdits", **needed())
    impersonate_user = fields.Boolean(data_key="impersonateUser", **needed())
    retry_failed_calls = fields.Boolean(data_key="retryFailedCalls", **needed())
    retry_count = fields.Integer(data_key="retryCount", **needed())
    retry_delay = fields.String(data_key="retryDelay", **needed())
    retry_on = fields.String(data_key="retryOn", validate=validate.OneOf(list(RetryOn)), **needed())
    timeout = fields.Float(**about("Seconds that one call may take, if not the server's usual."))
    calls_at_once = fields.Integer(data_key="callsAtOnce")
    has_signing_secret = fields.Boolean(data_key="hasSigningSecret", **needed())
    has_basic_auth = fields.Boolean(data_key="hasBasicAuth", **needed())
    header_names = fields.List(fields.String(), data_key="headerNames", **needed())


class _Script(StrictSchema):
    script = fields.String()
    script_compiled = fields.String(data_key="scriptCompiled", **about("As it is run."))
    script_error = fields.Nested(ScriptError(), data_key="scriptError")


class IncomingIntegration(_Script, IncomingShown):
    """A hook that posts what outside services send."""

    token = fields.String(**needed("The hook's URL is `/hooks/<_id>/<token>`."))


class OutgoingIntegration(_Script, OutgoingShown):
    """Calls a URL when something happens in the chat, and posts what it answers."""

    token = fields.String(**about("Sent with each call."))
    signing_secret = fields.String(
        data_key="signingSecret", **about("Only in the answer to the call that sets it.")
    )
