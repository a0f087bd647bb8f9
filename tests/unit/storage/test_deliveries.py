import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryOutcome,
    DeliveryResult,
    Posted,
    Replay,
)
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.tables import attempts, deliveries
from tests.factories import NOON, make_attempt, make_clearing, make_delivery

LATER = NOON + timedelta(minutes=5)
HOSTILE = {"text": "a\x00b \ud800 \N{ROCKET}", "big": 10**15, "list": [1, None, {"\x00": "\udfff"}]}


@pytest.fixture
def store(engine: Engine) -> DeliveryStore:
    return DeliveryStore(engine)


def lease_one(store: DeliveryStore, *, lease: str = "lease", now: datetime = NOON) -> Delivery:
    (leased,) = store.lease(
        now=now, lease=lease, lease_seconds=30, limit=1, per_integration=9, limits={}
    )
    return leased


def ids(store: DeliveryStore, integration_id: str = "integration", **options: bool) -> list[str]:
    wanted = AttemptFilter(integration_id=integration_id)
    found, _ = store.page(wanted, offset=0, count=10_000, **options)
    return [attempt.id for attempt, _ in found]


def count_rows(engine: Engine) -> tuple[int, int]:
    """Return how many deliveries and attempts there are."""
    with engine.connect() as connection:
        return len(connection.execute(select(deliveries.c.id)).all()), len(
            connection.execute(select(attempts.c.id)).all()
        )


def test_a_delivery_comes_back_as_it_was_opened(store: DeliveryStore) -> None:
    delivery = make_delivery(
        trigger_word="build!",
        data={"token": "t", "text": "Ünïcode \N{ROCKET}", "nested": {"list": [1, 2.5, None]}},
        depth=2,
        replay=Replay(attempt_id="a1", sent={"url": "https://example.org", "headers": {}}),
    )

    store.open([delivery])

    assert store.find(delivery.id) == delivery


def test_what_no_database_takes_as_text_is_kept_in_json_and_replaced_in_texts(
    store: DeliveryStore,
) -> None:
    delivery = make_delivery(data=HOSTILE, trigger_word="\x00!", url="https://x.test/\ud800")
    attempt = make_attempt(
        delivery,
        sent=HOSTILE,
        steps=("\ud800",),
        response_body="\x00\udfff",
        response_headers={"x": "\x00"},
        error="\x00",
        console=(HOSTILE,),
        results=(HOSTILE,),
        messages={"answer": HOSTILE},
    )

    store.open([delivery], attempts=[attempt])

    found = store.find_attempt("integration", attempt.id)
    assert found is not None
    kept, opened = found
    assert (opened.data, opened.trigger_word, opened.url) == (
        HOSTILE,
        "\ufffd!",
        "https://x.test/\ufffd",
    )
    assert (kept.sent, kept.console, kept.results) == (HOSTILE, (HOSTILE,), (HOSTILE,))
    assert kept.messages == {"answer": HOSTILE}
    assert (kept.steps, kept.response_headers) == (("\ud800",), {"x": "\x00"})
    assert (kept.response_body, kept.error) == ("\ufffd\ufffd", "\ufffd")


def test_numbers_that_no_orjson_takes_are_kept(store: DeliveryStore) -> None:
    delivery = make_delivery(data={"number": 10**30})

    store.open([delivery])

    found = store.find(delivery.id)
    assert found is not None
    assert found.data["number"] == pytest.approx(10**30)


@pytest.mark.parametrize("unknown", ["", "x", "\x00", "\ud800"], ids=ascii)
def test_anything_else_finds_nothing(store: DeliveryStore, unknown: str) -> None:
    delivery = make_delivery()
    store.open([delivery], attempts=[make_attempt(delivery, id="a1")])

    assert store.find(unknown) is None
    assert store.find_attempt("integration", unknown) is None
    assert store.find_attempt(unknown, "a1") is None


@pytest.mark.parametrize("count", [1, 50])
def test_deliveries_are_opened_with_one_insert(
    engine: Engine, store: DeliveryStore, count: int
) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.open([make_delivery() for _ in range(count)])

    assert len(statements) == 1
    assert statements[0].startswith("INSERT INTO rc_integration_deliveries")


def test_nothing_to_open_asks_the_database_nothing(engine: Engine, store: DeliveryStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.open([])

    assert statements == []


def test_what_a_session_opens_is_stored_with_its_commit(
    engine: Engine, store: DeliveryStore
) -> None:
    delivery = make_delivery()

    with Session(engine) as session:
        store.open([delivery], session=session)
        before = store.find(delivery.id)
        session.commit()

    assert before is None
    assert store.find(delivery.id) == delivery


def test_what_a_session_opens_is_gone_with_its_rollback(
    engine: Engine, store: DeliveryStore
) -> None:
    delivery = make_delivery()

    with Session(engine) as session:
        store.open([delivery], attempts=[make_attempt(delivery)], session=session)
        session.rollback()

    assert count_rows(engine) == (0, 0)


def test_a_savepoint_takes_its_deliveries_back(engine: Engine, store: DeliveryStore) -> None:
    kept, undone = make_delivery(), make_delivery()

    with Session(engine) as session:
        store.open([kept], session=session)
        savepoint = session.begin_nested()
        store.open([undone], session=session)
        savepoint.rollback()
        session.commit()

    assert store.find(kept.id) == kept
    assert store.find(undone.id) is None


def test_errors_in_a_host_s_session_quote_no_data(engine: Engine, store: DeliveryStore) -> None:
    delivery = make_delivery(data={"token": "very secret"})
    store.open([delivery])

    with Session(engine) as session, pytest.raises(IntegrityError) as caught:
        store.open([delivery], session=session)

    assert "very secret" not in str(caught.value)


def test_errors_of_a_discreet_engine_quote_no_data(engine: Engine) -> None:
    discreet = engine.execution_options()
    discreet.hide_parameters = True
    store = DeliveryStore(discreet)
    delivery = make_delivery(data={"token": "very secret"})
    store.open([delivery])

    with pytest.raises(IntegrityError) as caught:
        store.open([delivery])

    assert "very secret" not in str(caught.value)


def test_of_two_deliveries_with_one_id_the_first_is_stored(store: DeliveryStore) -> None:
    first = make_delivery(data={"text": "first"})
    second = dataclasses.replace(first, data={"text": "second"})

    assert [store.open_once(one) for one in (first, second)] == [True, False]
    assert store.find(first.id) == first


def test_a_finished_delivery_can_be_opened_and_is_never_due(store: DeliveryStore) -> None:
    delivery = make_delivery(outcome=DeliveryOutcome.STOPPED, finished_at=NOON)
    attempt = make_attempt(delivery, outcome=DeliveryOutcome.STOPPED, error="too long")

    store.open([delivery], attempts=[attempt])

    assert store.next_due() is None
    assert store.find_attempt("integration", attempt.id) == (attempt, delivery)


def test_a_delivered_one_is_finished(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)
    attempt = make_attempt(leased)

    store.finish([DeliveryResult(delivery=leased, attempt=attempt)], now=LATER)

    found = store.find("d1")
    assert found is not None
    assert (found.outcome, found.finished_at) == (DeliveryOutcome.DELIVERED, LATER)
    assert (found.attempts, found.lease) == (1, None)
    assert store.next_due() is None
    assert store.find_attempt("integration", attempt.id) == (attempt, found)


def test_one_that_is_put_off_keeps_what_it_has_posted(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)
    store.mark_posted(leased, Posted.PREPARE)

    store.finish(
        [DeliveryResult(delivery=leased, attempt=None, next_attempt_at=LATER, counts=False)],
        now=NOON,
    )

    found = store.find("d1")
    assert found is not None
    assert (found.posted, found.lease, found.attempts) == (Posted.PREPARE, None, 0)
    assert lease_one(store, now=LATER).posted is Posted.PREPARE


def test_one_that_failed_is_due_again_later(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)
    store.mark_posted(leased, Posted.PREPARE)
    attempt = make_attempt(leased, outcome=DeliveryOutcome.RETRYING, next_attempt_at=LATER)

    store.finish(
        [DeliveryResult(delivery=leased, attempt=attempt, next_attempt_at=LATER)], now=NOON
    )

    found = store.find("d1")
    assert found is not None
    assert (found.outcome, found.finished_at, found.attempts) == (None, None, 1)
    assert (found.posted, found.lease) == (None, None)
    assert store.next_due() == LATER
    assert lease_one(store, now=LATER).id == "d1"


def test_an_attempt_may_count_for_none(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)

    store.finish(
        [DeliveryResult(delivery=leased, attempt=None, next_attempt_at=LATER, counts=False)],
        now=NOON,
    )

    found = store.find("d1")
    assert found is not None
    assert found.attempts == 0
    assert ids(store) == []


def test_without_an_attempt_an_end_is_a_stop(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])

    store.finish([DeliveryResult(delivery=lease_one(store), attempt=None)], now=NOON)

    found = store.find("d1")
    assert found is not None
    assert found.outcome is DeliveryOutcome.STOPPED


def test_who_lost_the_lease_leaves_only_the_attempt(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    slow = lease_one(store, lease="slow")
    quick = lease_one(store, lease="quick", now=LATER)

    store.finish([DeliveryResult(delivery=slow, attempt=make_attempt(slow, id="a1"))], now=LATER)

    found = store.find("d1")
    assert found is not None
    assert (found.lease, found.outcome, found.attempts) == ("quick", None, 0)
    assert ids(store) == ["a1"]
    store.finish([DeliveryResult(delivery=quick, attempt=make_attempt(quick, id="a2"))], now=LATER)
    assert sorted(ids(store)) == ["a1", "a2"]


def test_the_same_results_may_be_stored_twice(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)
    results = [DeliveryResult(delivery=leased, attempt=make_attempt(leased), next_attempt_at=LATER)]

    store.finish(results, now=NOON)
    store.finish(results, now=LATER)

    found = store.find("d1")
    assert found is not None
    assert found.attempts == 1
    assert len(ids(store)) == 1


def test_many_results_take_one_transaction_and_two_statements(
    engine: Engine, store: DeliveryStore
) -> None:
    store.open([make_delivery() for _ in range(20)])
    leased = store.lease(
        now=NOON, lease="l", lease_seconds=30, limit=20, per_integration=20, limits={}
    )
    results = [DeliveryResult(delivery=one, attempt=make_attempt(one)) for one in leased]
    statements: list[str] = []
    commits: list[object] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))
    event.listen(engine, "commit", commits.append)

    store.finish(results, now=NOON)

    assert len(results) == 20
    assert [statement[:6] for statement in statements] == ["INSERT", "UPDATE"]
    assert len(commits) == 1


def test_no_results_ask_the_database_nothing(engine: Engine, store: DeliveryStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.finish([], now=NOON)
    store.renew([], until=NOON)
    store.release([], due_at=NOON)

    assert statements == []


def test_a_mark_is_stored_with_the_message(engine: Engine, store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    leased = lease_one(store)

    with Session(engine) as session:
        assert store.mark_posted(leased, Posted.PREPARE, session=session)
        session.rollback()
    undone = store.find("d1")
    with Session(engine) as session:
        assert store.mark_posted(leased, Posted.ANSWER, session=session)
        session.commit()

    assert undone is not None
    assert undone.posted is None
    again = lease_one(store, now=LATER)
    assert again.posted is Posted.ANSWER


def test_a_mark_of_who_lost_the_lease_changes_nothing(store: DeliveryStore) -> None:
    store.open([make_delivery(id="d1")])
    slow = lease_one(store, lease="slow")
    lease_one(store, lease="quick", now=LATER)

    assert not store.mark_posted(slow, Posted.ANSWER)

    found = store.find("d1")
    assert found is not None
    assert found.posted is None


def test_a_page_is_newest_first(store: DeliveryStore) -> None:
    delivery = make_delivery()
    made = [
        make_attempt(delivery, id=f"at {hour}", started_at=NOON + timedelta(hours=hour))
        for hour in range(4)
    ]
    store.open([delivery], attempts=made)
    wanted = AttemptFilter(integration_id="integration")

    newest, total = store.page(wanted, offset=1, count=2)
    oldest, _ = store.page(wanted, offset=0, count=1, oldest_first=True)

    assert newest == [(made[2], delivery), (made[1], delivery)]
    assert oldest == [(made[0], delivery)]
    assert total == 4


def test_attempts_can_be_asked_for_by_outcome(store: DeliveryStore) -> None:
    delivery = make_delivery()
    bad = make_attempt(delivery, outcome=DeliveryOutcome.FAILED)
    store.open([delivery], attempts=[make_attempt(delivery), bad])

    found, total = store.page(
        AttemptFilter(integration_id="integration", outcome=DeliveryOutcome.FAILED),
        offset=0,
        count=9,
    )

    assert found == [(bad, delivery)]
    assert total == 1


def test_an_attempt_belongs_to_its_integration(store: DeliveryStore) -> None:
    delivery = make_delivery()
    attempt = make_attempt(delivery)
    store.open([delivery], attempts=[attempt])

    assert store.find_attempt("integration", attempt.id) == (attempt, delivery)
    assert store.find_attempt("another", attempt.id) is None


def test_clearing_forgets_attempts_and_what_is_finished(
    engine: Engine, store: DeliveryStore
) -> None:
    finished = make_delivery(outcome=DeliveryOutcome.DELIVERED, finished_at=NOON)
    waiting, other = make_delivery(), make_delivery(integration_id="other")
    store.open(
        [finished, waiting, other],
        attempts=[make_attempt(one) for one in (finished, waiting, other)],
    )

    store.clear("integration", make_clearing("integration"))

    assert store.find(finished.id) is None
    assert store.find(waiting.id) == waiting
    assert ids(store) == []
    assert len(ids(store, "other")) == 1


def test_old_attempts_are_pruned_with_deliveries_that_are_finished(store: DeliveryStore) -> None:
    finished = make_delivery(id="finished", outcome=DeliveryOutcome.DELIVERED, finished_at=NOON)
    half = make_delivery(id="half", outcome=DeliveryOutcome.DELIVERED, finished_at=NOON)
    waiting = make_delivery(id="waiting")
    edge = NOON - timedelta(days=1)
    old = edge - timedelta(seconds=1)
    store.open(
        [finished, half, waiting],
        attempts=[
            make_attempt(finished, started_at=old),
            make_attempt(half, started_at=old),
            make_attempt(half, id="young", started_at=edge),
            make_attempt(waiting, started_at=old),
        ],
    )

    assert store.prune(older_than=edge, keep_at_most=100) == 3

    assert ids(store) == ["young"]
    assert store.find("finished") is None
    assert store.find("half") == half
    assert store.find("waiting") == waiting


def test_each_integration_keeps_its_newest_attempts(store: DeliveryStore) -> None:
    busy, quiet = make_delivery(), make_delivery(integration_id="quiet")
    made = [
        make_attempt(busy, id=f"at {hour}", started_at=NOON + timedelta(hours=hour))
        for hour in range(4)
    ]
    store.open([busy, quiet], attempts=[*made, make_attempt(quiet, id="only one")])

    assert store.prune(older_than=NOON - timedelta(days=1), keep_at_most=2) == 2

    assert ids(store) == ["at 3", "at 2"]
    assert ids(store, "quiet") == ["only one"]


def test_more_rows_than_one_transaction_deletes_are_pruned(
    engine: Engine, store: DeliveryStore
) -> None:
    finished = make_delivery(outcome=DeliveryOutcome.DELIVERED, finished_at=NOON)
    store.open([finished], attempts=[make_attempt(finished)])
    with engine.begin() as connection:
        for table, links in ((deliveries, ("id",)), (attempts, ("id", "delivery_id"))):
            first = dict(connection.execute(select(table)).mappings().one())
            rows = [first | dict.fromkeys(links, str(number)) for number in range(1200)]
            connection.execute(insert(table), rows)
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)

    deleted = store.prune(older_than=NOON + timedelta(days=1), keep_at_most=1)

    assert deleted == 1201
    assert count_rows(engine) == (0, 0)
    assert len(commits) > 5
