"""The table of tests that live with integrations."""

import contextlib
import dataclasses
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin.errors import InvalidParams, NothingFound
from rc_integrations_plugin.integrations.audit import AuditEntry, entry_of_tests
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.script_tests import ScriptTestStore
from tests.factories import NOON, make_incoming

HOOK = make_incoming(id="one")
BOB = Editor("bob-id", "bob")


@pytest.fixture
def store(engine: Engine) -> ScriptTestStore:
    for integration in (HOOK, make_incoming(id="another")):
        IntegrationStore(engine).add(integration)
    return ScriptTestStore(engine)


def make_test(name: str, **fields: object) -> ScriptTest:
    values = {
        "id": name,
        "integration_id": "one",
        "created_at": NOON,
        "created_by": BOB,
        "name": name,
        "sample": {"request": {"content": ["\x00", "\u00fc", 2**70, 0.5, None]}, "expected": {}},
    }
    return ScriptTest(**(values | fields))  # type: ignore[arg-type]


def entry() -> AuditEntry:
    return entry_of_tests(HOOK, at=NOON, by=BOB)


def test_tests_come_back_as_they_were_the_oldest_first(store: ScriptTestStore) -> None:
    second = make_test("a", created_at=NOON + timedelta(seconds=1))
    first = make_test("b")
    for one in (second, first, make_test("c", integration_id="another")):
        store.add(one, entry(), most=9)

    assert store.of("one") == [first, second]
    assert store.of("\x00") == []


def test_there_are_no_more_than_there_may_be(store: ScriptTestStore) -> None:
    store.add(make_test("a"), entry(), most=1)
    with pytest.raises(InvalidParams, match="at most 1"):
        store.add(make_test("b"), entry(), most=1)
    with pytest.raises(InvalidParams, match="at most 1"):
        store.exchange("one", [], [make_test("b")], entry(), most=1)
    store.add(make_test("c", integration_id="another"), entry(), most=1)

    assert [one.name for one in store.of("one")] == ["a"]


def test_no_two_have_one_name(store: ScriptTestStore) -> None:
    first, second = make_test("a"), make_test("b")
    store.exchange("one", [], [first, second], entry(), most=9)
    same = make_test("a", id="c")

    with pytest.raises(InvalidParams, match="named 'a' already"):
        store.add(same, entry(), most=9)
    with pytest.raises(InvalidParams, match="named 'a' already"):
        store.replace(dataclasses.replace(second, name="a"), entry())
    with pytest.raises(InvalidParams, match="named 'a' already"):
        store.exchange("one", [second], [same], entry(), most=9)

    assert store.of("one") == [first, second]


def test_an_integration_that_is_gone_gets_no_tests(engine: Engine, store: ScriptTestStore) -> None:
    kept = make_test("a")
    store.add(kept, entry(), most=9)
    IntegrationStore(engine).remove(HOOK.id)

    for write in (
        lambda: store.add(make_test("b"), entry(), most=9),
        lambda: store.replace(kept, entry()),
        lambda: store.exchange("one", [kept], [make_test("b")], entry(), most=9),
    ):
        with pytest.raises(NothingFound):
            write()
    assert store.of("one") == []


def test_of_two_who_write_at_once_one_gets_the_name(store: ScriptTestStore) -> None:
    start = threading.Barrier(2)

    def add(writer: int) -> list[int]:
        added = []
        for number in range(10):
            start.wait(timeout=10)
            with contextlib.suppress(InvalidParams):
                store.add(make_test(f"{number}", id=f"{number}-{writer}"), entry(), most=99)
                added.append(number)
        return added

    with ThreadPoolExecutor(2) as threads:
        added = sorted(itertools.chain(*threads.map(add, range(2))))

    assert added == list(range(10))
    assert len(store.of("one")) == 10


def test_only_a_test_of_this_integration_is_changed_or_removed(store: ScriptTestStore) -> None:
    kept = make_test("a")
    store.add(kept, entry(), most=9)
    others = dataclasses.replace(kept, integration_id="another", name="stolen")

    assert not store.replace(others, entry())
    assert not store.remove(others, entry())
    assert store.of("one") == [kept]
    changed = dataclasses.replace(kept, name="new")
    assert store.replace(changed, entry())
    assert store.of("one") == [changed]
    assert store.remove(changed, entry())
    assert store.of("one") == []


def test_all_are_set_at_once(store: ScriptTestStore) -> None:
    store.add(make_test("a"), entry(), most=9)
    others = make_test("other", integration_id="another")
    store.add(others, entry(), most=9)
    wanted = [make_test("b"), make_test("c")]

    store.exchange("one", [make_test("a"), others], wanted, entry(), most=2)

    assert store.of("one") == wanted
    store.exchange("one", wanted, [], entry(), most=2)
    assert store.of("one") == []
    assert store.of("another") == [others]
