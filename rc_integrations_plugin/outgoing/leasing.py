"""Takes deliveries that are due, with all that is needed to make them.

Called by threads that may wait for the database.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.outgoing.gate import CircuitGate
from rc_integrations_plugin.outgoing.shares import Ask
from rc_integrations_plugin.services import Services


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was found."""

    deliveries: Sequence[Delivery] = ()
    """To be made now."""
    integrations: Mapping[str, OutgoingIntegration]
    """Theirs, as they are now; those that were removed are missing."""
    leased: int = 0
    """How many were due, with those that have to wait."""
    next_due: datetime | None = None
    """When to look again, where nothing was due; None for no known time."""


class Leaser:
    """Takes what is due."""

    def __init__(self, services: Services, gate: CircuitGate) -> None:
        self._services = services
        self._gate = gate
        self._limits: dict[str, int] = {}
        """Of integrations that were seen and have a limit of their own."""

    def take(self, ask: Ask, held: Mapping[str, int], *, now: datetime) -> Batch:
        """Lease deliveries.

        Args:
            ask: how many, of which.
            held: by integration, how many are under way here.
            now: the time.
        """
        deliveries, settings = self._services.deliveries, self._services.settings
        leased = deliveries.lease(
            now=now,
            lease=new_id(),
            lease_seconds=settings.delivery_lease_seconds,
            limit=ask.limit,
            per_integration=ask.per_integration,
            limits={one: min(own, ask.per_integration) for one, own in self._limits.items()},
            busy=ask.busy,
        )
        if not leased:
            return Batch(integrations={}, next_due=deliveries.next_due())
        wanted = {one.integration_id for one in leased}
        integrations = self._services.integrations.outgoing_by_ids(wanted)
        fitting = self._within_limits(leased, integrations, held)
        return Batch(
            deliveries=self._gate.admit(fitting, integrations, now=now),
            integrations=integrations,
            leased=len(leased),
        )

    def _within_limits(
        self,
        leased: Sequence[Delivery],
        integrations: Mapping[str, OutgoingIntegration],
        held: Mapping[str, int],
    ) -> list[Delivery]:
        """Learn limits that integrations have of their own, and give back what is above them."""
        for integration in integrations.values():
            if integration.calls_at_once is None:
                self._limits.pop(integration.id, None)
            else:
                self._limits[integration.id] = integration.calls_at_once
        counted = Counter(held)
        fitting: list[Delivery] = []
        above: list[Delivery] = []
        for delivery in leased:
            counted[delivery.integration_id] += 1
            limit = self._limits.get(delivery.integration_id)
            is_above = limit is not None and counted[delivery.integration_id] > limit
            (above if is_above else fitting).append(delivery)
        if above:
            self._services.deliveries.release(above)
        return fitting
