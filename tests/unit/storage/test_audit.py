"""Rows of the audit: written with each change, found again, and kept for their time."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rc_integrations_plugin.integrations.audit import AuditAction, AuditEntry
from rc_integrations_plugin.integrations.records import Editor, IntegrationType
from rc_integrations_plugin.storage.audit import AuditFilter, AuditStore
from rc_integrations_plugin.storage.audit_rows import record
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.tables import audit
from tests.factories import NOON, make_incoming, make_outgoing

BOB = Editor("bob-id", "bob")


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    return IntegrationStore(engine)


@pytest.fixture
def audits(engine: Engine) -> AuditStore:
    return AuditStore(engine)


def found(audits: AuditStore, **wanted: Any) -> list[AuditEntry]:
    return list(audits.page(AuditFilter(**wanted), offset=0, count=100)[0])


def write(engine: Engine, **fields: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "integration_id": "one",
        "at": NOON,
        "action": AuditAction.UPDATED,
        "type": IntegrationType.INCOMING,
        "name": "CI",
        "by": BOB,
    }
    entry = AuditEntry(**values | fields)
    with engine.begin() as connection:
        record(connection, entry)
    return entry


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_making_changing_and_removing_leave_a_row_each(
    store: IntegrationStore, audits: AuditStore, make: Any
) -> None:
    made = make(name="First")
    store.add(made)
    later = datetime.now(UTC) + timedelta(seconds=1)
    changed = dataclasses.replace(made, name="Second", updated_at=later, updated_by=BOB)
    assert store.replace(made, changed)
    assert store.remove(made.id, by=Editor("carl-id", "carl"))

    entries = sorted(found(audits), key=lambda entry: entry.action)

    assert [(one.action, one.name, one.by and one.by.username) for one in entries] == [
        (AuditAction.CREATED, "First", "admin"),
        (AuditAction.REMOVED, "Second", "carl"),
        (AuditAction.UPDATED, "Second", "bob"),
    ]
    assert {one.integration_id for one in entries} == {made.id}
    assert entries[2].before == {"name": "First"}
    assert entries[2].after == {"name": "Second"}
    assert entries[1].before["name"] == "Second"


def test_who_imports_one_is_told_and_not_who_made_it_elsewhere(
    store: IntegrationStore, audits: AuditStore
) -> None:
    store.add(make_incoming(), by=BOB, imported=True)

    (entry,) = found(audits)
    assert (entry.action, entry.by) == (AuditAction.IMPORTED, BOB)


def test_what_was_not_stored_leaves_no_row(store: IntegrationStore, audits: AuditStore) -> None:
    made = make_incoming()
    store.add(made)

    newer = dataclasses.replace(made, updated_at=NOON + timedelta(seconds=1))
    assert not store.replace(newer, dataclasses.replace(newer, name="Late"))
    assert not store.remove("another")
    assert not store.disable("another", "gone")
    with pytest.raises(IntegrityError):
        store.add(made)

    assert [one.action for one in found(audits)] == [AuditAction.CREATED]


def test_what_the_server_switches_off_is_told_once_with_the_reason(
    store: IntegrationStore, audits: AuditStore
) -> None:
    made = make_outgoing()
    store.add(made)

    assert store.disable(made.id, "It failed\x00")
    assert not store.disable(made.id, "It failed again")

    entry = next(one for one in found(audits) if one.action is AuditAction.DISABLED)
    assert entry.by is None
    assert entry.after == {"enabled": False, "disabledReason": "It failed\N{REPLACEMENT CHARACTER}"}
    assert len(found(audits)) == 2


def test_what_posts_as_a_deleted_user_has_a_row_each(
    store: IntegrationStore, audits: AuditStore
) -> None:
    for name in ("A", "B"):
        store.add(make_incoming(name=name, user_id="gone"))
    store.add(make_incoming(user_id="here"))

    assert store.disable_all_of_user("gone", "Deleted") == 2

    names = [one.name for one in found(audits) if one.action is AuditAction.DISABLED]
    assert sorted(names) == ["A", "B"]


@pytest.mark.parametrize("kept", [True, False])
def test_in_the_host_s_transaction_row_and_change_are_kept_or_not_together(
    engine: Engine,
    store: IntegrationStore,
    audits: AuditStore,
    kept: bool,  # noqa: FBT001
) -> None:
    made = make_incoming(user_id="gone")
    store.add(made)

    with Session(engine) as session:
        store.disable_all_of_user("gone", "Deleted", session=session)
        if kept:
            session.commit()

    actions = [one.action for one in found(audits)]
    assert actions.count(AuditAction.DISABLED) == kept
    after = store.find(made.id)
    assert after
    assert after.enabled is not kept


def test_a_row_that_cannot_be_written_stops_the_change(
    engine: Engine, store: IntegrationStore
) -> None:
    made = make_incoming()
    store.add(made)
    audit.drop(engine)

    with pytest.raises(Exception, match="rc_integration_audit"):
        store.disable(made.id, "It failed")

    after = store.find(made.id)
    assert after
    assert after.enabled


def test_rows_come_newest_first_in_pages(engine: Engine, audits: AuditStore) -> None:
    written = [write(engine, at=NOON + timedelta(minutes=number)) for number in range(5)]
    newest_first = [one.id for one in reversed(written)]

    some, total = audits.page(AuditFilter(), offset=1, count=2)

    assert [one.id for one in some] == newest_first[1:3]
    assert total == 5
    assert some[0] == written[3]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({"integration_id": "one"}, "ac", id="one integration"),
        pytest.param({"integration": "two"}, "b", id="an id"),
        pytest.param({"integration": "ALERTS"}, "b", id="a part of a name"),
        pytest.param({"integration": "Ünal"}, "b", id="a part of a name in other letters"),
        pytest.param({"integration": "100%"}, "", id="no pattern"),
        pytest.param({"username": "anna"}, "b", id="a user"),
        pytest.param({"username": "ann"}, "", id="no part of a user"),
        pytest.param({"since": NOON}, "bc", id="since"),
        pytest.param({"until": NOON}, "a", id="until"),
        pytest.param({"types": frozenset([IntegrationType.OUTGOING])}, "c", id="a type"),
        pytest.param({"types": frozenset()}, "", id="no type"),
    ],
)
def test_rows_are_found_by_what_is_asked_for(
    engine: Engine, audits: AuditStore, wanted: dict[str, Any], expected: str
) -> None:
    write(engine, id="a", integration_id="one", at=NOON - timedelta(1))
    write(engine, id="b", integration_id="two", name="Night alerts Ünal", by=Editor("a", "anna"))
    write(engine, id="c", integration_id="one", type=IntegrationType.OUTGOING, by=None)

    assert {one.id for one in found(audits, **wanted)} == set(expected)


def test_of_some_types_only_the_integrations_of_a_filter_are_seen(
    store: IntegrationStore, audits: AuditStore
) -> None:
    mine, other = make_incoming(created_by=BOB), make_incoming()
    gone, outgoing = make_incoming(created_by=BOB), make_outgoing()
    for one in (mine, other, gone, outgoing):
        store.add(one)
    store.remove(gone.id)

    seen = found(
        audits,
        types=frozenset([IntegrationType.OUTGOING]),
        also=IntegrationFilter(made_by={IntegrationType.INCOMING: BOB.id}),
    )

    assert {one.integration_id for one in seen} == {mine.id, outgoing.id}


def test_old_rows_go(engine: Engine, audits: AuditStore) -> None:
    write(engine, id="old", at=NOON - timedelta(days=3))
    write(engine, id="new", at=NOON)

    assert audits.prune(older_than=NOON - timedelta(days=1)) == 1
    assert [one.id for one in found(audits)] == ["new"]


def test_switching_off_writes_three_statements(engine: Engine, store: IntegrationStore) -> None:
    made = make_outgoing(script="x" * 100)
    store.add(made)
    statements: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
    )

    store.disable(made.id, "It failed")

    assert len(statements) == 3


def test_a_row_has_no_secret(engine: Engine, store: IntegrationStore) -> None:
    store.add(make_outgoing(token="the-secret-token", headers={"X-Key": "the-secret-key"}))

    with engine.connect() as connection:
        text = str(connection.execute(select(audit)).all())
    assert "X-Key" in text
    assert "the-secret" not in text
