"""Outgoing integrations as JSON, Rocket.Chat's and what is ours: what create and update take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import post_load, validate

from rc_integrations_plugin.integrations.channels import (
    MOST_HEADERS,
    MOST_TRIGGER_WORDS,
    MOST_URLS,
    split_channels,
    split_urls,
)
from rc_integrations_plugin.integrations.records import RetryOn
from rc_integrations_plugin.schemas.fields import (
    Flag,
    Number,
    OpenSchema,
    StrictSchema,
    Text,
    TextMap,
    Texts,
    load,
)
from rc_integrations_plugin.schemas.incoming import ENGINES, SCRIPT_LONGEST

LONGEST_TIMEOUT = 120
"""In seconds, of one call."""
MOST_CALLS = 256
MOST_RETRIES = 1000
GENERATE = "generate"
"""In place of a signing secret: one shall be made."""
_NOT_ALLOWED = "must be equal to one of the allowed values"
_REMOVABLE = (
    "target_room",
    "timeout_seconds",
    "calls_at_once",
    "signing_secret",
    "headers",
    "basic_auth",
)
"""Null takes these away; anywhere else it says nothing."""


@dataclass(frozen=True, kw_only=True)
class OutgoingForm:
    """An outgoing integration as somebody wants it; None is what he did not say."""

    name: str
    enabled: bool
    script_enabled: bool
    channel: str | None = None
    integration_id: str | None = None
    target_url: str | None = None
    event: str | None = None
    username: str | None = None
    urls: tuple[str, ...] | None = None
    trigger_words: tuple[str, ...] | None = None
    trigger_word_anywhere: bool | None = None
    token: str | None = field(default=None, repr=False)
    target_room: str | None = None
    run_on_edits: bool | None = None
    impersonate_user: bool | None = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    retry_failed_calls: bool | None = None
    retry_count: float | None = None
    retry_delay: str | None = None
    retry_on: RetryOn | None = None
    timeout_seconds: float | None = None
    calls_at_once: float | None = None
    signing_secret: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    basic_auth: str | None = field(default=None, repr=False)
    script: str | None = None
    script_engine: str | None = None
    skip_transpile: bool | None = None
    removed: frozenset[str] = frozenset()
    """Names of fields that shall have no value any more."""


class _Secret(Text):
    """A signing secret; `true` stands for a new one, `false` for none."""

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        if isinstance(value, bool):
            return GENERATE if value else ""
        return super()._deserialize(value, *given, **options)


class _RetryOn(Text):
    """One of the values of `RetryOn`."""

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        text = super()._deserialize(value, *given, **options)
        return RetryOn(validate.OneOf(list(RetryOn), error=_NOT_ALLOWED)(text))


class _CreateOutgoing(StrictSchema):
    type = Text(required=True)
    name = Text(required=True, most=1000)
    enabled = Flag(required=True)
    event = Text(required=True, most=100)
    username = Text(required=True, most=1000)
    # docs: the documentation's own example has none
    channel = Text(allow_none=True)
    script_enabled = Flag(required=True, data_key="scriptEnabled")
    urls = Texts(allow_none=True, most=MOST_URLS, split=split_urls)
    trigger_words = Texts(
        allow_none=True, most=MOST_TRIGGER_WORDS, split=split_channels, data_key="triggerWords"
    )
    trigger_word_anywhere = Flag(allow_none=True, data_key="triggerWordAnywhere")
    token = Text(allow_none=True, most=1000)
    target_room = Text(allow_none=True, most=1000, data_key="targetRoom")
    run_on_edits = Flag(allow_none=True, data_key="runOnEdits")
    impersonate_user = Flag(allow_none=True, data_key="impersonateUser")
    alias = Text(allow_none=True)
    avatar = Text(allow_none=True)
    emoji = Text(allow_none=True)
    retry_failed_calls = Flag(allow_none=True, data_key="retryFailedCalls")
    # what is not above 0 stands for the usual number
    retry_count = Number(
        allow_none=True, least=-MOST_RETRIES, most=MOST_RETRIES, data_key="retryCount"
    )
    retry_delay = Text(allow_none=True, most=100, data_key="retryDelay")
    retry_on = _RetryOn(allow_none=True, data_key="retryOn")
    timeout_seconds = Number(allow_none=True, least=0.1, most=LONGEST_TIMEOUT, data_key="timeout")
    calls_at_once = Number(allow_none=True, least=1, most=MOST_CALLS, data_key="callsAtOnce")
    signing_secret = _Secret(allow_none=True, most=1000, data_key="signingSecret")
    headers = TextMap(allow_none=True, most=MOST_HEADERS)
    basic_auth = Text(allow_none=True, most=1000, data_key="basicAuth")
    script = Text(allow_none=True, most=SCRIPT_LONGEST)
    script_engine = Text(allow_none=True, data_key="scriptEngine", validate=ENGINES)
    skip_transpile = Flag(allow_none=True, data_key="skipTranspile")

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> OutgoingForm:
        del data["type"]
        removed = frozenset(
            name for name in _REMOVABLE if name in data and data[name] in (None, "", {})
        )
        said = {name: value for name, value in data.items() if name not in removed}
        return OutgoingForm(**said, removed=removed)


class _UpdateOutgoing(OpenSchema, _CreateOutgoing):
    integration_id = Text(allow_none=True, most=1000, data_key="integrationId")
    target_url = Text(allow_none=True)
    event = Text(allow_none=True, most=100)
    username = Text(allow_none=True, most=1000)


_CREATE = _CreateOutgoing()
_UPDATE = _UpdateOutgoing()


def read_new_outgoing(body: Any) -> OutgoingForm:
    """Return what the body of `integrations.create` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    form: OutgoingForm = load(_CREATE, body, one_of=True)
    return form


def read_changed_outgoing(body: Any) -> OutgoingForm:
    """Return what the body of `integrations.update` says.

    Raises:
        InvalidParams: it is not of the documented form.
    """
    form: OutgoingForm = load(_UPDATE, body)
    return form
