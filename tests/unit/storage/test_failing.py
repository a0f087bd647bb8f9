"""Which integrations fail, and lists in the order of what they did."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import Part
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.storage.calls import CallStore
from rc_integrations_plugin.storage.circuits import CircuitStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import (
    NOON,
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    """Integrations that are called as what became of them."""
    store, calls, deliveries = IntegrationStore(engine), CallStore(engine), DeliveryStore(engine)
    for name, past in [
        ("quiet", []),
        ("well", [(NOON - 2 * HOUR, CallOutcome.POSTED)]),
        ("mended", [(NOON - HOUR, CallOutcome.POSTED), (NOON - 3 * HOUR, CallOutcome.FAILED)]),
        ("failed long ago", [(NOON - 9 * DAY, CallOutcome.REFUSED)]),
        ("mended long ago", [(NOON - 9 * DAY, CallOutcome.POSTED)] * 2),
    ]:
        hook = make_incoming(name=name)
        store.add(hook)
        for at, outcome in past:
            calls.add(make_call(integration_id=hook.id, called_at=at, outcome=outcome))
    bridge, circuit = make_outgoing(name="retries"), make_outgoing(name="open circuit")
    store.add(bridge)
    store.add(circuit)
    delivery = make_delivery(integration_id=bridge.id)
    retrying = [
        make_attempt(delivery, number=n, started_at=NOON - n * HOUR / 4, outcome=outcome)
        for n, outcome in enumerate((DeliveryOutcome.RETRYING,) * 2)
    ]
    deliveries.open([delivery], attempts=retrying)
    CircuitStore(engine).update(circuit.id, lambda one: dataclasses.replace(one, open_until=NOON))
    return store


def names(store: IntegrationStore, *sort: tuple[str, int], **wanted: bool) -> list[str]:
    described = IntegrationFilter(failures_since=NOON - DAY, **wanted)  # type: ignore[arg-type]
    found, total = store.page(described, sort=[*sort, ("name", 1)], offset=0, count=100)
    assert total == len(found)
    return [one.name for one in found]


def test_failing_are_those_that_somebody_should_look_after(store: IntegrationStore) -> None:
    assert names(store, failing=True) == ["failed long ago", "mended", "open circuit", "retries"]


def test_for_owners_of_rooms_counts_what_happened_since_it_is_about_them(engine: Engine) -> None:
    store = IntegrationStore(engine)
    places = {"channels": ("#a",), "channel_ids": {"#a": "a"}, "rooms_since": NOON}
    hook = make_incoming(**places)
    bridge = make_outgoing(**places, listens_to=("#a",))
    for one in (hook, bridge):
        store.add(one)
    before, failed = NOON - HOUR, CallOutcome.FAILED
    CallStore(engine).add(make_call(integration_id=hook.id, called_at=before, outcome=failed))
    delivery = make_delivery(integration_id=bridge.id, created_at=before)
    late = make_attempt(delivery, started_at=NOON + HOUR, outcome=DeliveryOutcome.FAILED)
    DeliveryStore(engine).open([delivery], attempts=[late])

    def failing(maker_id: str | None) -> set[str]:
        parts = dict.fromkeys(IntegrationType, Part(maker_id, frozenset({"a"})))
        wanted = IntegrationFilter(failing=True, failures_since=NOON - DAY, made_by=parts)
        found, _total = store.page(wanted, sort=[("last_at", -1)], offset=0, count=9)
        return {one.id for one in found}

    assert failing(None) == set()
    assert failing("another") == set()
    assert failing(hook.created_by.id) == {hook.id, bridge.id}


def test_lists_are_sorted_by_the_last_call(store: IntegrationStore) -> None:
    newest_first = names(store, ("last_at", -1))

    assert newest_first[:3] == ["retries", "mended", "well"]
    assert newest_first[-2:] == ["open circuit", "quiet"]
    assert names(store, ("last_at", 1))[:2] == ["open circuit", "quiet"]


def test_lists_are_sorted_by_failures(store: IntegrationStore) -> None:
    assert names(store, ("failures", -1))[:3] == ["retries", "mended", "failed long ago"]
    assert names(store, ("failures", 1))[-2:] == ["mended", "retries"]


def test_what_the_server_switched_off_is_told_from_what_people_did(store: IntegrationStore) -> None:
    store.add(make_incoming(name="by people", enabled=False))
    store.add(make_incoming(name="by server", enabled=False, disabled_reason="room gone"))

    assert names(store, switched_off=True) == ["by server"]
    assert names(store, enabled=False) == ["by people", "by server"]
