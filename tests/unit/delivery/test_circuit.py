from dataclasses import replace
from datetime import timedelta

import pytest

from rc_integrations_plugin.delivery.circuit import (
    CLOSED,
    Circuit,
    CircuitPolicy,
    CircuitState,
    after_failure,
    is_hopeless,
    state_of,
    wait_of,
)
from tests.factories import NOON

SECOND = timedelta(seconds=1)
POLICY = CircuitPolicy(
    failures=3,
    failing_for=10 * SECOND,
    open_for=60 * SECOND,
    longest_open=200 * SECOND,
    openings=4,
)


def failing(*at: int, circuit: Circuit = CLOSED) -> Circuit:
    """Return the circuit after failures so many seconds past noon."""
    for second in at:
        circuit = after_failure(circuit, POLICY, now=NOON + second * SECOND)
    return circuit


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ([], CircuitState.CLOSED),
        ([0, 20], CircuitState.CLOSED),
        pytest.param([0, 0, 0, 0, 9], CircuitState.CLOSED, id="many, but not for long"),
        pytest.param([0, 5, 10], CircuitState.OPEN, id="enough, and for long"),
    ],
)
def test_a_circuit_opens_when_enough_calls_failed_for_long(
    at: list[int], expected: CircuitState
) -> None:
    assert state_of(failing(*at), now=NOON + 10 * SECOND) is expected


def test_calls_wait_until_it_is_half_open() -> None:
    circuit = failing(0, 5, 10)

    assert wait_of(CLOSED, now=NOON) == timedelta(0)
    assert wait_of(circuit, now=NOON + 30 * SECOND) == 40 * SECOND
    assert wait_of(circuit, now=NOON + 70 * SECOND) == timedelta(0)
    assert state_of(circuit, now=NOON + 70 * SECOND) is CircuitState.HALF_OPEN


def test_only_one_call_is_the_probe() -> None:
    at = NOON + 70 * SECOND

    circuit = replace(failing(0, 5, 10), probe_until=at + 15 * SECOND)

    assert state_of(circuit, now=at) is CircuitState.OPEN
    assert wait_of(circuit, now=at) == 15 * SECOND


def test_a_probe_of_which_nothing_is_heard_gives_way_to_another() -> None:
    at = NOON + 70 * SECOND
    circuit = replace(failing(0, 5, 10), probe_until=at + 15 * SECOND)

    assert state_of(circuit, now=at + 15 * SECOND) is CircuitState.HALF_OPEN


def test_each_failed_probe_doubles_the_time_up_to_the_longest() -> None:
    circuit = failing(0, 5, 10)
    now = NOON + 10 * SECOND
    waits = []
    for _ in range(4):
        waits.append(wait_of(circuit, now=now).total_seconds())
        now += wait_of(circuit, now=now)
        circuit = replace(circuit, probe_until=now + 15 * SECOND)
        circuit = after_failure(circuit, POLICY, now=now)

    assert waits == [60, 120, 200, 200]


def test_after_a_failed_probe_nobody_waits_for_it_any_more() -> None:
    at = NOON + 70 * SECOND
    circuit = replace(failing(0, 5, 10), probe_until=at + 1000 * SECOND)

    failed = after_failure(circuit, POLICY, now=at)

    assert wait_of(failed, now=at) == 120 * SECOND


def test_calls_that_were_under_way_when_it_opened_change_nothing() -> None:
    circuit = failing(0, 5, 10)

    later = failing(11, 12, 13, circuit=circuit)

    assert (later.openings, later.open_until) == (circuit.openings, circuit.open_until)


def test_after_so_many_openings_it_is_hopeless() -> None:
    circuit = failing(0, 5, 10)
    openings = [is_hopeless(circuit, POLICY)]
    for _ in range(3):
        assert circuit.open_until is not None
        circuit = after_failure(circuit, POLICY, now=circuit.open_until)
        openings.append(is_hopeless(circuit, POLICY))

    assert openings == [False, False, False, True]


def test_many_openings_are_no_time_that_cannot_be_told() -> None:
    policy = CircuitPolicy(openings=10**6)
    circuit = Circuit(openings=10**5, open_until=NOON)

    reopened = after_failure(circuit, policy, now=NOON)

    assert wait_of(reopened, now=NOON) == policy.longest_open
