"""Lets calls to receivers wait that fail for long: the circuits of delivery/circuit.py in use.

Called by threads that may wait for the database.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from rc_integrations_plugin.delivery.circuit import (
    CLOSED,
    Circuit,
    CircuitPolicy,
    CircuitState,
    after_failure,
    is_hopeless,
    state_of,
)
from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryResult
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing import owner
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import Settings

HOPELESS = "The receiver failed too often and for too long"
_PROBE_LOOK = timedelta(seconds=1)
"""How often calls look that wait for what becomes of the probe."""
_by_integration = attrgetter("integration_id")


def read_policy(settings: Settings) -> CircuitPolicy:
    """Return how much failing opens a circuit."""
    return CircuitPolicy(
        failures=settings.circuit_failures,
        failing_for=timedelta(seconds=settings.circuit_failing_seconds),
        open_for=timedelta(seconds=settings.circuit_open_seconds),
        longest_open=timedelta(seconds=settings.circuit_longest_open_seconds),
        openings=settings.circuit_openings,
    )


class CircuitGate:
    """Knows which integrations fail."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._policy = read_policy(services.settings)
        self._failing: set[str] = set()
        """Those whose circuit a success has to close."""

    def admit(
        self,
        leased: Sequence[Delivery],
        integrations: Mapping[str, OutgoingIntegration],
        *,
        now: datetime,
    ) -> list[Delivery]:
        """Return the deliveries that may go out; the others are given back until later."""
        circuits = self._services.circuits.load_all({one.integration_id for one in leased})
        self._failing |= circuits.keys()
        admitted: list[Delivery] = []
        for integration_id, group in groupby(sorted(leased, key=_by_integration), _by_integration):
            deliveries, integration = list(group), integrations.get(integration_id)
            circuit = circuits.get(integration_id, CLOSED)
            if integration is not None and integration.enabled:
                deliveries = self._admit(deliveries, integration, circuit, now=now)
            admitted += deliveries
        return admitted

    def record(self, results: Iterable[DeliveryResult], *, now: datetime) -> list[str]:
        """Note what receivers did; return the integrations that are to be switched off."""
        ordered = sorted(results, key=lambda one: one.delivery.integration_id)
        hopeless = []
        for integration_id, group in groupby(ordered, lambda one: one.delivery.integration_id):
            failed = [one.receiver_failed for one in group if one.receiver_failed is not None]
            if failed:
                if self._is_hopeless_after(integration_id, failed, now=now):
                    hopeless.append(integration_id)
            elif integration_id in self._failing:
                # a script may have wanted no call
                self._services.circuits.end_probe(integration_id)
        return hopeless

    def switch_off(self, integration_id: str) -> None:
        """Switch an integration off whose receiver is hopeless. Needs the host's app context."""
        integration = self._services.integrations.find_outgoing(integration_id)
        if integration is not None:
            owner.switch_off(self._services, integration, reason=HOPELESS)
        self._services.circuits.forget(integration_id)
        self._failing.discard(integration_id)

    def _admit(
        self,
        deliveries: list[Delivery],
        integration: OutgoingIntegration,
        circuit: Circuit,
        *,
        now: datetime,
    ) -> list[Delivery]:
        state = state_of(circuit, now=now)
        if state is CircuitState.CLOSED:
            return deliveries
        if state is CircuitState.HALF_OPEN:
            lasting = self._lasting(integration)
            is_ours = self._services.circuits.try_probe(integration.id, now, lasting)
            admitted, waiting = (deliveries[:1], deliveries[1:]) if is_ours else ([], deliveries)
            self._services.deliveries.release(waiting, due_at=now + _PROBE_LOOK)
            return admitted
        until = circuit.open_until
        if until is None or until <= now:  # the probe is under way
            self._services.deliveries.release(deliveries, due_at=now + _PROBE_LOOK)
        else:
            self._services.deliveries.release(deliveries, due_at=until)
            self._services.deliveries.postpone(integration.id, until=until)
        return []

    def _lasting(self, integration: OutgoingIntegration) -> timedelta:
        """Return after what time somebody who makes the probe is taken for lost."""
        settings = self._services.settings
        call = integration.timeout_seconds or settings.http_timeout_seconds
        return timedelta(seconds=call + settings.delivery_lease_seconds)

    def _is_hopeless_after(
        self, integration_id: str, failed: Sequence[bool], *, now: datetime
    ) -> bool:
        """Note calls, in their order, and return whether the integration is to be switched off."""
        if not failed[-1]:
            if integration_id in self._failing:
                self._services.circuits.reset([integration_id])
                self._failing.discard(integration_id)
            return False
        self._failing.add(integration_id)
        change = _change(failed, self._policy, now=now)
        circuit = self._services.circuits.update(integration_id, change)
        if is_hopeless(circuit, self._policy):
            return True
        if circuit.open_until is not None and circuit.open_until > now:
            self._services.deliveries.postpone(integration_id, until=circuit.open_until)
        return False


def _change(
    failed: Sequence[bool], policy: CircuitPolicy, *, now: datetime
) -> Callable[[Circuit], Circuit]:
    def change(circuit: Circuit) -> Circuit:
        for one in failed:
            circuit = after_failure(circuit, policy, now=now) if one else CLOSED
        return circuit

    return change
