"""The form of an outgoing integration."""

from collections.abc import Sequence

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.admin.form_field import (
    ALIAS,
    AVATAR,
    EMOJI,
    ENABLED,
    NAME,
    SCRIPT,
    STRICT,
    Completes,
    Field,
    Kind,
    Section,
)
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS
from rc_integrations_plugin.outgoing.matching import EVENTS_WITH_TRIGGER_WORDS

_TRIGGERS = frozenset(EVENTS_WITH_TRIGGER_WORDS)

OUTGOING: Sequence[Section] = (
    Section(
        "Settings",
        (
            Field(
                name="event",
                label="Event Trigger",
                kind=Kind.CHOICE,
                usual=EventName.MESSAGE_SENT,
                choices=texts.EVENTS,
                help="What has to happen in the chat for the URLs to be called.",
            ),
            ENABLED,
            NAME,
            Field(
                name="channel",
                label="Channel",
                completes=Completes.SOURCES,
                is_list=True,
                events=frozenset(EVENTS_WITH_CHANNELS),
                placeholder="#general, @john",
                help="Where to listen: #room or @person, separated by commas; or"
                " all_public_channels, all_private_groups, all_direct_messages. All public"
                " channels if it is empty.",
            ),
            Field(
                name="triggerWords",
                label="Trigger Words",
                events=_TRIGGERS,
                placeholder="deploy, release",
                help="Only messages that begin with one of these words count. Separate them by"
                " commas; without any, every message counts.",
            ),
            Field(
                name="targetRoom",
                label="Target Room",
                completes=Completes.ROOMS,
                help="Where answers go, as #room or @person: if it is empty, to the room of the"
                " event. “User Created” happens in no room and needs one.",
            ),
            Field(
                name="urls",
                label="URLs",
                kind=Kind.LINES,
                needed=True,
                placeholder="https://…",
                help="What to call, one in a line. Each is called for each event, and the script"
                " may choose another one.",
            ),
            Field(
                name="impersonateUser",
                label="Impersonate User",
                kind=Kind.FLAG,
                help="Post answers as the person whose doing it was.",
            ),
            Field(
                name="username",
                label="Post as",
                needed=True,
                usual="rocket.cat",
                completes=Completes.USERS,
                help="The user who posts answers, without @. There must be such a user.",
            ),
            ALIAS,
            AVATAR,
            EMOJI,
            Field(
                name="token",
                label="Token",
                kind=Kind.SECRET,
                can_be_made=True,
                can_be_removed=False,
                help="Sent with each call, so that the receiver knows that this server calls.",
            ),
        ),
    ),
    Section(
        "Script",
        (
            Field(
                name="scriptEnabled",
                label="Script Enabled",
                kind=Kind.FLAG,
                help="The script may change or cancel each request, and say what is posted of"
                " the answer.",
            ),
            SCRIPT,
        ),
    ),
    Section(
        "Advanced settings",
        (
            Field(
                name="retryFailedCalls",
                label="Retry Failed Url Calls",
                kind=Kind.FLAG,
                usual="yes",
                help="Call again later where a call fails.",
            ),
            Field(
                name="retryCount",
                label="Retry Count",
                kind=Kind.NUMBER,
                usual="4",
                help="How often to call again.",
            ),
            Field(
                name="retryDelay",
                label="Retry Delay",
                kind=Kind.CHOICE,
                usual="powers-of-ten",
                choices=texts.RETRY_DELAYS,
                help="How the waiting time grows from one call to the next.",
            ),
            Field(
                name="retryOn",
                label="Retry on",
                kind=Kind.CHOICE,
                usual="any",
                choices=texts.RETRIED,
                help="Which failures count. Those that may pass are: no connection, no answer in"
                " time, and the statuses 408, 425, 429 and 5xx.",
            ),
            Field(
                name="triggerWordAnywhere",
                label="Word Placement Anywhere",
                kind=Kind.FLAG,
                events=_TRIGGERS,
                help="A trigger word counts wherever it stands in the message.",
            ),
            Field(
                name="runOnEdits",
                label="Run On Edits",
                kind=Kind.FLAG,
                events=_TRIGGERS,
                help="Also call when a message is edited, and not only when it is new.",
            ),
            Field(
                name="timeout",
                label="Time limit of a call",
                kind=Kind.NUMBER,
                help="In seconds, from 0.1 to 120. The server's usual limit if it is empty.",
            ),
            Field(
                name="callsAtOnce",
                label="Calls at once",
                kind=Kind.NUMBER,
                help="How many calls may be under way together, from 1 to 256. The server's"
                " usual limit if it is empty.",
            ),
            Field(
                name="signingSecret",
                label="Signing secret",
                kind=Kind.SECRET,
                can_be_made=True,
                help="Signs each call by Standard Webhooks. It begins with whsec_; a new one is"
                " shown once, after saving.",
            ),
            Field(
                name="headers",
                label="Headers",
                kind=Kind.LINES,
                placeholder="X-Api-Key: …",
                help="Sent with each call, one “Name: value” in a line. Stored values are not"
                " shown: *** stands for the value that is stored.",
            ),
            Field(
                name="basicAuth",
                label="User and password",
                kind=Kind.SECRET,
                help="Sent with each call, as user:password.",
            ),
            STRICT,
        ),
        is_folded=True,
    ),
)
