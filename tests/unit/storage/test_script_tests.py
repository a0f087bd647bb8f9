"""The table of tests that live with integrations."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin.integrations.audit import AuditEntry, entry_of_tests
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.storage.script_tests import ScriptTestStore
from tests.factories import NOON, make_incoming

HOOK = make_incoming(id="one")
BOB = Editor("bob-id", "bob")


@pytest.fixture
def store(engine: Engine) -> ScriptTestStore:
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
        assert store.add(one, entry(), most=9)

    assert store.of("one") == [first, second]
    assert store.of("\x00") == []


def test_there_are_no_more_than_there_may_be(store: ScriptTestStore) -> None:
    assert store.add(make_test("a"), entry(), most=1)
    assert not store.add(make_test("b"), entry(), most=1)
    assert store.add(make_test("c", integration_id="another"), entry(), most=1)


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
    wanted = [make_test("b"), make_test("c")]

    store.set_all("one", wanted, entry())

    assert store.of("one") == wanted
    store.set_all("one", [], entry())
    assert store.of("one") == []
