"""Who gets which delivery, when and in which order."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, update

from rc_integrations_plugin.integrations.deliveries import Delivery, DeliveryResult
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.tables import deliveries
from tests.factories import NOON, make_attempt, make_delivery

SOON = NOON + timedelta(seconds=10)
"""All rows of `open_many` are due then."""


@pytest.fixture
def store(engine: Engine) -> DeliveryStore:
    return DeliveryStore(engine)


def lease(store: DeliveryStore, *, now: datetime = SOON, **options: Any) -> list[Delivery]:
    values: dict[str, Any] = {
        "lease": new_id(),
        "lease_seconds": 30,
        "limit": 100,
        "per_integration": 100,
        "limits": {},
    }
    return store.lease(now=now, **values | options)


def open_many(store: DeliveryStore, **counts: int) -> None:
    """Open as many deliveries of each integration as is said; `a3` is the fourth one of `a`."""
    store.open(
        [
            make_delivery(
                id=f"{integration_id}{number}",
                integration_id=integration_id,
                created_at=NOON + timedelta(microseconds=number),
            )
            for integration_id, count in counts.items()
            for number in range(count)
        ]
    )


def ids(found: Sequence[Delivery]) -> list[str]:
    return [delivery.id for delivery in found]


def per_integration(found: Sequence[Delivery]) -> dict[str, int]:
    return dict(Counter(delivery.integration_id for delivery in found))


def run_all(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of them at once, in threads, and return their results."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(timeout=30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_leased_delivery_is_as_it_was_opened_but_for_its_lease(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1", data={"text": "\x00\ud800"})])

    (leased,) = lease(store, lease="l1")

    assert leased == make_delivery(id="d1", data={"text": "\x00\ud800"}, lease="l1")
    assert store.find("d1") == leased


def test_what_is_leased_is_leased_by_nobody_else(store: DeliveryStore) -> None:
    open_many(store, a=3)

    first = lease(store, limit=2)
    second = lease(store)

    assert ids(first) == ["a0", "a1"]
    assert ids(second) == ["a2"]
    assert lease(store) == []


def test_nothing_is_leased_before_it_is_due(store: DeliveryStore) -> None:
    store.open([make_delivery(created_at=NOON)])

    assert lease(store, now=NOON - timedelta(microseconds=1)) == []
    assert len(lease(store, now=NOON)) == 1


def test_a_lease_that_ran_out_is_leased_again(store: DeliveryStore) -> None:
    open_many(store, a=1)
    lease(store, lease="dead", lease_seconds=30)

    early = lease(store, now=SOON + timedelta(seconds=29))
    (again,) = lease(store, now=SOON + timedelta(seconds=30), lease="alive")

    assert early == []
    assert (again.id, again.lease) == ("a0", "alive")


def test_a_renewed_lease_lasts_longer(store: DeliveryStore) -> None:
    open_many(store, a=2)
    lease(store, lease="kept", limit=1)
    lease(store, lease="lost", limit=1)

    store.renew(["kept", "unknown"], until=SOON + timedelta(minutes=5))

    assert ids(lease(store, now=SOON + timedelta(minutes=1))) == ["a1"]
    assert store.next_due() is not None


def test_an_integration_s_deliveries_come_in_the_order_in_which_they_were_made(
    store: DeliveryStore,
) -> None:
    open_many(store, a=250)

    found = [one for _ in range(5) for one in lease(store, limit=50, per_integration=250)]

    assert ids(found) == [f"a{number}" for number in range(250)]


def test_given_back_ones_keep_their_place(store: DeliveryStore) -> None:
    open_many(store, a=4)
    taken = lease(store, limit=2)

    store.release(taken)

    assert ids(lease(store)) == ["a0", "a1", "a2", "a3"]


def test_given_back_ones_may_have_to_wait(store: DeliveryStore) -> None:
    open_many(store, a=1)

    store.release(lease(store), due_at=SOON + timedelta(hours=1))

    assert lease(store) == []
    assert store.next_due() == SOON + timedelta(hours=1)
    found = store.find("a0")
    assert found is not None
    assert found.lease is None


def test_who_lost_a_lease_gives_nothing_back(store: DeliveryStore) -> None:
    open_many(store, a=1)
    lost = lease(store, lease="dead")
    lease(store, lease="alive", now=SOON + timedelta(hours=1))

    store.release(lost)

    found = store.find("a0")
    assert found is not None
    assert found.lease == "alive"


@pytest.mark.parametrize("size", [10, 400])
def test_integrations_share_alike(store: DeliveryStore, size: int) -> None:
    open_many(store, a=size, b=size, c=size)

    assert per_integration(lease(store, limit=9)) == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize("size", [20, 400])
def test_what_some_do_not_need_is_for_the_others(store: DeliveryStore, size: int) -> None:
    open_many(store, big=size, small=2, tiny=1)

    assert per_integration(lease(store, limit=12)) == {"big": 9, "small": 2, "tiny": 1}


@pytest.mark.parametrize("size", [5, 100])
def test_everybody_s_turn_comes_when_few_are_asked_for(store: DeliveryStore, size: int) -> None:
    open_many(store, a=size, b=size, c=size)

    found = [one for _ in range(9) for one in lease(store, limit=1)]

    assert per_integration(found) == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize("size", [5, 100])
def test_a_few_of_very_many_integrations_are_taken_in_turn(store: DeliveryStore, size: int) -> None:
    open_many(store, **{f"i{number:03}": 2 for number in range(size)})

    found = [one for _ in range(size) for one in lease(store, limit=1)]

    assert per_integration(found) == {f"i{number:03}": 1 for number in range(size)}


@pytest.mark.parametrize("size", [9, 400])
def test_no_more_of_an_integration_are_under_way_than_allowed(
    store: DeliveryStore, size: int
) -> None:
    open_many(store, a=size, b=2)

    first = lease(store, per_integration=4)
    second = lease(store, per_integration=4)
    more = lease(store, per_integration=5)

    assert per_integration(first) == {"a": 4, "b": 2}
    assert second == []
    assert ids(more) == ["a4"]


def test_finished_and_lost_ones_are_not_under_way(store: DeliveryStore) -> None:
    open_many(store, a=9)
    first, _ = lease(store, per_integration=2)
    store.finish([DeliveryResult(delivery=first, attempt=make_attempt(first))], now=SOON)

    third = lease(store, per_integration=2)
    after = lease(store, per_integration=2, now=SOON + timedelta(hours=1))

    assert ids(third) == ["a2"]
    assert len(after) == 2


@pytest.mark.parametrize("size", [9, 400])
def test_an_integration_may_have_a_limit_of_its_own(store: DeliveryStore, size: int) -> None:
    open_many(store, a=size, b=size, c=size)

    found = lease(store, per_integration=3, limits={"a": 1, "b": 5})

    assert per_integration(found) == {"a": 1, "b": 5, "c": 3}


@pytest.mark.parametrize("size", [9, 400])
def test_busy_integrations_are_left_out(store: DeliveryStore, size: int) -> None:
    open_many(store, a=size, b=1)

    found = lease(store, busy=frozenset({"a"}))

    assert ids(found) == ["b0"]


def test_nothing_is_leased_for_nobody(engine: Engine, store: DeliveryStore) -> None:
    open_many(store, a=1)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    assert lease(store, limit=0) == []
    assert statements == []


def test_looking_for_nothing_locks_nothing(engine: Engine, store: DeliveryStore) -> None:
    open_many(store, a=500)
    lease(store, per_integration=1)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    assert lease(store, per_integration=1) == []
    assert lease(store, now=NOON - timedelta(days=1)) == []
    assert [one for one in statements if not one.lstrip().startswith(("SELECT", "WITH"))] == []
    assert [one for one in statements if "pg_advisory" in one] == []


def test_neither_finished_nor_all_due_deliveries_are_read(
    engine: Engine, store: DeliveryStore
) -> None:
    open_many(store, a=3000, b=100, **{f"i{number}": 1 for number in range(50)})
    finished = update(deliveries).where(deliveries.c.integration_id == "b").values(due_at=None)
    with engine.begin() as connection:
        connection.execute(finished)
        connection.exec_driver_sql("ANALYZE")
    sent: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2:4]))

    found = lease(store, limit=30, per_integration=10)

    assert per_integration(found).keys() <= {"a", *(f"i{number}" for number in range(50))}
    assert len(found) == 30
    assert len(sent) <= 9
    plans = explain(engine, [one for one in sent if one[0].split()[0] in {"SELECT", "WITH"}])
    assert "ix_rc_integration_deliveries_due" in plans
    assert "ix_rc_integration_deliveries_integration_id_created_at" not in plans
    # PostgreSQL's words and SQLite's, for reading a whole table or index
    assert "Seq Scan on rc_integration_deliveries" not in plans
    assert "SCAN rc_integration_deliveries" not in plans


def explain(engine: Engine, statements: Sequence[tuple[str, Any]]) -> str:
    """Return how the database would execute statements, in its own words."""
    how = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with engine.connect() as connection:
        lines = [
            str(row)
            for statement, values in statements
            for row in connection.exec_driver_sql(f"{how} {statement}", values)
        ]
    return "\n".join(lines)


def test_waiting_ones_can_be_put_off_in_the_same_order(store: DeliveryStore) -> None:
    open_many(store, a=600)
    taken = lease(store, limit=1)
    open_many(store, b=1)
    until = SOON + timedelta(minutes=10)

    assert store.postpone("a", until=until, now=SOON) == 599

    assert ids(lease(store, lease_seconds=3600)) == ["b0"]
    assert ids(taken) == ["a0"]
    store.renew([taken[0].lease or ""], until=until + timedelta(hours=1))
    found = [one for _ in range(6) for one in lease(store, now=until, per_integration=900)]
    assert ids(found) == [f"a{number}" for number in range(1, 600)]


def test_a_lease_that_ran_out_is_put_off_too(store: DeliveryStore) -> None:
    open_many(store, a=1)
    lease(store)
    later = SOON + timedelta(hours=1)

    assert store.postpone("a", until=later + timedelta(hours=1), now=later) == 1

    found = store.find("a0")
    assert found is not None
    assert found.lease is None


def test_what_was_put_off_before_its_first_attempt_can_be_hastened(store: DeliveryStore) -> None:
    later = NOON + timedelta(hours=1)
    new, retry, leased, other = (
        make_delivery(id="new", integration_id="a"),
        make_delivery(id="retry", integration_id="a", attempts=1),
        make_delivery(id="leased", integration_id="a"),
        make_delivery(id="other", integration_id="b"),
    )
    store.open([leased])
    assert ids(lease(store)) == ["leased"]
    store.open([new, retry, other])
    for integration_id in ("a", "b"):
        store.postpone(integration_id, until=later, now=SOON)

    hastened = store.hasten("a", now=SOON)

    assert hastened == 1
    assert ids(lease(store)) == ["new"]


def test_it_is_known_when_something_is_due(store: DeliveryStore) -> None:
    assert (store.next_due(), store.has_due(SOON)) == (None, False)
    open_many(store, a=1)

    assert store.next_due() == NOON
    assert store.has_due(NOON)
    assert not store.has_due(NOON - timedelta(microseconds=1))


def test_workers_at_once_never_get_the_same_delivery(engine: Engine, address: str) -> None:
    open_many(DeliveryStore(engine), a=100, b=50, c=50)
    engines = [create_engine(address) for _ in range(4)]

    def work(own: Engine) -> list[Delivery]:
        store, found = DeliveryStore(own), []
        while leased := lease(store, limit=7):
            found += leased
        return found

    shares = run_all([partial(work, own) for own in engines])

    found = [delivery.id for share in shares for delivery in share]
    assert len(found) == len(set(found)) == 200
    for own in engines:
        own.dispose()


def test_workers_at_once_keep_to_the_limit_together(engine: Engine, address: str) -> None:
    open_many(DeliveryStore(engine), a=200)
    engines = [create_engine(address) for _ in range(4)]
    stores = [DeliveryStore(own) for own in engines]

    shares = run_all([partial(lease, one, per_integration=5) for one in stores])

    assert sum(len(share) for share in shares) == 5
    for own in engines:
        own.dispose()


def test_what_is_opened_meanwhile_is_leased_as_well(engine: Engine, address: str) -> None:
    engines = [create_engine(address) for _ in range(3)]
    opener, *workers = (DeliveryStore(own) for own in engines)
    is_open = threading.Event()

    def open_all() -> list[Delivery]:
        for number in range(100):
            opener.open([make_delivery(id=f"d{number}")])
        is_open.set()
        return []

    def work(store: DeliveryStore) -> list[Delivery]:
        found: list[Delivery] = []
        while True:
            was_open = is_open.is_set()
            leased = lease(store, limit=10)
            store.finish(
                [DeliveryResult(delivery=one, attempt=make_attempt(one)) for one in leased],
                now=SOON,
            )
            found += leased
            if was_open and not leased:
                return found

    shares = run_all([open_all, *(partial(work, one) for one in workers)])

    found = [delivery.id for share in shares for delivery in share]
    assert sorted(found) == sorted(f"d{number}" for number in range(100))
    assert opener.next_due() is None
    for own in engines:
        own.dispose()
