"""The fields of the forms of both types."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rc_integrations_plugin.admin.form_field import Field, Section
from rc_integrations_plugin.admin.incoming_fields import INCOMING
from rc_integrations_plugin.admin.outgoing_fields import OUTGOING
from rc_integrations_plugin.integrations.records import IntegrationType

SECTIONS: Mapping[IntegrationType, Sequence[Section]] = MappingProxyType(
    {IntegrationType.INCOMING: INCOMING, IntegrationType.OUTGOING: OUTGOING}
)


def fields_of(kind: IntegrationType) -> Sequence[Field]:
    """Return all fields of a form, in their order."""
    return [one for section in SECTIONS[kind] for one in section.fields]
