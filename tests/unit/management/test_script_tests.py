"""Tests that live with an integration: kept, run, and asked before another script is stored."""

import dataclasses
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.errors import (
    ApiError,
    InvalidParams,
    NothingFound,
    ScriptsUnavailable,
)
from rc_integrations_plugin.integrations.audit import AuditAction
from rc_integrations_plugin.integrations.permissions import Manager, Operator, read_manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.management import script_checks, script_tests
from rc_integrations_plugin.management.incoming import update_incoming
from rc_integrations_plugin.management.kept_samples import kept_sample
from rc_integrations_plugin.management.saved import time_after
from rc_integrations_plugin.management.script_checks import BROKEN, CheckedTest
from rc_integrations_plugin.management.script_tests import MOST_BYTES, MOST_TESTS
from rc_integrations_plugin.management.trying import own_script, try_incoming
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptFault, ScriptRun
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.audit import AuditFilter
from tests.callers import Server
from tests.factories import make_incoming
from tests.fakes import ScriptedRunner

OLD = "class Script { /* old */ }"
NEW = "class Script { /* new */ }"
HELLO: dict[str, Any] = {
    "request": {"content": {"a": 1}},
    "expected": {"result": {"content": {"text": "Hello"}}},
}


@pytest.fixture(autouse=True)
def server(app: Flask, app_context: None) -> Server:
    server = Server(app)
    server.fill()
    return server


@pytest.fixture
def manager(services: Services) -> Manager:
    return read_manager(services.host, Operator(), IntegrationType.INCOMING)


@pytest.fixture
def hook(services: Services) -> IncomingIntegration:
    cat = services.host.find_users("rocket.cat")[0]
    made = make_incoming(user_id=cat.id, script=OLD)
    services.integrations.add(made)
    return made


@pytest.fixture(autouse=True)
def hello(scripted: ScriptedRunner) -> None:
    """The script says hello, whatever it is."""
    say(scripted, "Hello")


def say(scripted: ScriptedRunner, text: str) -> None:
    value = {"content": {"text": text}}
    scripted.answer = lambda _argument: ScriptRun(value=value, value_type="object")


def change(
    services: Services, manager: Manager, hook: IncomingIntegration, **fields: Any
) -> IncomingIntegration:
    form = IncomingForm(
        **{
            "integration_id": hook.id,
            "name": hook.name,
            "enabled": True,
            "channel": "#general",
            "script_enabled": True,
            **fields,
        }
    )
    return update_incoming(services, manager, form).integration


def run(services: Services, hook: IncomingIntegration) -> list[CheckedTest]:
    return script_checks.run_tests(services, hook, services.script_tests.of(hook.id), by="alice")


def test_a_test_passes_where_the_script_does_what_it_must(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)

    assert [one.differences for one in run(services, hook)] == [()]
    trial, _, argument = scripted.tried[-1]
    assert argument["request"]["content"] == {"a": 1}
    assert trial.script.source == OLD


def test_a_test_tells_in_what_the_script_differs(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    say(scripted, "Good bye")

    (checked,) = run(services, hook)

    assert '-    "text": "Hello"' in checked.differences[0]
    assert '+    "text": "Good bye"' in checked.differences[0]


def test_a_test_whose_script_fails_tells_the_fault(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    fault = ScriptFault(kind=FaultKind.EXCEPTION, name="TypeError", message="no", line=3)
    scripted.answer = lambda _argument: ScriptRun(fault=fault)

    (checked,) = run(services, hook)

    assert checked.differences[0] == "TypeError: no (line 3)"


def test_a_script_that_breaks_a_test_is_not_stored(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    say(scripted, "Good bye")

    with pytest.raises(ApiError) as caught:
        change(services, manager, hook, script=NEW)

    assert caught.value.code == BROKEN
    assert caught.value.details is not None
    (told,) = caught.value.details["tests"]
    assert told["name"] == "hello"
    assert "Good bye" in told["differences"][0]
    assert services.integrations.find(hook.id) == hook
    assert scripted.tried[-1][0].script.source == NEW


@pytest.mark.parametrize(
    "fields",
    [
        {"script": NEW, "force_script": True},
        {"name": "Another name"},
        {"script": NEW, "script_enabled": False},
        {"script": ""},
    ],
    ids=["forced", "other-field", "off", "removed"],
)
def test_what_breaks_none_is_stored(
    services: Services,
    manager: Manager,
    hook: IncomingIntegration,
    scripted: ScriptedRunner,
    fields: dict[str, Any],
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    say(scripted, "Good bye")

    changed = change(services, manager, hook, **fields)

    assert services.integrations.find(hook.id) == changed


@pytest.mark.parametrize("fields", [{"script_enabled": True}, {"skip_transpile": True}])
def test_switching_the_script_on_or_into_another_mode_asks_the_tests_too(
    services: Services,
    manager: Manager,
    hook: IncomingIntegration,
    scripted: ScriptedRunner,
    fields: dict[str, Any],
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    if "script_enabled" in fields:
        hook = change(services, manager, hook, script_enabled=False)
    say(scripted, "Good bye")

    with pytest.raises(ApiError, match="breaks 1 of 1 test: hello"):
        change(services, manager, hook, **fields)


def test_a_forced_change_is_told_with_the_tests_that_it_breaks(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    for name in ("hello", "again"):
        script_tests.add_test(services, manager, hook, name, HELLO)
    hook = change(services, manager, hook, script=OLD + " ", force_script=True)
    say(scripted, "Good bye")

    change(services, manager, hook, script=NEW, force_script=True)

    entries, _ = services.audit.page(AuditFilter(integration_id=hook.id), offset=0, count=2)
    assert [one.after.get("brokenTests") for one in entries] == [["hello", "again"], None]


def test_the_tests_run_once_also_where_others_change_the_integration_meanwhile(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)

    def answer(_argument: Any) -> ScriptRun:
        rename(services, hook, f"Another {len(scripted.tried)}")
        return ScriptRun(value={"content": {"text": "Hello"}}, value_type="object")

    scripted.answer = answer
    changed = change(services, manager, hook, script=NEW)

    assert len(scripted.tried) == 1
    assert services.integrations.find(hook.id) == changed


def test_they_run_again_where_the_script_is_another_by_then(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    off = change(services, manager, hook, script_enabled=False)

    def answer(_argument: Any) -> ScriptRun:
        if len(scripted.tried) == 1:
            rename(services, off, "Another", script=NEW)
        return ScriptRun(value={"content": {"text": "Hello"}}, value_type="object")

    scripted.answer = answer
    change(services, manager, hook)

    assert [trial.script.source for trial, _, _ in scripted.tried] == [OLD, NEW]


def rename(services: Services, hook: IncomingIntegration, name: str, **fields: Any) -> None:
    """Change the integration as somebody else does."""
    old = services.integrations.find(hook.id)
    assert old is not None
    later = time_after(old.updated_at)
    new = dataclasses.replace(old, name=name, updated_at=later, updated_by=old.created_by, **fields)
    assert services.integrations.replace(old, new)


def test_where_no_process_can_be_had_nothing_is_stored(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    scripted.available = False

    with pytest.raises(Exception, match="No process"):
        change(services, manager, hook, script=NEW)

    assert services.integrations.find(hook.id) == hook


def test_a_forced_change_needs_no_process_for_tests(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)

    def refuse(_argument: Any) -> ScriptRun:
        raise ScriptsUnavailable("Others are trying scripts out")

    scripted.answer = refuse

    stored = change(services, manager, hook, script=NEW, force_script=True)

    assert services.integrations.find(hook.id) == stored != hook


def test_tests_that_have_no_time_left_fail_and_say_so(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    for name in ("first", "second"):
        script_tests.add_test(services, manager, hook, name, HELLO)
    settings = dataclasses.replace(services.settings, script_trial_seconds=0.2)
    hurried = dataclasses.replace(services, settings=settings)

    def answer(_argument: Any) -> ScriptRun:
        threading.Event().wait(0.3)
        return ScriptRun(value={"content": {"text": "Hello"}}, value_type="object")

    scripted.answer = answer
    first, second = run(hurried, hook)

    assert first.differences == ()
    assert "RC_INTEGRATIONS_SCRIPT_TRIAL_SECONDS" in second.differences[0]
    assert len(scripted.tried) == 1


@pytest.mark.parametrize(
    ("name", "sample", "said"),
    [
        ("", HELLO, "needs a name"),
        ("x" * 201, HELLO, "at most 200 characters"),
        ("x", [], "must be an object"),
        ("x", {"request": {}}, "expected must say"),
        ("x", {**HELLO, "more": 1}, "there is no key more"),
        ("x", {**HELLO, "argument": 1}, "both request and argument"),
        ("x", {**HELLO, "expected": {"nonsense": 1}}, "nothing named nonsense"),
        ("x", {**HELLO, "options": {"timezone": "UTC"}}, "no option timezone"),
        ("x", {**HELLO, "options": {"now": True}}, "wrong type"),
        ("x", {**HELLO, "options": {"random": 2}}, "random must be"),
        ("x", {**HELLO, "options": {"method": "other"}}, "argument must be what other"),
        ("x", {**HELLO, "http": [{"match": 1}]}, "answer 1 of http"),
        ("x", {**HELLO, "before": [1]}, "before must be a list"),
        ("x", {**HELLO, "before": [["a", 1]] * 21}, "more than 20 calls"),
        ("x", {**HELLO, "request": {"content": "x" * MOST_BYTES}}, "more than 256 KB"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_no_test_is_not_kept(
    services: Services,
    manager: Manager,
    hook: IncomingIntegration,
    name: str,
    sample: Any,
    said: str,
) -> None:
    with pytest.raises(InvalidParams, match=said):
        script_tests.add_test(services, manager, hook, name, sample)

    assert services.script_tests.of(hook.id) == []


def test_there_are_so_many_tests_and_no_more_and_no_two_of_one_name(
    services: Services, manager: Manager, hook: IncomingIntegration
) -> None:
    tests = [{"name": str(number), **HELLO} for number in range(MOST_TESTS)]
    script_tests.set_tests(services, manager, hook, tests)

    with pytest.raises(InvalidParams, match="already"):
        script_tests.add_test(services, manager, hook, "1", HELLO)
    with pytest.raises(InvalidParams, match="at most"):
        script_tests.add_test(services, manager, hook, "more", HELLO)
    with pytest.raises(InvalidParams, match="at most"):
        script_tests.set_tests(services, manager, hook, [*tests, {"name": "more", **HELLO}])


def test_who_sets_all_tests_leaves_those_that_he_may_not_see(
    services: Services, manager: Manager, hook: IncomingIntegration
) -> None:
    hidden = script_tests.add_test(services, manager, hook, "before his time", HELLO)
    (alice,) = services.host.find_users("alice")
    owner = Manager(alice, has_everyones=False, has_own=False, rooms=frozenset({"general"}))
    now_his = dataclasses.replace(hook, rooms_since=hidden.created_at + timedelta(microseconds=1))

    for name in ("first", "second"):
        script_tests.set_tests(services, owner, now_his, [{"name": name, **HELLO}])

    names = [one.name for one in services.script_tests.of(hook.id)]
    assert names == ["before his time", "second"]
    entries, _ = services.audit.page(AuditFilter(integration_id=hook.id), offset=0, count=2)
    assert [entry.before["tests"] for entry in entries] == [["first"], []]


def test_tests_are_changed_and_removed_and_the_audit_tells(
    services: Services, manager: Manager, hook: IncomingIntegration
) -> None:
    test = script_tests.add_test(services, manager, hook, "hello", HELLO)
    changed = {**HELLO, "expected": {"ok": True}}

    script_tests.replace_test(services, manager, hook, test.id, "other", changed)
    (stored,) = services.script_tests.of(hook.id)
    assert (stored.name, stored.sample) == ("other", changed)
    script_tests.remove_test(services, manager, hook, test.id)
    assert services.script_tests.of(hook.id) == []
    with pytest.raises(NothingFound):
        script_tests.load_test(services, manager, hook, test.id)

    entries, _ = services.audit.page(AuditFilter(integration_id=hook.id), offset=0, count=9)
    told = [(one.before, one.after) for one in entries if one.action is AuditAction.TESTS_CHANGED]
    assert told == [
        ({"tests": ["other"]}, {}),
        ({"tests": ["hello"]}, {"tests": ["other"]}),
        ({}, {"tests": ["hello"]}),
    ]


def test_they_go_with_their_integration(
    services: Services, manager: Manager, hook: IncomingIntegration
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)

    services.integrations.remove(hook.id)

    assert services.script_tests.of(hook.id) == []


def test_a_call_that_was_tried_becomes_a_test_that_passes(
    services: Services, manager: Manager, hook: IncomingIntegration
) -> None:
    tried = try_incoming(services, manager, hook, SampleCall(body='{"a": 1}'), own_script(hook))
    sample = kept_sample(tried.calls, 0)
    script_tests.add_test(services, manager, hook, "kept", sample)

    assert [one.differences for one in run(services, hook)] == [()]
    assert hook.token not in str(sample)


def test_frozen_scripts_are_not_asked(
    services: Services, manager: Manager, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    script_tests.add_test(services, manager, hook, "hello", HELLO)
    say(scripted, "Good bye")
    settings = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    frozen = dataclasses.replace(services, settings=settings)

    change(frozen, manager, hook, name="Another", script_enabled=False)

    assert scripted.tried == []
