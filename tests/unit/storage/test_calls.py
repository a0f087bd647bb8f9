from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, insert, select

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.storage.calls import CallFilter, CallStore
from rc_integrations_plugin.storage.tables import calls
from tests.factories import NOON, make_call, make_clearing


@pytest.fixture
def store(engine: Engine) -> CallStore:
    return CallStore(engine)


def ids(store: CallStore, integration_id: str = "integration") -> list[str]:
    found, _ = store.page(CallFilter(integration_id=integration_id), offset=0, count=10_000)
    return [call.id for call in found]


def test_a_call_comes_back_as_it_was_stored(store: CallStore) -> None:
    call = make_call(
        outcome=CallOutcome.SCRIPT_FAILED,
        results=({"channel": "@ann", "error": "error-not-allowed", "reason": "no"},),
        console=({"level": "log", "text": "Ünïcode \x00 \ud83d"},),
        script_duration_ms=12.5,
        script_restarted=True,
        error_code="error-running-script",
        error="TypeError",
        message={"text": "Ünïcode \x00 \ud83d", "attachments": [{"n": 2**70}], "groupable": True},
    )

    store.add(call)

    assert store.page(CallFilter(integration_id="integration"), offset=0, count=9) == ([call], 1)


def test_a_call_without_a_message_has_none(store: CallStore) -> None:
    store.add(make_call(id="c"))

    found = store.find("integration", "c")

    assert found is not None
    assert found.message is None


def test_characters_that_no_database_takes_are_replaced(store: CallStore) -> None:
    store.add(make_call(body="a\x00b\ud800c", query="\x00", error="\udfff"))

    (call,), _ = store.page(CallFilter(integration_id="integration"), offset=0, count=9)

    assert (call.body, call.query, call.error) == ("a\ufffdb\ufffdc", "\ufffd", "\ufffd")


def test_a_call_is_stored_with_one_insert(engine: Engine, store: CallStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.add(make_call())

    assert len(statements) == 1
    assert statements[0].startswith("INSERT")


def test_a_page_is_newest_first(store: CallStore) -> None:
    for hour in range(4):
        store.add(make_call(id=f"at {hour}", called_at=NOON + timedelta(hours=hour)))
    wanted = CallFilter(integration_id="integration")

    newest, total = store.page(wanted, offset=1, count=2)
    oldest, _ = store.page(wanted, offset=0, count=1, oldest_first=True)

    assert [call.id for call in newest] == ["at 2", "at 1"]
    assert [call.id for call in oldest] == ["at 0"]
    assert total == 4


def test_calls_can_be_asked_for_by_outcome(store: CallStore) -> None:
    store.add(make_call(id="good"))
    store.add(make_call(id="bad", outcome=CallOutcome.REFUSED))
    wanted = CallFilter(integration_id="integration", outcome=CallOutcome.REFUSED)

    found, total = store.page(wanted, offset=0, count=9)

    assert [call.id for call in found] == ["bad"]
    assert total == 1


def test_clearing_forgets_one_integrations_calls(store: CallStore) -> None:
    store.add(make_call(id="mine", integration_id="a"))
    store.add(make_call(id="other", integration_id="b"))

    store.clear("a", make_clearing("a"))

    assert ids(store, "a") == []
    assert ids(store, "b") == ["other"]


def test_old_calls_are_pruned(store: CallStore) -> None:
    store.add(make_call(id="old", called_at=NOON - timedelta(days=2)))
    store.add(make_call(id="edge", called_at=NOON - timedelta(days=1)))

    deleted = store.prune(older_than=NOON - timedelta(days=1), keep_at_most=100)

    assert deleted == 1
    assert ids(store) == ["edge"]


def test_each_integration_keeps_its_newest_calls(store: CallStore) -> None:
    for hour in range(4):
        store.add(make_call(id=f"at {hour}", called_at=NOON + timedelta(hours=hour)))
    store.add(make_call(id="only one", integration_id="quiet"))

    deleted = store.prune(older_than=NOON - timedelta(days=1), keep_at_most=2)

    assert deleted == 2
    assert ids(store) == ["at 3", "at 2"]
    assert ids(store, "quiet") == ["only one"]


def test_more_calls_than_one_transaction_deletes_are_pruned(
    engine: Engine, store: CallStore
) -> None:
    store.add(make_call(id="0"))
    with engine.begin() as connection:
        first = dict(connection.execute(select(calls)).mappings().one())
        connection.execute(
            insert(calls), [first | {"id": str(number)} for number in range(1, 1201)]
        )
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)

    deleted = store.prune(older_than=NOON + timedelta(days=1), keep_at_most=1)

    assert deleted == 1201
    assert ids(store) == []
    assert len(commits) > 2
