"""The fields of the forms: what they are called, and what is said of each.

Names are those of the management API. Labels are the documentation's, where it has the field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.outgoing.matching import (
    EVENTS_WITH_TRIGGER_WORDS,
)


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    NUMBER = "number"
    LINES = "lines"
    FLAG = "flag"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - is none
    SCRIPT = "script"


class Completes(StrEnum):
    """What a field names."""

    ROOMS = "rooms"
    """Rooms and persons."""
    SOURCES = "sources"
    """The same, or all rooms of a kind."""
    USERS = "users"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    help: str = ""
    kind: Kind = Kind.TEXT
    needed: bool = False
    usual: str = ""
    """What is in a new form; "yes" ticks a flag."""
    choices: Mapping[str, str] = field(default_factory=dict)
    placeholder: str = ""
    completes: Completes | None = None
    """What it names, where it can be completed."""
    is_list: bool = False
    """Several have commas between them."""
    events: frozenset[EventName] = frozenset()
    """For which events it means something; empty for all."""
    can_be_made: bool = False
    """A secret: the server can make one."""
    can_be_removed: bool = True
    """A secret: there may be none."""


@dataclass(frozen=True)
class Section:
    """Fields that belong together."""

    title: str
    fields: Sequence[Field]
    is_folded: bool = False


_NAME = Field(
    name="name",
    label="Name",
    help="What this integration is called in the list.",
)
_ENABLED = Field(
    name="enabled",
    label="Enabled",
    kind=Kind.FLAG,
    usual="yes",
    help="Nothing happens while this is off; nothing is forgotten either.",
)
_ALIAS = Field(
    name="alias",
    label="Alias",
    help="A name to show before that of the user, for messages that bring none of their own.",
)
_AVATAR = Field(
    name="avatar",
    label="Avatar URL",
    help="A picture to show beside messages in place of the user's: an http(s) address or a path.",
    placeholder="https://…",
)
_EMOJI = Field(
    name="emoji",
    label="Emoji",
    help="An emoji to show in place of a picture.",
    placeholder=":ghost:",
)
_STRICT = Field(
    name="skipTranspile",
    label="Strict mode",
    kind=Kind.FLAG,
    help="Run the script in strict mode and exactly as it is written. Rocket.Chat calls this"
    " “skip transpile”.",
)
_SCRIPT = Field(name="script", label="Script", kind=Kind.SCRIPT)

INCOMING: Sequence[Section] = (
    Section(
        "Settings",
        (
            _ENABLED,
            _NAME,
            Field(
                name="channel",
                label="Post to Channel",
                needed=True,
                completes=Completes.ROOMS,
                is_list=True,
                placeholder="#general, @john",
                help="Where messages go: #room or @person. Several are separated by commas.",
            ),
            Field(
                name="username",
                label="Post as",
                needed=True,
                usual="rocket.cat",
                completes=Completes.USERS,
                help="The user who posts, without @. There must be such a user, and he must be"
                " able to write in these rooms.",
            ),
            _ALIAS,
            _AVATAR,
            _EMOJI,
            Field(
                name="overrideDestinationChannelEnabled",
                label="Allow to overwrite destination channel in the body parameters",
                kind=Kind.FLAG,
                help="A request, or the script, may then name other rooms than those above.",
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
                help="The script reads each request and says what is posted, or refuses it.",
            ),
            _SCRIPT,
        ),
    ),
    Section(
        "Advanced settings",
        (
            Field(
                name="allowGet",
                label="Allow GET",
                kind=Kind.FLAG,
                help="Also answer GET, for programs that cannot send POST.",
            ),
            _STRICT,
        ),
        is_folded=True,
    ),
)

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
            _ENABLED,
            _NAME,
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
            _ALIAS,
            _AVATAR,
            _EMOJI,
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
            _SCRIPT,
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
            _STRICT,
        ),
        is_folded=True,
    ),
)

SECTIONS: Mapping[IntegrationType, Sequence[Section]] = MappingProxyType(
    {IntegrationType.INCOMING: INCOMING, IntegrationType.OUTGOING: OUTGOING}
)


def fields_of(kind: IntegrationType) -> Sequence[Field]:
    """Return all fields of a form, in their order."""
    return [one for section in SECTIONS[kind] for one in section.fields]
