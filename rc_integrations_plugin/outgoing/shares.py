"""How many calls a worker may begin, and of which integrations. Rules only."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What to lease."""

    limit: int
    """So many deliveries at most."""
    per_integration: int
    """So many of one integration at most, with those that are under way."""
    busy: frozenset[str]
    """Integrations that have as many under way."""


def what_to_ask(held: Mapping[str, int], *, places: int, most_of_one: int) -> Ask:
    """Return what may be leased now.

    Receivers that hang hold their places for long. So once half of all places is taken, an
    integration may hold the fewer of them the fewer are left, and no step takes more than half of
    what is free: there is always a place for one that has none yet.

    Args:
        held: by integration, how many calls are under way.
        places: how many may be under way in all.
        most_of_one: how many of one integration, where there is room.
    """
    free = max(places - sum(held.values()), 0)
    share = min(most_of_one, places)
    if free * 2 < places:
        share = max(share * free * 2 // places, 1)
    return Ask(
        limit=(free + 1) // 2,
        per_integration=share,
        busy=frozenset(one for one, count in held.items() if count >= share),
    )
