"""The scripts that an integration has had: looking at them, and putting one back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rc_integrations_plugin.errors import InvalidParams, NothingFound
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.script_diff import ScriptDiff
from rc_integrations_plugin.management.incoming import update_incoming
from rc_integrations_plugin.management.outgoing import update_outgoing
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.documents import json_time
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.script_versions import ScriptVersion


def list_versions(
    services: Services, manager: Manager, integration: Integration
) -> Sequence[ScriptVersion]:
    """Return what is known of an integration's scripts, the newest first: the one that it has.

    Args:
        services: where they are.
        manager: who asks, and may manage the integration.
        integration: which one.
    """
    found = services.script_versions.of(integration.id)
    if not found and integration.script:
        # it is older than the table of versions, and becomes the first when it changes
        by = integration.updated_by or integration.created_by
        return [ScriptVersion(1, integration.updated_at, by, len(integration.script))]
    since = past_of(manager, integration)
    return [one for one in found if since is None or one is found[0] or one.saved_at >= since]


def load_version(
    services: Services, manager: Manager, integration: Integration, number: int
) -> tuple[ScriptVersion, str]:
    """Return a version and its text.

    Raises:
        NothingFound: there is none, or it was not kept, or he may not see it.
    """
    known = list_versions(services, manager, integration)
    if number not in {one.number for one in known}:
        raise NothingFound("There is no such version of the script.")
    found = services.script_versions.find(integration.id, number)
    return found or (known[0], integration.script or "")


def roll_back(
    services: Services,
    manager: Manager,
    integration: Integration,
    number: int,
    *,
    version: datetime | None = None,
    is_forced: bool = False,
) -> Integration:
    """Store the text of an old version as the script, and return the integration.

    Args:
        services: where it is stored.
        manager: who wants it, and may manage the integration.
        integration: as it is.
        number: of the version.
        version: the integration's `updated_at` that he has seen; None is the one that was read.
        is_forced: whether it is stored though it breaks tests.

    Raises:
        NothingFound: there is no such version for him.
        InvalidParams: that is the script that it has.
        ApiError: something in the integration cannot be, such as the script.
        ChangedMeanwhile: somebody else changed the integration.
    """
    _, text = load_version(services, manager, integration, number)
    if text == (integration.script or ""):
        raise InvalidParams(f"Version {number} is the script that the integration has")
    seen = version or integration.updated_at
    if isinstance(integration, OutgoingIntegration):
        changed = OutgoingForm(
            integration_id=integration.id,
            name=integration.name,
            enabled=integration.enabled,
            script_enabled=integration.script_enabled,
            script=text,
            force_script=is_forced,
        )
        return update_outgoing(services, manager, changed, version=seen).integration
    form = IncomingForm(
        integration_id=integration.id,
        name=integration.name,
        enabled=integration.enabled,
        channel=",".join(integration.channels),
        script_enabled=integration.script_enabled,
        script=text,
        force_script=is_forced,
    )
    return update_incoming(services, manager, form, version=seen).integration


def version_document(version: ScriptVersion, *, is_current: bool) -> dict[str, Any]:
    """Return a version as JSON, without its text."""
    return {
        "version": version.number,
        "savedAt": json_time(version.saved_at),
        "savedBy": {"_id": version.saved_by.id, "username": version.saved_by.username},
        "characters": version.characters,
        "current": is_current,
    }


def difference_document(difference: ScriptDiff, *, old: int, new: int) -> dict[str, Any]:
    """Return what differs from one version to another as JSON."""
    lines = [
        {"kind": line.kind.value, "old": line.old, "new": line.new, "text": line.text}
        for line in difference.lines
    ]
    return {"old": old, "new": new, "cut": difference.is_cut, "lines": lines}
