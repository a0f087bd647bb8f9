"""What a field of a form is, and those that the forms of both types have.

Names are those of the management API. Labels are the documentation's, where it has the field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rc_integrations_plugin.host.events import EventName


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


NAME = Field(
    name="name",
    label="Name",
    help="What this integration is called in the list.",
)
ENABLED = Field(
    name="enabled",
    label="Enabled",
    kind=Kind.FLAG,
    usual="yes",
    help="Nothing happens while this is off; nothing is forgotten either.",
)
ALIAS = Field(
    name="alias",
    label="Alias",
    help="A name to show before that of the user, for messages that bring none of their own.",
)
AVATAR = Field(
    name="avatar",
    label="Avatar URL",
    help="A picture to show beside messages in place of the user's: an http(s) address or a path.",
    placeholder="https://…",
)
EMOJI = Field(
    name="emoji",
    label="Emoji",
    help="An emoji to show in place of a picture.",
    placeholder=":ghost:",
)
STRICT = Field(
    name="skipTranspile",
    label="Strict mode",
    kind=Kind.FLAG,
    help="Run the script in strict mode and exactly as it is written. Rocket.Chat calls this"
    " “skip transpile”.",
)
SCRIPT = Field(name="script", label="Script", kind=Kind.SCRIPT)
