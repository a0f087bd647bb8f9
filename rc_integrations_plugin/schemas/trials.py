"""The bodies of `integrations.try`, `integrations.sendTest` and `integrations.checkScript`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields, post_load, validate

from rc_integrations_plugin.schemas.fields import Flag, StrictSchema, Text, about, load
from rc_integrations_plugin.schemas.incoming import SCRIPT_LONGEST
from rc_integrations_plugin.schemas.json_fields import Body, Data, Headers, WholeNumber
from rc_integrations_plugin.schemas.queries import ID_LONGEST

JSON_TYPE, _TYPE = "application/json", "content-type"
_BODY_LONGEST = 10 * 1024 * 1024
_MOST_HEADERS = 100
_NOT_ALLOWED = "must be equal to one of the allowed values"
_ANSWERS = {
    "items": {
        "type": "object",
        "required": ["match", "result"],
        "properties": {"match": {"type": "string"}, "result": {"type": "object"}},
    }
}


@dataclass(frozen=True, kw_only=True)
class SampleCall:
    """A call of a hook, as somebody describes it."""

    body: str = ""
    method: str = "POST"
    content_type: str = JSON_TYPE
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WantedAnswer:
    """What a receiver answers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class WantedEvent:
    """An event, as a receiver is told of it."""

    data: Mapping[str, Any] = field(repr=False)
    url: str | None = None
    answer: WantedAnswer | None = None


@dataclass(frozen=True, kw_only=True)
class WantedTrial:
    """What shall be tried; None is what nobody said."""

    integration_id: str
    history_id: str | None = None
    call: SampleCall | None = None
    event: WantedEvent | None = None
    script: str | None = field(default=None, repr=False)
    skip_transpile: bool | None = None
    http: tuple[Mapping[str, Any], ...] = ()
    real_http: bool = False


class CallSample(StrictSchema):
    """A call of a hook, as its sender would make it."""

    body = Body(
        most=_BODY_LONGEST,
        **about(
            "As it is sent; an object or a list is sent as JSON.", examples=[{"text": "Hello"}]
        ),
    )
    method = Text(
        validate=validate.OneOf(["POST", "GET"], error=_NOT_ALLOWED),
        **about("POST unless it is said."),
    )
    content_type = Text(
        data_key="contentType", most=1000, **about("`application/json` unless it is said.")
    )
    query = Text(**about("The query string of the URL."))
    headers = Headers(most=_MOST_HEADERS, **about("Further headers."))

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> SampleCall:
        """Return what was said."""
        return SampleCall(**data)


class AnswerSample(StrictSchema):
    """What a receiver answers."""

    status = WholeNumber(required=True, least=100, most=599, **about("Its HTTP status."))
    headers = Headers(most=_MOST_HEADERS, **about("Its headers."))
    body = Body(
        most=_BODY_LONGEST,
        **about("A text as it is; an object or a list is JSON, and its type is told in a header."),
    )

    @post_load(pass_original=True)
    def make(self, data: dict[str, Any], given: Any, **_options: Any) -> WantedAnswer:
        """Return what was said."""
        headers = data.get("headers", {})
        if not isinstance(given.get("body", ""), str) and _TYPE not in map(str.lower, headers):
            data["headers"] = {**headers, _TYPE: JSON_TYPE}
        return WantedAnswer(**data)


class SentEvent(StrictSchema):
    """An event that did not happen."""

    data = Data(
        dict,
        required=True,
        **about("What receivers are told; the integration's token is put in its place."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> WantedEvent:
        """Return what was said."""
        return WantedEvent(**data)


class EventSample(SentEvent):
    """An event that did not happen, and perhaps what its receiver answers."""

    url = Text(**about("Which of the integration's URLs is called; the first unless it is said."))
    answer = fields.Nested(
        AnswerSample(), **about("What its receiver answers; without it no answer is given.")
    )


class SendTest(StrictSchema):
    """The body of `integrations.sendTest`."""

    integration_id = Text(
        required=True, data_key="integrationId", most=ID_LONGEST, **about("The integration's id.")
    )
    history_id = Text(
        data_key="historyId",
        most=ID_LONGEST,
        **about("The `_id` of a line of its history: what was recorded is taken ..."),
    )
    call = fields.Nested(CallSample(), **about("... or this call, of an incoming integration ..."))
    event = fields.Nested(
        SentEvent(), **about("... or this event, of an outgoing one. Else a usual sample is.")
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> WantedTrial:
        """Return what was said."""
        http = tuple(data.pop("http", ()))
        return WantedTrial(**data, http=http)


class TryIntegration(SendTest):
    """The body of `integrations.try`."""

    event = fields.Nested(
        EventSample(), **about("... or this event, of an outgoing one. Else a usual sample is.")
    )
    script = Text(
        most=SCRIPT_LONGEST,
        **about("JavaScript in place of the stored script; the empty text runs none."),
    )
    skip_transpile = Flag(
        data_key="skipTranspile", **about("As of an integration; as stored unless it is said.")
    )
    http = Data(
        list,
        **about(
            "Answers to the script's HTTP calls: a call gets the `result` of the first one whose"
            ' `match` is in its URL, or else status 200 and `{"ok": true}`. A `result` has'
            " `statusCode`, `headers`, `content` or `data`; or `error`.",
            schema=_ANSWERS,
        ),
    )
    real_http = Flag(
        data_key="realHttp", **about("Whether the script's HTTP calls are made for real.")
    )


class CheckScript(StrictSchema):
    """The body of `integrations.checkScript`."""

    script = Text(
        required=True,
        most=SCRIPT_LONGEST,
        **about("JavaScript.", examples=["class Script {}"]),
    )
    skip_transpile = Flag(
        data_key="skipTranspile",
        load_default=False,
        **about("Whether it shall run in strict mode, as it is written."),
    )


_TRY, _SEND, _CHECK = TryIntegration(), SendTest(), CheckScript()


def read_trial(body: Any) -> WantedTrial:
    """Return what the body of `integrations.try` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    trial: WantedTrial = load(_TRY, body)
    return trial


def read_sent_test(body: Any) -> WantedTrial:
    """Return what the body of `integrations.sendTest` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    trial: WantedTrial = load(_SEND, body)
    return trial


def read_script_to_check(body: Any) -> tuple[str, bool]:
    """Return the script of the body of `integrations.checkScript`, and whether it is strict.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    data = load(_CHECK, body)
    return data["script"], data["skip_transpile"]
