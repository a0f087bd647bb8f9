"""Outgoing integrations as JSON, Rocket.Chat's and what is ours: what create and update take."""

from typing import Any

from marshmallow import post_load

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.channels import (
    MOST_HEADERS,
    MOST_TRIGGER_WORDS,
    MOST_URLS,
    split_channels,
    split_urls,
)
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.schemas.fields import (
    Flag,
    Number,
    OpenSchema,
    StrictSchema,
    Text,
    TextMap,
    Texts,
    about,
    load,
)
from rc_integrations_plugin.schemas.incoming import (
    ALIAS,
    AVATAR,
    EMOJI,
    ENGINE,
    ENGINES,
    FORCE_SCRIPT,
    NAME,
    NOT_BLANK,
    SCRIPT,
    SCRIPT_ENABLED,
    SCRIPT_LONGEST,
    SKIP_TRANSPILE,
    only_type,
)
from rc_integrations_plugin.schemas.outgoing_fields import RetryOnField, SigningSecret
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm

LONGEST_TIMEOUT = 120
"""In seconds, of one call."""
MOST_CALLS = 256
MOST_RETRIES = 1000
_EVENTS = [event.value for event in EventName]
_REMOVABLE = (
    "target_room",
    "timeout_seconds",
    "calls_at_once",
    "signing_secret",
    "headers",
    "basic_auth",
)
"""Null takes these away; anywhere else it says nothing."""


class CreateOutgoing(StrictSchema):
    """The body of `integrations.create` for an outgoing integration."""

    rules = {  # noqa: RUF012
        "allOf": [{"required": ["urls"], "properties": {"urls": {"type": ["array", "string"]}}}]
    }

    type = Text(**only_type(IntegrationType.OUTGOING))
    name = Text(required=True, most=1000, **NAME)
    enabled = Flag(required=True, **about("One that is off calls nobody."))
    event = Text(required=True, most=100, **about("What it is called for.", enum=_EVENTS))
    username = Text(
        required=True,
        most=1000,
        **about("Who posts answers, by name or id.", pattern=NOT_BLANK, examples=["rocket.cat"]),
    )
    # docs: the documentation's own example has none
    channel = Text(
        allow_none=True,
        **about(
            "Where to listen: any of `#room`, `#room-id`, `@person`, `all_public_channels`,"
            " `all_private_groups` and `all_direct_messages`, with commas between; all public"
            " channels if it is empty.",
            examples=["#general"],
        ),
    )
    script_enabled = Flag(required=True, data_key="scriptEnabled", **SCRIPT_ENABLED)
    urls = Texts(
        allow_none=True,
        most=MOST_URLS,
        split=split_urls,
        **about(
            "What to call: a list, or a text with one URL in a line.",
            examples=[["https://receiver.example/hook"]],
        ),
    )
    trigger_words = Texts(
        allow_none=True,
        most=MOST_TRIGGER_WORDS,
        split=split_channels,
        data_key="triggerWords",
        **about("Calls only for messages that begin with one: a list, or a text with commas."),
    )
    trigger_word_anywhere = Flag(
        allow_none=True, data_key="triggerWordAnywhere", **about("... or that hold one.")
    )
    token = Text(
        allow_none=True,
        most=1000,
        **about("Sent with each call, so that the receiver knows who calls."),
    )
    target_room = Text(
        allow_none=True,
        most=1000,
        data_key="targetRoom",
        **about(
            "Where answers go, if not to the event's room: `#room` or `@person`. Needed for"
            " `userCreated`."
        ),
    )
    run_on_edits = Flag(
        allow_none=True, data_key="runOnEdits", **about("Whether edited messages count.")
    )
    impersonate_user = Flag(
        allow_none=True,
        data_key="impersonateUser",
        **about("Post answers as the person whose doing it was."),
    )
    alias = Text(allow_none=True, **ALIAS)
    avatar = Text(allow_none=True, **AVATAR)
    emoji = Text(allow_none=True, **EMOJI)
    retry_failed_calls = Flag(
        allow_none=True,
        data_key="retryFailedCalls",
        **about("Whether failed calls are made again."),
    )
    # what is not above 0 stands for the usual number
    retry_count = Number(
        allow_none=True,
        least=-MOST_RETRIES,
        most=MOST_RETRIES,
        data_key="retryCount",
        **about("How often; 4 where it is not above 0."),
    )
    retry_delay = Text(
        allow_none=True,
        most=100,
        data_key="retryDelay",
        **about(
            "By which formula they wait.",
            pattern=r"^[\sA-Za-z-]*$",
            examples=["powers-of-ten", "powers-of-two", "increments-of-two"],
        ),
    )
    retry_on = RetryOnField(
        allow_none=True,
        data_key="retryOn",
        **about("After every failure but 410, or only after those that may pass by themselves."),
    )
    timeout_seconds = Number(
        allow_none=True,
        least=0.1,
        most=LONGEST_TIMEOUT,
        data_key="timeout",
        **about("Seconds that one call may take."),
    )
    calls_at_once = Number(
        allow_none=True,
        least=1,
        most=MOST_CALLS,
        data_key="callsAtOnce",
        **about("How many calls may be under way together."),
    )
    signing_secret = SigningSecret(
        allow_none=True,
        most=1000,
        data_key="signingSecret",
        **about(
            "Signs calls by Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes; `true`"
            " for a new one, `false` for none. Told once, by the call that sets it."
        ),
    )
    headers = TextMap(
        allow_none=True,
        most=MOST_HEADERS,
        **about("Sent with each call to the origin of one of the URLs. Never shown again."),
    )
    basic_auth = Text(
        allow_none=True,
        most=1000,
        data_key="basicAuth",
        **about(
            "`user:password`, for the same origins. Never shown again.",
            pattern=r"^[^\u0000-\u001f\u007f:]*:[^\u0000-\u001f\u007f]*$|^$",
        ),
    )
    script = Text(allow_none=True, most=SCRIPT_LONGEST, **SCRIPT)
    script_engine = Text(allow_none=True, data_key="scriptEngine", validate=ENGINES, **ENGINE)
    skip_transpile = Flag(allow_none=True, data_key="skipTranspile", **SKIP_TRANSPILE)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> OutgoingForm:
        """Return what was said, and what shall go."""
        del data["type"]
        removed = frozenset(
            name for name in _REMOVABLE if name in data and data[name] in (None, "", {})
        )
        said = {name: value for name, value in data.items() if name not in removed}
        return OutgoingForm(**said, removed=removed)


class UpdateOutgoing(OpenSchema, CreateOutgoing):
    """The body of `integrations.update` for an outgoing integration."""

    rules = {  # noqa: RUF012
        "anyOf": [
            {"required": ["integrationId"], "properties": {"integrationId": {"type": "string"}}},
            {
                "required": ["target_url"],
                "properties": {"target_url": {"type": "string", "minLength": 1}},
            },
        ]
    }

    integration_id = Text(
        allow_none=True,
        most=1000,
        data_key="integrationId",
        **about("Which integration is meant, by its id ..."),
    )
    target_url = Text(allow_none=True, **about("... or by a URL that no other one calls."))
    force_script = Flag(allow_none=True, data_key="forceScript", **FORCE_SCRIPT)
    token = Text(
        allow_none=True,
        most=1000,
        **about("Sent with each call, so that the receiver knows who calls.", pattern=NOT_BLANK),
    )
    event = Text(allow_none=True, most=100, **about("What it is called for.", enum=_EVENTS))
    username = Text(
        allow_none=True,
        most=1000,
        **about("Who posts answers, by name or id.", pattern=NOT_BLANK, examples=["rocket.cat"]),
    )


_CREATE = CreateOutgoing()
_UPDATE = UpdateOutgoing()


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
