"""What answers hold of the history; `schemas.documents` and `management.attempts` write it."""

from marshmallow import fields, validate

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.openapi.integrations import IncomingShown, OutgoingShown, needed
from rc_integrations_plugin.schemas.fields import StrictSchema, about


class ConsoleLine(StrictSchema):
    """What a script wrote."""

    level = fields.String(**needed())
    text = fields.String(**needed())


class PostingResult(StrictSchema):
    """What became of the message for one room: it is there, or why not."""

    phase = fields.String(
        validate=validate.OneOf(list(Posted)), **about("Of outgoing calls: when it was posted.")
    )
    channel = fields.String(**needed())
    room_id = fields.String()
    message_id = fields.String()
    error = fields.String(**about("A code."))
    reason = fields.String(**about("For people."))


class MessageAuthor(StrictSchema):
    """Who was to write a message."""

    id = fields.String(data_key="_id", **needed())
    username = fields.String()
    name = fields.String()


class LeftOut(StrictSchema):
    """What of a message is not kept, because it is too long."""

    text = fields.Boolean(**about("Only the beginning of the text is kept."))
    attachments = fields.Integer(**about("So many attachments are missing, the last ones."))
    custom_fields = fields.Boolean(data_key="customFields", **about("They are missing."))


class RecordedMessage(StrictSchema):
    """A message that was to be posted, secrets masked; what it lacks is left out."""

    text = fields.String()
    u = fields.Nested(MessageAuthor())
    alias = fields.String()
    avatar = fields.String()
    emoji = fields.String()
    attachments = fields.List(fields.Dict())
    tmid = fields.String(**about("The `_id` of the message that it answers."))
    custom_fields = fields.Dict(data_key="customFields")
    topic = fields.String(**about("Where the chat server has topics."))
    parse_urls = fields.Boolean(data_key="parseUrls")
    groupable = fields.Boolean()
    left_out = fields.Nested(LeftOut(), data_key="leftOut")


class _Entry(StrictSchema):
    """What calls of both types have."""

    id = fields.String(data_key="_id", **needed())
    integration_id = fields.String(data_key="integrationId", **needed())
    status = fields.Integer(**about("The HTTP status of the answer."))
    duration = fields.Float(**needed("Milliseconds."))
    results = fields.List(fields.Nested(PostingResult()), **needed("One for each room."))
    console = fields.List(fields.Nested(ConsoleLine()), **needed())
    script_duration = fields.Float(data_key="scriptDuration", **about("Milliseconds."))
    script_restarted = fields.Boolean(
        data_key="scriptRestarted", **needed("Whether what the script kept on `this` was gone.")
    )
    created_at = fields.DateTime(data_key="_createdAt", **needed())
    updated_at = fields.DateTime(data_key="_updatedAt", **needed())


class IncomingCall(_Entry):
    """One call of an incoming hook, secrets masked."""

    type = fields.String(validate=validate.OneOf(["incoming-webhook"]), **needed())
    integration = fields.Nested(IncomingShown(), **needed())
    outcome = fields.String(validate=validate.OneOf(list(CallOutcome)), **needed())
    finished = fields.Boolean(**needed())
    message = fields.Nested(
        RecordedMessage(), **about("What was to be posted, if it came to that; not of old calls.")
    )
    error = fields.String(**about("What went wrong, for people."))
    error_type = fields.String(data_key="errorType", **about("... and as a code."))
    method = fields.String(**needed())
    query = fields.String(**needed())
    headers = fields.Dict(values=fields.String(), **needed())
    body = fields.String(**needed("The beginning of it."))
    body_bytes = fields.Integer(data_key="bodyBytes", **needed())
    remote_address = fields.String(data_key="remoteAddress", **needed())


class PostedMessage(StrictSchema):
    """A message in a room."""

    id = fields.String(data_key="_id", **needed())
    rid = fields.String(**needed("The room's id."))


class RoomMessage(StrictSchema):
    """Which message went where."""

    channel = fields.String(**needed())
    message = fields.Nested(PostedMessage(), **needed())


class RecordedMessages(StrictSchema):
    """Messages that were to be posted."""

    prepare = fields.Nested(RecordedMessage(), **about("Before the call."))
    answer = fields.Nested(RecordedMessage(), **about("After the answer."))


class CallFailure(StrictSchema):
    """Why there was no answer."""

    code = fields.String(**needed())
    message = fields.String(**needed())


class PreparedRequest(StrictSchema):
    """What a script made of the request."""

    method = fields.Raw(**needed())
    url = fields.Raw(**needed())
    headers = fields.Dict(values=fields.String(), **needed())


class OutgoingAttempt(_Entry):
    """One attempt of an outgoing integration to make a call, secrets masked."""

    type = fields.String(validate=validate.OneOf(["outgoing-webhook"]), **needed())
    integration = fields.Nested(OutgoingShown(), **needed())
    outcome = fields.String(validate=validate.OneOf(list(DeliveryOutcome)), **needed())
    event = fields.String(validate=validate.OneOf(list(EventName)), **needed())
    data = fields.Raw(**needed("What the receiver is told of what happened."))
    trigger_word = fields.String(data_key="triggerWord")
    step = fields.String(**about("The last one of `steps`."))
    steps = fields.List(fields.String(), **needed())
    ran_prepare_script = fields.Boolean(data_key="ranPrepareScript")
    finished = fields.Boolean(**about("Nothing follows."))
    error = fields.Boolean(**about("Something went wrong."))
    error_stack = fields.String(data_key="errorStack", **about("What went wrong, for people."))
    prepare_sent_message = fields.List(fields.Nested(RoomMessage()), data_key="prepareSentMessage")
    process_sent_message = fields.List(fields.Nested(RoomMessage()), data_key="processSentMessage")
    result_message = fields.List(fields.Nested(RoomMessage()), data_key="resultMessage")
    url = fields.String(**about("Where the call went."))
    http_call_data = fields.Raw(data_key="httpCallData", **about("The data it had."))
    http_error = fields.Nested(CallFailure(), data_key="httpError")
    http_result = fields.String(
        data_key="httpResult", **about("The body of the answer as a JSON string.")
    )
    delivery_id = fields.String(data_key="deliveryId", **needed())
    webhook_id = fields.String(
        data_key="webhookId", **needed("The same for all attempts; the receiver sees it.")
    )
    attempt = fields.Integer(**needed("0 for the first call."))
    depth = fields.Integer(**needed("How many answers of integrations led to the event."))
    request = fields.Nested(PreparedRequest(), **about("Where a script changed the request."))
    response_headers = fields.Dict(values=fields.String(), data_key="responseHeaders")
    response_body = fields.String(data_key="responseBody", **about("The beginning of it."))
    response_bytes = fields.Integer(data_key="responseBytes")
    messages = fields.Nested(
        RecordedMessages(), **about("What was to be posted, if it came to that; not of old ones.")
    )
    failure = fields.String(**about("`timeout`, `connection` and its like."))
    next_attempt_at = fields.DateTime(data_key="nextAttemptAt")
    replay_of = fields.String(data_key="replayOf", **about("The `_id` of what is repeated."))
