"""A form as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rc_integrations_plugin.admin.form_field import Field, Section
from rc_integrations_plugin.admin.form_fields import SECTIONS, fields_of
from rc_integrations_plugin.admin.form_values import KEEP, MAKE, NONE, REMOVE, SET, Values
from rc_integrations_plugin.admin.merging import Difference
from rc_integrations_plugin.admin.sample_scripts import SAMPLE_SCRIPTS
from rc_integrations_plugin.integrations.records import (
    IntegrationType,
    OutgoingIntegration,
)

_SECRETS = {
    "token": lambda one: one.token,
    "signingSecret": lambda one: one.signing_secret,
    "basicAuth": lambda one: one.basic_auth,
}


@dataclass(frozen=True, kw_only=True)
class FormView:
    """A form, what is in it, and what is wrong with that."""

    kind: IntegrationType
    action: str
    values: Values
    stored: OutgoingIntegration | None = None
    """Whose secrets may be kept."""
    version: str = ""
    base: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    differences: Sequence[Difference] | None = None
    """What somebody else changed meanwhile, if so."""
    copied_from: str = ""
    """The id of the integration whose tests a new one gets."""
    broken: Sequence[Mapping[str, Any]] = ()
    """Tests that the script breaks: name and differences."""
    is_unsaved: bool = False
    """Something in it is not stored, though nobody typed it here."""
    try_address: str = ""
    """Where its script can be tried without being stored."""
    completes: bool = False
    """Names complete themselves while somebody types."""
    is_frozen: bool = False
    """Its script can't be changed on this server."""

    @property
    def prefix(self) -> str:
        """What the ids of its fields begin with."""
        return self.kind.value.removeprefix("webhook-")

    @property
    def sample_script(self) -> str:
        """A script to begin with, where there is none yet."""
        return "" if self.values["script"] or self.is_frozen else SAMPLE_SCRIPTS[self.kind]

    @property
    def sections(self) -> Sequence[Section]:
        """Its fields."""
        return SECTIONS[self.kind]

    @property
    def summary(self) -> Sequence[tuple[str, str, str]]:
        """The id of each field that is wrong, its label, and what is wrong with it."""
        found = [("", "", text) for name, text in self.faults.items() if not name]
        return found + [
            (f"{self.prefix}-{one.name}", one.label, self.faults[one.name])
            for one in fields_of(self.kind)
            if one.name in self.faults
        ]

    def is_open(self, section: Section) -> bool:
        """Return whether a section is shown unfolded."""
        changed = {one.field.name for one in self.differences or ()}
        return any(one.name in self.faults or one.name in changed for one in section.fields)

    def actions(self, one: Field) -> Mapping[str, str]:
        """Return what can be done with a secret; the first is usual."""
        has = self.stored is not None and bool(_SECRETS[one.name](self.stored))
        made, given = {MAKE: "Make a new one"}, {SET: "Use this one:"}
        if has:
            removed = {REMOVE: "Remove it"} if one.can_be_removed else {}
            new = made if one.can_be_made else {}
            return {KEEP: "Keep the stored one", **new, **given, **removed}
        if one.name == "token" and self.stored is None:
            return {**made, **given, NONE: "None"}
        return {NONE: "None", **(made if one.can_be_made else {}), **given}
