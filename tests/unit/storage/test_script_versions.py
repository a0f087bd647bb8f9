"""Each stored change of a script is a version."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event

from rc_integrations_plugin.integrations.audit import AuditAction
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.storage.audit import AuditFilter, AuditStore
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.script_versions import KEPT, ScriptVersionStore
from rc_integrations_plugin.storage.tables import script_versions
from tests.factories import NOON, make_incoming, make_outgoing

BOB = Editor("bob-id", "bob")


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    return IntegrationStore(engine)


@pytest.fixture
def versions(engine: Engine) -> ScriptVersionStore:
    return ScriptVersionStore(engine)


def save(store: IntegrationStore, old: Any, **fields: Any) -> Any:
    later = old.updated_at + timedelta(minutes=1)
    new = dataclasses.replace(old, updated_at=later, updated_by=BOB, **fields)
    assert store.replace(old, new)
    return new


def texts(versions: ScriptVersionStore, integration_id: str) -> dict[int, str]:
    found = (versions.find(integration_id, one.number) for one in versions.of(integration_id))
    return {one.number: text for one, text in filter(None, found)}


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_each_changed_script_is_the_next_version(
    store: IntegrationStore, versions: ScriptVersionStore, make: Any
) -> None:
    made = make(script="one")
    store.add(made)
    changed = save(store, made, script="three")
    save(store, changed, script=None)

    assert texts(versions, made.id) == {1: "one", 2: "three", 3: ""}
    newest, second, first = versions.of(made.id)
    assert (newest.number, newest.characters) == (3, 0)
    assert (second.saved_by, second.saved_at) == (BOB, changed.updated_at)
    assert second.characters == len("three")
    assert (first.saved_by, first.saved_at) == (made.created_by, NOON)


def test_what_has_no_script_has_no_version(
    store: IntegrationStore, versions: ScriptVersionStore
) -> None:
    made = make_incoming()
    store.add(made)
    changed = save(store, made, script="")
    assert versions.of(made.id) == []

    save(store, changed, script="first")
    assert texts(versions, made.id) == {1: "first"}


def test_another_change_is_no_version(
    store: IntegrationStore, versions: ScriptVersionStore
) -> None:
    made = make_incoming(script="one")
    store.add(made)

    save(store, made, name="Other", script_enabled=False)

    assert texts(versions, made.id) == {1: "one"}


def test_a_script_from_before_the_table_becomes_the_first_version(
    engine: Engine, store: IntegrationStore, versions: ScriptVersionStore
) -> None:
    made = make_incoming(script="old")
    store.add(made)
    with engine.begin() as connection:
        connection.execute(delete(script_versions))

    save(store, made, script="new")

    assert texts(versions, made.id) == {1: "old", 2: "new"}
    assert versions.of(made.id)[1].saved_at == made.updated_at


def test_a_change_that_comes_too_late_is_no_version(
    store: IntegrationStore, versions: ScriptVersionStore
) -> None:
    made = make_incoming(script="one")
    store.add(made)
    save(store, made, script="two")

    assert not store.replace(made, dataclasses.replace(made, script="late"))
    assert texts(versions, made.id) == {1: "one", 2: "two"}


def test_texts_are_compared_before_anything_is_written(
    engine: Engine, store: IntegrationStore
) -> None:
    made = make_incoming(script="one")
    store.add(made)
    changed = save(store, made, script="two")
    said: list[str] = []

    def listen(*told: Any) -> None:
        said.append(told[2])

    event.listen(engine, "before_cursor_execute", listen)
    save(store, changed, script="one")
    event.remove(engine, "before_cursor_execute", listen)

    compares = [number for number, one in enumerate(said) if "versions.script = " in one]
    writes = [number for number, one in enumerate(said) if not one.startswith("SELECT")]
    assert len(compares) == 1
    assert compares[0] < writes[0]


def test_the_oldest_versions_go(store: IntegrationStore, versions: ScriptVersionStore) -> None:
    one = make_incoming(script="0")
    store.add(one)
    for number in range(1, KEPT + 3):
        one = save(store, one, script=str(number))

    numbers = [version.number for version in versions.of(one.id)]
    assert numbers == list(range(KEPT + 3, 3, -1))


def test_versions_go_with_the_integration_and_with_no_other(
    store: IntegrationStore, versions: ScriptVersionStore
) -> None:
    gone, stays = make_incoming(script="one"), make_incoming(script="two")
    store.add(gone)
    store.add(stays)

    store.remove(gone.id)

    assert versions.of(gone.id) == []
    assert texts(versions, stays.id) == {1: "two"}


@pytest.mark.parametrize("number", [0, -1, 2, 2**40])
def test_a_version_that_is_not_there_is_none(
    store: IntegrationStore, versions: ScriptVersionStore, number: int
) -> None:
    made = make_incoming(script="one")
    store.add(made)

    assert versions.find(made.id, number) is None
    assert versions.find("\x00", 1) is None
    assert versions.of("\x00") == []


def test_the_audit_tells_numbers_and_sizes_and_which_version_was_put_back(
    engine: Engine, store: IntegrationStore
) -> None:
    made = make_incoming(script="the first")
    store.add(made)
    second = save(store, made, script="the second")
    save(store, second, script="the first")
    store.remove(made.id)

    entries, _ = AuditStore(engine).page(AuditFilter(), offset=0, count=9)
    told = {
        (one.action, one.after.get("script", {}).get("version")): (
            one.before.get("script"),
            one.after.get("script"),
        )
        for one in entries
    }

    first, second_told = {"version": 1, "characters": 9}, {"version": 2, "characters": 10}
    back = {"version": 3, "characters": 9}
    assert told == {
        (AuditAction.CREATED, 1): (None, first),
        (AuditAction.UPDATED, 2): (first, second_told),
        (AuditAction.UPDATED, 3): (second_told, {**back, "sameAs": 1}),
        (AuditAction.REMOVED, None): (back, None),
    }
