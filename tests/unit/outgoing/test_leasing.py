from datetime import UTC, datetime, timedelta

from rc_integrations_plugin.outgoing.gate import CircuitGate
from rc_integrations_plugin.outgoing.leasing import Leaser
from rc_integrations_plugin.outgoing.shares import Ask
from tests.factories import make_delivery, make_outgoing
from tests.hooks import Stage, stage

__all__ = ["stage"]


def test_what_is_above_an_integration_s_own_limit_keeps_its_place(stage: Stage) -> None:
    services, now = stage.services, datetime.now(UTC)
    integration = make_outgoing(calls_at_once=1)
    services.integrations.add(integration)
    made = [
        make_delivery(
            id=f"d{number}",
            integration_id=integration.id,
            created_at=now - timedelta(minutes=10 - number),
        )
        for number in range(6)
    ]
    services.deliveries.open(made)
    leaser = Leaser(services, CircuitGate(services))

    batch = leaser.take(Ask(limit=3, per_integration=9, busy=frozenset()), {}, now=now)

    assert [one.id for one in batch.deliveries] == ["d0"]
    left = services.deliveries.lease(
        now=now + timedelta(seconds=1), lease="x", lease_seconds=9, limit=9, per_integration=9
    )
    assert [one.id for one in left] == ["d1", "d2", "d3", "d4", "d5"]
