"""What outgoing integrations have beyond incoming ones, and how deliveries hang on them."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from rc_integrations_plugin.delivery.circuit import Circuit
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.records import (
    Editor,
    IntegrationType,
    RetryOn,
    ScriptError,
)
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.circuits import CircuitStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.tables import deliveries
from tests.factories import NOON, make_attempt, make_delivery, make_incoming, make_outgoing

HOUR = timedelta(hours=1)
INCOMING, OUTGOING = IntegrationType.INCOMING, IntegrationType.OUTGOING


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    return IntegrationStore(engine)


def names(store: IntegrationStore, **wanted: Any) -> list[str]:
    found, total = store.page(IntegrationFilter(**wanted), sort=[("name", 1)], offset=0, count=100)
    assert len(found) == total
    return [integration.name for integration in found]


def test_an_outgoing_integration_comes_back_as_it_was_stored(store: IntegrationStore) -> None:
    stored = make_outgoing(
        name="Ünïcode \N{ROCKET}",
        enabled=False,
        event=EventName.ROOM_CREATED,
        urls=("https://a.test/?a=b", "https://b.test/"),
        channels=("#general", "@john", "all_direct_messages"),
        listens_to=("!room:$#id", "all_direct_messages"),
        token="t",
        trigger_words=("build!", "Ünïcode"),
        trigger_word_anywhere=True,
        run_on_edits=True,
        target_room="#answers",
        channel_ids={"#answers": "r1"},
        impersonate_user=True,
        alias="",
        avatar="https://example.org/a.png",
        emoji=":ghost:",
        retry_failed_calls=True,
        retry_count=7,
        retry_delay="whatever",
        retry_on=RetryOn.TRANSIENT,
        timeout_seconds=2.5,
        calls_at_once=3,
        signing_secret="whsec_x",
        headers={"x-a": "1"},
        basic_auth="user:password",
        script="class Script {",
        script_enabled=True,
        script_compiled=None,
        script_error=ScriptError("SyntaxError", "unexpected end", "at 1:14"),
        skip_transpile=True,
        updated_by=Editor("other", "someone"),
        disabled_reason="it failed",
    )

    store.add(stored)

    assert store.find_outgoing(stored.id) == stored
    assert store.find_any(stored.id) == stored


@pytest.mark.parametrize(("token", "expected"), [(None, None), ("", None), ("t", "t")])
def test_an_outgoing_integration_needs_no_token(
    store: IntegrationStore, token: str | None, expected: str | None
) -> None:
    stored = make_outgoing(token=token)

    store.add(stored)

    found = store.find_outgoing(stored.id)
    assert found is not None
    assert found.token == expected


def test_an_incoming_one_keeps_what_the_server_found_out(store: IntegrationStore) -> None:
    stored = make_incoming(channel_ids={"#general": "r1"}, disabled_reason="its user is gone")

    store.add(stored)

    assert store.find(stored.id) == stored


def test_each_type_is_found_as_what_it_is(store: IntegrationStore) -> None:
    incoming, outgoing = make_incoming(), make_outgoing(token="t")
    store.add(incoming)
    store.add(outgoing)

    assert store.find(outgoing.id) is None
    assert store.find_outgoing(incoming.id) is None
    assert store.find_any(incoming.id) == incoming
    assert store.find_any("\x00") is None
    assert store.outgoing_by_ids([incoming.id, outgoing.id, "x"]) == {outgoing.id: outgoing}
    assert store.outgoing_by_ids([]) == {}


def test_a_change_of_an_outgoing_one_is_stored(store: IntegrationStore) -> None:
    old = make_outgoing(trigger_words=("a",))
    store.add(old)
    new = dataclasses.replace(old, trigger_words=(), urls=("x",), updated_at=NOON + HOUR)

    assert store.replace(old, new)
    assert not store.replace(old, old)

    assert store.find_outgoing(old.id) == new


def test_those_that_listen_come_oldest_first_and_without_scripts(
    engine: Engine, store: IntegrationStore
) -> None:
    second = make_outgoing(name="second", created_at=NOON + HOUR)
    first = make_outgoing(name="first", script="class Script {}")
    for integration in (second, first, make_outgoing(enabled=False), make_incoming()):
        store.add(integration)

    found = store.enabled_outgoing()
    with Session(engine) as session:
        store.disable(second.id, "off", session=session)
        found_by_session = store.enabled_outgoing(session.connection())

    bare = dataclasses.replace(first, script=None, script_compiled=None)
    assert found == [bare, second]
    assert found_by_session == [bare]


def test_they_are_found_by_their_url(store: IntegrationStore) -> None:
    url = 'https://ünïcode.test/a%20_b?"c\\d'
    old = make_outgoing(name="old", urls=("https://x.test/", url))
    young = make_outgoing(name="young", urls=(url,), created_at=NOON + HOUR)
    near = make_outgoing(name="near", urls=(f"{url}x", url[:-1], url.upper()))
    for integration in (young, old, near):
        store.add(integration)

    assert store.outgoing_by_url(url) == [old, young]
    assert store.outgoing_by_url("https://x.test/") == [old]
    assert store.outgoing_by_url("") == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["in ann", "in bob", "out ann", "out bob"]),
        ({"type": OUTGOING}, ["out ann", "out bob"]),
        ({"type": INCOMING, "name_part": "ANN"}, ["in ann"]),
        ({"made_by": {}}, []),
        ({"made_by": {INCOMING: None}}, ["in ann", "in bob"]),
        ({"made_by": {INCOMING: None, OUTGOING: "ann"}}, ["in ann", "in bob", "out ann"]),
        ({"made_by": {INCOMING: "bob", OUTGOING: "ann"}}, ["in bob", "out ann"]),
        ({"made_by": {INCOMING: None}, "type": OUTGOING}, []),
        ({"made_by": {INCOMING: None, OUTGOING: "ann"}, "name_part": "ann"}, ["in ann", "out ann"]),
    ],
    ids=str,
)
def test_a_page_shows_of_each_type_what_may_be_seen(
    store: IntegrationStore, wanted: dict[str, Any], expected: list[str]
) -> None:
    for person in ("ann", "bob"):
        editor = Editor(person, person)
        store.add(make_incoming(name=f"in {person}", created_by=editor))
        store.add(make_outgoing(name=f"out {person}", created_by=editor))

    assert names(store, **wanted) == expected


def test_both_types_stand_in_one_order(store: IntegrationStore) -> None:
    makers: list[Callable[..., Any]] = [make_incoming, make_outgoing]
    for hour, make in enumerate(makers * 2):
        store.add(make(name=f"at {hour}", created_at=NOON + hour * HOUR))

    newest, total = store.page(IntegrationFilter(), offset=1, count=2)
    by_type, _ = store.page(
        IntegrationFilter(), sort=[("type", 1), ("name", -1)], offset=0, count=9
    )

    assert [one.name for one in newest] == ["at 2", "at 1"]
    assert [one.name for one in by_type] == ["at 2", "at 0", "at 3", "at 1"]
    assert total == 4


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_each_change_is_counted(store: IntegrationStore, make: Callable[..., Any]) -> None:
    integration = make()
    changed = dataclasses.replace(integration, updated_at=NOON + HOUR)
    versions = [store.version()]

    for change in (
        lambda: store.add(integration),
        lambda: store.replace(integration, changed),
        lambda: store.disable(integration.id, "off"),
        lambda: store.remove(integration.id),
    ):
        change()
        versions.append(store.version())

    assert versions == sorted(set(versions))


def test_what_changes_nothing_is_not_counted(store: IntegrationStore) -> None:
    integration = make_outgoing(enabled=False)
    store.add(integration)
    version = store.version()

    assert not store.disable(integration.id, "again")
    assert not store.disable("nothing", "off")
    assert store.disable_all_of_user("rocket.cat", "gone") == 0

    assert store.version() == version


def test_a_change_is_counted_in_the_transaction_that_makes_it(
    engine: Engine, store: IntegrationStore
) -> None:
    integration = make_outgoing()
    store.add(integration)
    version = store.version()

    with Session(engine) as session:
        assert store.disable(integration.id, "off", session=session)
        inside = store.version(session.connection())
        outside = store.version()
        session.rollback()

    assert (inside, outside, store.version()) == (version + 1, version, version)
    assert store.find_outgoing(integration.id) == integration


def test_the_version_is_one_select(engine: Engine, store: IntegrationStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.version()

    assert len(statements) == 1


def test_a_disabled_integration_says_why(store: IntegrationStore) -> None:
    integration = make_outgoing()
    store.add(integration)

    assert store.disable(integration.id, "it \x00 failed")

    found = store.find_outgoing(integration.id)
    assert found is not None
    assert (found.enabled, found.disabled_reason) == (False, "it \ufffd failed")


def test_who_edits_what_is_disabled_meanwhile_is_told(store: IntegrationStore) -> None:
    old = make_outgoing()
    store.add(old)

    store.disable(old.id, "it failed")

    assert not store.replace(old, dataclasses.replace(old, name="new", updated_at=NOON + HOUR))


def test_what_posts_as_a_user_can_be_disabled(engine: Engine, store: IntegrationStore) -> None:
    mine: list[Any] = [make_incoming(user_id="ann"), make_outgoing(user_id="ann")]
    others = make_outgoing(user_id="bob")
    for integration in (*mine, others, make_outgoing(user_id="ann", enabled=False)):
        store.add(integration)

    with Session(engine) as session:
        disabled = store.disable_all_of_user("ann", "ann is gone", session=session)
        session.commit()

    assert disabled == 2
    for integration in mine:
        found = store.find_any(integration.id)
        assert found is not None
        assert (found.enabled, found.disabled_reason) == (False, "ann is gone")
    assert store.find_any(others.id) == others


def test_a_removed_integration_takes_all_along_that_belongs_to_it(
    engine: Engine, store: IntegrationStore
) -> None:
    gone, kept = make_outgoing(), make_outgoing()
    waiting, circuits = DeliveryStore(engine), CircuitStore(engine)
    for integration in (gone, kept):
        store.add(integration)
        delivery = make_delivery(id=f"of {integration.id}", integration_id=integration.id)
        waiting.open([delivery], attempts=[make_attempt(delivery)])
        circuits.update(integration.id, lambda _: Circuit(failures=1))

    assert store.remove(gone.id)

    assert store.find_any(gone.id) is None
    assert waiting.find(f"of {gone.id}") is None
    assert waiting.find(f"of {kept.id}") is not None
    for integration, count in ((gone, 0), (kept, 1)):
        wanted = AttemptFilter(integration_id=integration.id)
        assert waiting.page(wanted, offset=0, count=9)[1] == count
    assert set(circuits.load_all([gone.id, kept.id])) == {kept.id}


def test_very_many_deliveries_are_removed_in_several_transactions(
    engine: Engine, store: IntegrationStore
) -> None:
    DeliveryStore(engine).open([make_delivery()])
    with engine.begin() as connection:
        first = dict(connection.execute(select(deliveries)).mappings().one())
        rows = [first | {"id": str(number)} for number in range(1200)]
        connection.execute(insert(deliveries), rows)
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)

    store.remove("integration")

    with engine.connect() as connection:
        assert connection.execute(select(deliveries.c.id)).all() == []
    assert len(commits) > 3
