"""Switching integrations on and off, and removing them, by a user who may."""

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import read_manager, type_of
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.incoming import update_incoming
from rc_integrations_plugin.management.outgoing import update_outgoing
from rc_integrations_plugin.management.saved import (
    Integration,
    editor_of,
    find_managed,
    nothing_found,
)
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm
from rc_integrations_plugin.services import Services


def load_managed(services: Services, user: User, integration_id: str) -> Integration:
    """Return the integration with this id.

    Raises:
        NothingFound: there is none, or the user may not manage it.
    """
    found = find_managed(services, user, integration_id)
    if found is None:
        raise nothing_found()
    return found


def set_enabled(
    services: Services, user: User, integration_id: str, *, enabled: bool
) -> tuple[Integration, bool]:
    """Switch an integration on or off; return it, and whether it was the other way before.

    Raises:
        NothingFound: there is none, or the user may not manage it.
        ApiError: something in it cannot be (its room or its user is gone), or somebody else
            changed it just now.
    """
    old = load_managed(services, user, integration_id)
    if old.enabled is enabled:
        return old, False
    manager = read_manager(services.host, user, type_of(old))
    new: Integration
    if isinstance(old, OutgoingIntegration):
        changed = OutgoingForm(
            integration_id=old.id,
            name=old.name,
            enabled=enabled,
            script_enabled=old.script_enabled,
        )
        new = update_outgoing(services, manager, changed, version=old.updated_at).integration
    else:
        form = IncomingForm(
            integration_id=old.id,
            name=old.name,
            enabled=enabled,
            channel=",".join(old.channels),
            script_enabled=old.script_enabled,
        )
        new = update_incoming(services, manager, form, version=old.updated_at).integration
    return new, True


def remove(services: Services, user: User, integration_id: str) -> Integration:
    """Remove an integration with its history and what it has still to deliver, and return it.

    Raises:
        NothingFound: there is none, or the user may not manage it.
    """
    found = load_managed(services, user, integration_id)
    services.integrations.remove(found.id, by=editor_of(user))
    return found
