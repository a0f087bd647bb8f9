import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, event

from rc_integrations_plugin.delivery.circuit import CLOSED, Circuit, CircuitState, state_of
from rc_integrations_plugin.storage.circuits import CircuitStore
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
OPEN = Circuit(failures=9, failing_since=NOON, openings=2, open_until=NOON + MINUTE)


@pytest.fixture
def store(engine: Engine) -> CircuitStore:
    return CircuitStore(engine)


def fail(circuit: Circuit) -> Circuit:
    return replace(circuit, failures=circuit.failures + 1)


def test_an_integration_that_never_failed_has_no_row(store: CircuitStore) -> None:
    assert store.load_all(["a", "b"]) == {}
    assert store.load_all([]) == {}


def test_a_circuit_comes_back_as_it_was_stored(store: CircuitStore) -> None:
    changed = replace(OPEN, probe_until=NOON)

    assert store.update("a", lambda _: changed) == changed

    assert store.load_all(["a", "b"]) == {"a": changed}


def test_a_change_is_made_of_what_is_stored(store: CircuitStore) -> None:
    seen: list[Circuit] = []

    def change(circuit: Circuit) -> Circuit:
        seen.append(circuit)
        return fail(circuit)

    store.update("a", change)
    store.update("a", change)

    assert seen == [CLOSED, Circuit(failures=1)]
    assert store.load_all(["a"]) == {"a": Circuit(failures=2)}


def test_a_closed_circuit_needs_no_row(store: CircuitStore) -> None:
    store.update("a", lambda _: OPEN)

    assert store.update("a", lambda _: CLOSED) == CLOSED

    assert store.load_all(["a"]) == {}


def test_a_change_that_fails_changes_nothing(store: CircuitStore) -> None:
    def change(circuit: Circuit) -> Circuit:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.update("a", change)

    assert store.load_all(["a"]) == {}


def test_one_may_probe_when_the_time_has_come(store: CircuitStore) -> None:
    store.update("a", lambda _: OPEN)
    moment = NOON + MINUTE

    early = store.try_probe("a", moment - timedelta(microseconds=1), MINUTE)
    first = store.try_probe("a", moment, MINUTE)
    second = store.try_probe("a", moment, MINUTE)
    probing = store.load_all(["a"])["a"]
    third = store.try_probe("a", moment + MINUTE, MINUTE)

    assert (early, first, second, third) == (False, True, False, True)
    assert probing.probe_until == moment + MINUTE
    assert state_of(probing, now=moment) is CircuitState.OPEN


def test_a_probe_that_called_nobody_is_made_by_the_next(store: CircuitStore) -> None:
    moment = NOON + MINUTE
    store.update("a", lambda _: OPEN)
    store.try_probe("a", moment, MINUTE)

    store.end_probe("a")
    store.end_probe("fine")

    assert store.load_all(["a", "fine"]) == {"a": OPEN}
    assert store.try_probe("a", moment, MINUTE)


def test_a_closed_circuit_is_not_probed(store: CircuitStore) -> None:
    store.update("failing", fail)

    assert not store.try_probe("failing", NOON, MINUTE)
    assert not store.try_probe("fine", NOON, MINUTE)


def test_successes_close_circuits(store: CircuitStore) -> None:
    for name in ("a", "b", "c"):
        store.update(name, lambda _: OPEN)

    store.reset(["a", "b", "fine"])

    assert set(store.load_all(["a", "b", "c"])) == {"c"}


def test_successes_write_nothing_where_all_is_well(engine: Engine, store: CircuitStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.reset([f"i{number}" for number in range(100)])
    store.reset([])

    assert len(statements) == 1
    assert statements[0].startswith("SELECT")


def test_a_circuit_can_be_forgotten(store: CircuitStore) -> None:
    store.update("a", lambda _: OPEN)

    store.forget("a")

    assert store.load_all(["a"]) == {}


def test_no_failure_is_lost_when_many_happen_at_once(engine: Engine, address: str) -> None:
    engines = [create_engine(address) for _ in range(4)]
    start = threading.Barrier(len(engines))

    def work(own: Engine) -> None:
        store = CircuitStore(own)
        start.wait(timeout=30)
        for _ in range(10):
            store.update("a", fail)

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(work, engines))

    assert CircuitStore(engine).load_all(["a"]) == {"a": Circuit(failures=40)}
    for own in engines:
        own.dispose()


def test_one_of_many_probes(engine: Engine, address: str) -> None:
    CircuitStore(engine).update("a", lambda _: OPEN)
    engines = [create_engine(address) for _ in range(4)]
    start = threading.Barrier(len(engines))

    def work(own: Engine) -> bool:
        start.wait(timeout=30)
        return CircuitStore(own).try_probe("a", NOON + MINUTE, MINUTE)

    with ThreadPoolExecutor(len(engines)) as pool:
        granted = list(pool.map(work, engines))

    assert sorted(granted) == [False, False, False, True]
    for own in engines:
        own.dispose()
