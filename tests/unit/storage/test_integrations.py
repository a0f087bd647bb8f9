import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from rc_integrations_plugin.errors import HookNotFound
from rc_integrations_plugin.integrations.records import Editor, IntegrationType, ScriptError
from rc_integrations_plugin.storage.calls import CallFilter, CallStore
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import NOON, make_call, make_incoming


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    return IntegrationStore(engine)


def names(store: IntegrationStore, **wanted: object) -> list[str]:
    found, _ = store.page(IntegrationFilter(**wanted), offset=0, count=100)  # type: ignore[arg-type]
    return [integration.name for integration in found]


def test_an_integration_comes_back_as_it_was_stored(store: IntegrationStore) -> None:
    stored = make_incoming(
        name="Ünïcode \N{ROCKET}",
        enabled=False,
        channels=("#general", "@john", "!room:$#id"),
        alias="",
        avatar="https://example.org/a.png",
        emoji=":ghost:",
        override_destination=True,
        allow_get=True,
        script="class Script {",
        script_enabled=True,
        script_compiled=None,
        script_error=ScriptError("SyntaxError", "unexpected end", "at 1:14"),
        skip_transpile=True,
        updated_by=Editor("other", "someone"),
    )

    store.add(stored)

    assert store.find(stored.id) == stored


def test_the_right_token_finds_the_hook(store: IntegrationStore) -> None:
    integration = make_incoming()
    store.add(integration)

    assert store.incoming_by_token(integration.id, integration.token) == integration


def test_the_token_before_is_good_for_its_time(store: IntegrationStore) -> None:
    until = NOON + timedelta(hours=1)
    integration = make_incoming(previous_token="before", previous_token_until=until)
    store.add(integration)

    for token in ("before", integration.token):
        assert store.incoming_by_token(integration.id, token, now=NOON) == integration
    with pytest.raises(HookNotFound):
        store.incoming_by_token(integration.id, "before", now=until)
    assert store.incoming_by_token(integration.id, integration.token, now=until) == integration


@pytest.mark.parametrize(
    ("token", "until"), [(None, NOON + timedelta(hours=1)), ("before", None), (None, None)]
)
def test_half_of_a_former_token_is_none(
    store: IntegrationStore, token: str | None, until: datetime | None
) -> None:
    integration = make_incoming(previous_token=token, previous_token_until=until)
    store.add(integration)

    assert store.find(integration.id) == integration
    for wrong in ("before", "", "None", "-" * 48):
        with pytest.raises(HookNotFound):
            store.incoming_by_token(integration.id, wrong, now=NOON)


@pytest.mark.parametrize(
    ("change_id", "token"),
    [
        ("", "wrong"),
        ("", ""),
        ("", "tökén"),
        ("", "\ud800"),
        ("x", None),
        ("\x00", None),
        ("\ud800", None),
        ("x" * 100_000, None),
    ],
)
def test_anything_else_finds_nothing(
    store: IntegrationStore, change_id: str, token: str | None
) -> None:
    integration = make_incoming()
    store.add(integration)
    given = integration.token if token is None else token

    with pytest.raises(HookNotFound) as caught:
        store.incoming_by_token(integration.id + change_id, given)

    assert integration.token not in caught.value.reason


def test_a_hook_is_found_with_one_select(engine: Engine, store: IntegrationStore) -> None:
    integration = make_incoming()
    store.add(integration)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    store.incoming_by_token(integration.id, integration.token)

    assert len(statements) == 1
    assert statements[0].startswith("SELECT")


def test_a_page_is_newest_first_and_knows_the_total(store: IntegrationStore) -> None:
    for hour in range(5):
        store.add(make_incoming(name=f"at {hour}", created_at=NOON + timedelta(hours=hour)))

    found, total = store.page(IntegrationFilter(), offset=1, count=2)

    assert [integration.name for integration in found] == ["at 3", "at 2"]
    assert total == 5


def test_a_page_can_be_sorted(store: IntegrationStore) -> None:
    for name in ("b", "C", "a"):
        store.add(make_incoming(name=name))

    found, _ = store.page(IntegrationFilter(), sort=[("name", 1)], offset=0, count=9)

    assert [integration.name for integration in found] == ["a", "b", "C"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"name_part": "ÄRGER"}, ["Ärger 100%"]),
        ({"name_part": "0%"}, ["Ärger 100%"]),
        ({"name_part": "%"}, ["Ärger 100%"]),
        ({"name_part": "_"}, []),
        ({"made_by": {IntegrationType.INCOMING: "ann"}}, ["Builds"]),
        ({"type": IntegrationType.OUTGOING}, []),
        ({"type": IntegrationType.INCOMING, "name_part": "bui"}, ["Builds"]),
    ],
    ids=str,
)
def test_a_page_can_be_filtered(
    store: IntegrationStore, wanted: dict[str, object], expected: list[str]
) -> None:
    store.add(make_incoming(name="Ärger 100%", created_by=Editor("bob", "bob")))
    store.add(make_incoming(name="Builds", created_by=Editor("ann", "ann")))

    assert names(store, **wanted) == expected


def test_a_change_is_stored(store: IntegrationStore) -> None:
    old = make_incoming()
    store.add(old)
    new = dataclasses.replace(old, name="new", alias="CI", updated_at=NOON + timedelta(hours=1))

    assert store.replace(old, new)

    assert store.find(old.id) == new


def test_a_change_of_something_outdated_is_not_stored(store: IntegrationStore) -> None:
    old = make_incoming()
    store.add(old)
    first = dataclasses.replace(old, name="first", updated_at=NOON + timedelta(hours=1))
    second = dataclasses.replace(old, name="second", updated_at=NOON + timedelta(hours=2))
    store.replace(old, first)

    assert not store.replace(old, second)

    assert store.find(old.id) == first


def test_a_removed_integration_takes_its_history_along(
    engine: Engine, store: IntegrationStore
) -> None:
    gone, kept = make_incoming(), make_incoming()
    calls = CallStore(engine)
    for integration in (gone, kept):
        store.add(integration)
        calls.add(make_call(integration_id=integration.id))

    assert store.remove(gone.id)

    assert store.find(gone.id) is None
    assert calls.page(CallFilter(integration_id=gone.id), offset=0, count=9) == ([], 0)
    assert calls.page(CallFilter(integration_id=kept.id), offset=0, count=9)[1] == 1


def test_what_is_not_there_cannot_be_removed(store: IntegrationStore) -> None:
    assert not store.remove("nothing")
