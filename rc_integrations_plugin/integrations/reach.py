"""Which rooms an integration is about, where it is about rooms alone.

What counts are the ids of the time when it was saved: names may mean other rooms by now.
`storage/reach.py` asks the same of rows.
"""

from collections.abc import Mapping
from typing import Any

from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration


def rooms_of(integration: IncomingIntegration | OutgoingIntegration) -> frozenset[str] | None:
    """Return the ids of all rooms that it is about; None where it reaches anything else.

    Else are persons, all rooms of a kind, rooms that a call names, and names without an id.
    """
    if not integration.channels:
        return None
    if isinstance(integration, IncomingIntegration):
        return None if integration.override_destination else _ids(integration, ())
    if integration.event not in EVENTS_WITH_CHANNELS or not integration.listens_to:
        return None
    target = () if integration.target_room is None else (integration.target_room,)
    named = _ids(integration, target)
    if named is None or not all(place.startswith("#") for place in integration.listens_to):
        return None
    return named | {place[1:] for place in integration.listens_to}


def is_about(integration: OutgoingIntegration, data: Mapping[str, Any]) -> bool:
    """Return whether an integration may be told of an event with these data, as it is now.

    Who owns all its rooms may have given it another URL or script since the event.
    """
    rooms = rooms_of(integration)
    # a list: who makes an event up may give an id that cannot be hashed
    return rooms is None or data.get("channel_id") in [*rooms]


def bounds_of(integration: IncomingIntegration | OutgoingIntegration) -> frozenset[str] | None:
    """Return the only rooms where it may post; None for any.

    One that is bound to its rooms is free once somebody who may has it reach anything else.
    """
    return rooms_of(integration) if integration.bound_to_rooms else None


def _ids(
    integration: IncomingIntegration | OutgoingIntegration, more: tuple[str, ...]
) -> frozenset[str] | None:
    ids: set[str] = set()
    for place in (*integration.channels, *more):
        if place.startswith("@") or place not in integration.channel_ids:
            return None
        ids.add(integration.channel_ids[place])
    return frozenset(ids)
