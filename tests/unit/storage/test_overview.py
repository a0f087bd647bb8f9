"""What lists tell of each integration's past."""

from datetime import timedelta

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.overview import Overview
from tests.factories import (
    NOON,
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)

HOUR = timedelta(hours=1)


def test_the_last_call_of_a_hook_and_its_failures_are_told(services: Services) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    for hours, outcome in [
        (0, CallOutcome.POSTED),
        (1, CallOutcome.SCRIPT_FAILED),
        (2, CallOutcome.REFUSED),
        (40, CallOutcome.FAILED),
    ]:
        services.calls.add(
            make_call(integration_id=hook.id, called_at=NOON - hours * HOUR, outcome=outcome)
        )

    found = services.overview.of_all([hook.id], since=NOON - 24 * HOUR)

    assert found == {
        hook.id: Overview(last_at=NOON, last_outcome=CallOutcome.POSTED, failures=2),
    }


def test_attempts_of_outgoing_integrations_count_in_the_same_way(services: Services) -> None:
    bridge, quiet = make_outgoing(), make_outgoing()
    services.integrations.add(bridge)
    services.integrations.add(quiet)
    delivery = make_delivery(integration_id=bridge.id)
    attempts = [
        make_attempt(delivery, started_at=NOON - HOUR, outcome=DeliveryOutcome.RETRYING),
        make_attempt(delivery, started_at=NOON, number=1, outcome=DeliveryOutcome.DELIVERED),
    ]
    services.deliveries.open([delivery], attempts=attempts)

    found = services.overview.of_all([bridge.id, quiet.id], since=NOON - 24 * HOUR)

    assert found == {
        bridge.id: Overview(last_at=NOON, last_outcome=DeliveryOutcome.DELIVERED, failures=1),
        quiet.id: Overview(),
    }


@pytest.mark.parametrize("ids", [[], ["none"]], ids=["nobody", "a stranger"])
def test_what_is_not_there_has_no_past(services: Services, ids: list[str]) -> None:
    assert services.overview.of_all(ids, since=NOON) == {one: Overview() for one in ids}
