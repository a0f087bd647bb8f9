"""Trying integrations out: answers, and the operations."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.openapi.answers import Success
from rc_integrations_plugin.openapi.history import ConsoleLine
from rc_integrations_plugin.openapi.integrations import ScriptWarning, needed
from rc_integrations_plugin.openapi.operation import (
    ENTRY_ID,
    INTEGRATION_ID,
    PARAMS,
    PREFIX,
    REMOVING,
    RUNNING,
    Operation,
)
from rc_integrations_plugin.schemas.fields import StrictSchema, about
from rc_integrations_plugin.schemas.trials import CheckScript, SendTest, TryIntegration
from rc_integrations_plugin.scripting.protocol import FaultKind

TRYING = "Trying out"
_NULL: Mapping[str, Any] = {"allow_none": True}
_NOT_RECORDED = "error-invalid-integration-history"


class ScriptFault(StrictSchema):
    """Why a script gave no result."""

    kind = fields.String(validate=validate.OneOf(list(FaultKind)), **needed())
    name = fields.String(**needed("JavaScript's name of the error, or that of a limit."))
    message = fields.String(**needed())
    line = fields.Integer(**_NULL, **needed())
    column = fields.Integer(**_NULL, **needed())
    stack = fields.String(**needed())


class ScriptHttpCall(StrictSchema):
    """A call that a script asked for."""

    method = fields.String(**needed())
    url = fields.String(**needed())
    headers = fields.Dict(values=fields.String(), **needed("Secrets masked."))
    body = fields.String(**_NULL, **needed())


class ScriptCall(StrictSchema):
    """A call of a method of a script."""

    method = fields.String(**needed())
    argument = fields.Raw(**needed("What the method was given; `***` stands for secrets."))
    ok = fields.Boolean(**needed("Whether the method returned."))
    type = fields.String(**needed("JavaScript's `typeof` of the result, or `null` or `array`."))
    result = fields.Raw(**_NULL, **needed("Undefined is null."))
    error = fields.Nested(ScriptFault(), **_NULL, **needed("Why there is no result."))
    console = fields.List(fields.Nested(ConsoleLine()), **needed())
    http = fields.List(fields.Nested(ScriptHttpCall()), **needed("Its HTTP calls."))
    duration = fields.Float(**needed("Milliseconds."))


class TriedRoom(StrictSchema):
    """A room or person that a message would go to, or why not."""

    channel = fields.String(**needed())
    room_name = fields.String(data_key="roomName")
    joins = fields.Boolean(**about("The author would join it first, if he may."))
    is_conversation = fields.Boolean(
        data_key="isConversation",
        **about("With a person: whether the two may write to each other is not known."),
    )
    error = fields.String(**about("A code."))
    reason = fields.String(**about("For people."))


class TriedMessage(StrictSchema):
    """A message as it would be posted; what is empty is left out."""

    text = fields.String()
    alias = fields.String()
    avatar = fields.String()
    emoji = fields.String()
    attachments = fields.List(fields.Dict())
    tmid = fields.String(**about("The message that it answers in a thread."))
    custom_fields = fields.Dict(data_key="customFields")
    topic = fields.String()
    parse_urls = fields.Boolean(data_key="parseUrls")
    groupable = fields.Boolean()
    author = fields.String(**about("As whom it would be posted."))
    error = fields.String(**about("Why it is no message, or goes nowhere."))
    rooms = fields.List(fields.Nested(TriedRoom()), **needed())


class TriedRequest(StrictSchema):
    """A call that would be made, secrets masked."""

    method = fields.String(**needed())
    url = fields.String(**needed())
    headers = fields.Dict(values=fields.String(), **needed())
    body = fields.String(**_NULL, **needed())


class HookAnswer(StrictSchema):
    """What the sender of a call gets."""

    status = fields.Integer(**needed())
    body = fields.Raw(**_NULL, **needed())


class Tried(Success):
    """What would come of a call or an event: nothing was posted or sent."""

    type = fields.String(validate=validate.OneOf(list(IntegrationType)), **needed())
    cut = fields.Boolean(**needed("Only the beginning of what was tried had been recorded."))
    outcome = fields.String(
        validate=validate.OneOf(list(CallOutcome)), **about("Of a call of a hook.")
    )
    answer = fields.Nested(HookAnswer(), **about("Of a call of a hook: what its sender would get."))
    message_before = fields.Nested(
        TriedMessage(),
        data_key="messageBefore",
        **about("Of an event: what the script wants to be posted before the call."),
    )
    request = fields.Nested(TriedRequest(), **about("Of an event: the call that would be made."))
    nothing_sent = fields.String(data_key="nothingSent", **about("Why none would be."))
    answered = fields.String(**about("What the given answer would lead to."))
    message = fields.Nested(TriedMessage(), **about("What would be posted."))
    error = fields.String(**about("What goes wrong; may quote the script."))
    script = fields.List(fields.Nested(ScriptCall()), **needed("The calls of its methods."))


class SentTest(Success):
    """What was sent for real."""

    answer = fields.Nested(HookAnswer(), **about("Of a hook: what a sender gets."))
    history_ids = fields.List(
        fields.String(),
        data_key="historyIds",
        **about("Of a hook: the `_id` of the line of its history that tells what came of it."),
    )
    delivery_ids = fields.List(
        fields.String(),
        data_key="deliveryIds",
        **about("Of an event: the `deliveryId` of the lines that will tell what comes of it."),
    )


class ScriptReview(Success):
    """What does not work in a script; nothing of it was run."""

    script_warnings = fields.List(
        fields.Nested(ScriptWarning()),
        data_key="scriptWarnings",
        **needed("If it does not compile, the first one has the code `syntax`."),
    )


_CALL: Mapping[str, Any] = {
    "integrationId": INTEGRATION_ID,
    "call": {"body": {"text": "Build 512 passed"}, "headers": {"X-Event": "build"}},
}
_EVENT: Mapping[str, Any] = {
    "integrationId": INTEGRATION_ID,
    "event": {
        "data": {
            "text": "!deploy shop",
            "channel_id": "GENERAL",
            "channel_name": "general",
            "user_name": "alice",
        },
        "answer": {"status": 200, "body": {"text": "It begins."}},
    },
}
_UNSAVED: Mapping[str, Any] = {
    "integrationId": INTEGRATION_ID,
    "historyId": ENTRY_ID,
    "script": "class Script { process_incoming_request() { return {content: {text: 'Hi'}} } }",
    "http": [{"match": "/users/1", "result": {"data": {"name": "Octo Cat"}}}],
}
OPERATIONS: Sequence[Operation] = (
    Operation(
        method="post",
        path=f"{PREFIX}try",
        id="tryIntegration",
        summary="Try an integration out",
        description=(
            "Nothing is posted, nobody is called, and nothing is remembered. The script runs in a"
            " process of its own with the usual limits; only a few are tried at once, and one of"
            " each person."
        ),
        tag=TRYING,
        bodies=(TryIntegration,),
        body_examples={
            "a call": _CALL,
            "an event": _EVENT,
            "a recorded call, with another script": _UNSAVED,
        },
        answer=Tried,
        codes=(PARAMS, _NOT_RECORDED, "integration-scripts-disabled"),
        errors=RUNNING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}sendTest",
        id="sendTest",
        summary="Send a test, for real",
        description=(
            "Calls a hook, which posts; or opens deliveries of an event, one for each URL, which a"
            " worker makes. The stored script runs."
        ),
        tag=TRYING,
        bodies=(SendTest,),
        body_examples={"the usual sample": {"integrationId": INTEGRATION_ID}, "a call": _CALL},
        answer=SentTest,
        codes=(PARAMS, _NOT_RECORDED, "error-integration-disabled", "error-invalid-channel"),
        errors=REMOVING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}checkScript",
        id="checkScript",
        summary="Check a script",
        description="As it is checked when it is saved. Nothing of it is run.",
        tag=TRYING,
        bodies=(CheckScript,),
        body_examples={"one": {"script": "class Script { process_incoming_request() {} }"}},
        answer=ScriptReview,
        codes=(PARAMS,),
        errors=RUNNING,
    ),
)
