"""The tests of a script as pages, and the form that is refused because of them."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.scripting.protocol import ScriptRun
from rc_integrations_plugin.services import Services
from tests.callers import OUTGOING_ALL, OWN, Server
from tests.factories import make_incoming
from tests.fakes import ScriptedRunner
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
SCRIPT = "class Script {}"
HELLO: dict[str, Any] = {
    "request": {"content": {}},
    "expected": {"result": {"content": {"text": "Hello"}}},
}


@pytest.fixture
def hook(app: Flask, services: Services, server: Server) -> IncomingIntegration:
    with app.app_context():
        cat = services.host.find_users("rocket.cat")[0].id
    made = make_incoming(user_id=cat, script=SCRIPT)
    services.integrations.add(made)
    return made


@pytest.fixture(autouse=True)
def hello(scripted: ScriptedRunner) -> None:
    say(scripted, "Hello")


def say(scripted: ScriptedRunner, text: str) -> None:
    value = {"content": {"text": text}}
    scripted.answer = lambda _argument: ScriptRun(value=value, value_type="object")


def add(admin: Visitor, hook: IncomingIntegration, name: str = "hello") -> None:
    answer = admin.submit(f"/{hook.id}/tests", {"name": name, "sample": json.dumps(HELLO)})
    assert answer.status_code == 303, answer.text


def form_of(page: str) -> dict[str, str]:
    """Return what the form of an integration would send, changed by nobody."""
    found = dict(re.findall(r'name="(version|base)" value="([^"]*)"', page))
    return {name: unescape(value) for name, value in found.items()}


def edited(admin: Visitor, hook: IncomingIntegration, **fields: str) -> dict[str, str]:
    usual = {
        "enabled": "yes",
        "name": hook.name,
        "channel": "#general",
        "username": "rocket.cat",
        "scriptEnabled": "yes",
        "script": "class Script { /* new */ }",
    }
    return {**usual, **form_of(admin.text(f"/{hook.id}/edit")), **fields}


def test_a_test_is_added_run_changed_and_deleted(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    assert "There are no tests yet" in admin.text(f"/{hook.id}/tests")
    add(admin, hook)
    (test,) = services.script_tests.of(hook.id)

    assert "1 of 1 passed" in admin.submit(f"/{hook.id}/tests/run", {}).text
    say(scripted, "Good bye")
    broken = unescape(admin.submit(f"/{hook.id}/tests/run", {}).text)
    assert "0 of 1 passed" in broken
    assert '+    "text": "Good bye"' in broken

    shown = unescape(admin.text(f"/{hook.id}/tests/{test.id}"))
    assert '"text": "Hello"' in shown
    changed = {"name": "other", "sample": json.dumps({**HELLO, "expected": {"ok": True}})}
    assert admin.submit(f"/{hook.id}/tests/{test.id}", changed).status_code == 303
    assert "1 of 1 passed" in admin.submit(f"/{hook.id}/tests/run", {}).text
    assert admin.submit(f"/{hook.id}/tests/{test.id}/delete", {}).status_code == 303
    assert services.script_tests.of(hook.id) == []


def test_changes_of_tests_tell_their_names(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    add(admin, hook)
    (test,) = services.script_tests.of(hook.id)
    for name in ("hello", "other"):
        admin.submit(f"/{hook.id}/tests/{test.id}", {"name": name, "sample": json.dumps(HELLO)})
    admin.submit(f"/{hook.id}/tests/{test.id}/delete", {})

    page = admin.text(f"/{hook.id}/changes")

    cells = re.findall(r'<td data-label="(Before|After)"><[^>]+>([^<]*)', page)
    assert [text for _, text in cells[:8]] == [
        *("other", "nothing"),
        *("hello", "other"),
        *("hello", "changed"),
        *("nothing", "hello"),
    ]
    assert page.count("What it was made with") == 1


@pytest.mark.parametrize(
    ("sample", "said"),
    [("{", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "must be an object")],
    ids=["broken", "deep", "list"],
)
def test_what_is_no_test_is_told_and_nothing_typed_is_lost(
    services: Services, admin: Visitor, hook: IncomingIntegration, sample: str, said: str
) -> None:
    answer = admin.submit(f"/{hook.id}/tests", {"name": "typed", "sample": sample})

    assert answer.status_code == 400
    assert said in answer.text
    assert sample in unescape(answer.text)
    assert services.script_tests.of(hook.id) == []


def test_what_was_tried_is_kept_as_a_test(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    ran = admin.submit(
        f"/{hook.id}/try",
        {
            "do": "run",
            "try_method": "POST",
            "try_contentType": "application/json",
            "try_body": '{"a": 1}',
            "script": SCRIPT,
            "try_run": "yes",
        },
    ).text
    sample = re.search(r'name="sample" value="([^"]*)"', ran)
    assert sample

    add = {"name": "kept", "sample": unescape(sample[1])}
    assert admin.submit(f"/{hook.id}/tests", add).status_code == 303

    assert "1 of 1 passed" in admin.submit(f"/{hook.id}/tests/run", {}).text
    assert hook.token not in sample[1]


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [
        ("Authorization: Basic ***", True),
        ("X-Event: push", True),
        ("X-Gitlab-Token: s3cret", False),
    ],
    ids=["masked", "no secret", "typed secret"],
)
def test_no_test_keeps_a_header_that_is_a_secret(
    admin: Visitor, hook: IncomingIntegration, headers: str, *, is_kept: bool
) -> None:
    tried = {
        "do": "run",
        "try_method": "POST",
        "try_contentType": "application/json",
        "try_body": "{}",
        "try_headers": headers,
        "script": SCRIPT,
        "try_run": "yes",
    }

    page = admin.submit(f"/{hook.id}/try", tried).text

    assert ('name="sample"' in page) is is_kept
    assert ("Kept is all that the script got" in page) is is_kept
    assert ("write *** as the value of <code>x-gitlab-token</code>" in page) is not is_kept


def test_a_script_that_breaks_a_test_is_saved_only_on_purpose(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    add(admin, hook)
    say(scripted, "Good bye")

    refused = admin.submit(f"/{hook.id}/edit", edited(admin, hook))
    assert refused.status_code == 400
    page = unescape(refused.text)
    assert "breaks 1 of 1 test: hello" in page
    assert '+    "text": "Good bye"' in page
    alert = page[page.index('role="alert"') : page.index("</div>", page.index('role="alert"'))]
    assert 'name="forceScript"' in alert
    assert "/* new */" in page
    assert services.integrations.find(hook.id) == hook

    saved = admin.submit(f"/{hook.id}/edit", edited(admin, hook, forceScript="yes"))
    assert saved.status_code == 303
    stored = services.integrations.find(hook.id)
    assert stored is not None
    assert stored.script == "class Script { /* new */ }"
    changes = re.sub(r"<[^>]+>|\s+", " ", admin.text(f"/{hook.id}/changes"))
    assert re.search(r"Broken tests \(saved anyway\)\s+nothing\s+hello", changes)


def test_no_form_offers_to_force_anything_before_it_was_refused(
    admin: Visitor, hook: IncomingIntegration
) -> None:
    assert "forceScript" not in admin.text(f"/{hook.id}/edit")


def test_a_duplicate_has_the_tests_too(
    services: Services, admin: Visitor, hook: IncomingIntegration
) -> None:
    add(admin, hook)
    assert f'name="copied_from" value="{hook.id}"' in admin.text(f"/{hook.id}/duplicate")

    fields = {"name": "Copy", "channel": "#general", "username": "rocket.cat"}
    answer = admin.submit("/new/incoming", {**fields, "copied_from": hook.id})

    made = answer.location.split("/")[-1].partition("?")[0]
    assert [one.name for one in services.script_tests.of(made)] == ["hello"]


def test_nobody_copies_the_tests_of_others(
    services: Services, server: Server, admin: Visitor, hook: IncomingIntegration
) -> None:
    add(admin, hook)
    server.invite("bob", "general")
    server.grant("message-impersonate", ["user", "bot"])
    bob = visitor(server.caller("bob", OWN))

    fields = {"name": "Mine", "channel": "#general", "username": "rocket.cat"}
    answer = bob.submit("/new/incoming", {**fields, "copied_from": hook.id})

    assert answer.status_code == 303, answer.text
    made = answer.location.split("/")[-1].partition("?")[0]
    assert services.script_tests.of(made) == []


def test_nothing_that_anybody_wrote_becomes_a_part_of_the_pages(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    sample = {**HELLO, "expected": {"result": HOSTILE}}
    admin.submit(f"/{hook.id}/tests", {"name": HOSTILE, "sample": json.dumps(sample)})
    (test,) = services.script_tests.of(hook.id)
    say(scripted, HOSTILE)

    pages = (
        admin.text(f"/{hook.id}/tests"),
        admin.text(f"/{hook.id}/tests/{test.id}"),
        admin.submit(f"/{hook.id}/tests/run", {}).text,
        admin.submit(f"/{hook.id}/tests", {"name": HOSTILE, "sample": HOSTILE}).text,
        admin.submit(f"/{hook.id}/edit", edited(admin, hook)).text,
    )

    for page in pages:
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img" not in page


@pytest.mark.parametrize("path", ["/tests", "/tests/run", "/tests/{test}", "/tests/{test}/delete"])
def test_what_is_another_s_is_not_found(
    services: Services, server: Server, admin: Visitor, hook: IncomingIntegration, path: str
) -> None:
    add(admin, hook)
    (test,) = services.script_tests.of(hook.id)
    fields = {"name": "x", "sample": json.dumps(HELLO)}

    for caller in (server.caller("bob", OWN), server.caller("carla", OUTGOING_ALL)):
        answer = visitor(caller).submit(f"/{hook.id}{path.format(test=test.id)}", fields)
        assert answer.status_code == 404
    assert services.script_tests.of(hook.id) == [test]


@pytest.mark.parametrize("path", ["/tests", "/tests/run", "/tests/{test}", "/tests/{test}/delete"])
def test_a_form_of_another_site_does_nothing(
    services: Services, admin: Visitor, hook: IncomingIntegration, path: str
) -> None:
    add(admin, hook)
    (test,) = services.script_tests.of(hook.id)
    fields = {"name": "x", "sample": json.dumps(HELLO)}

    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"token": "forged"}):
        answer = admin.submit(f"/{hook.id}{path.format(test=test.id)}", fields, **headers)
        assert answer.status_code == 403
    assert services.script_tests.of(hook.id) == [test]


def test_a_test_of_another_integration_is_not_reached_through_one_s_own(
    services: Services, server: Server, admin: Visitor, hook: IncomingIntegration
) -> None:
    add(admin, hook)
    (test,) = services.script_tests.of(hook.id)
    bob = server.caller("bob", OWN)
    server.invite("bob", "general")
    server.grant("message-impersonate", ["user", "bot"])
    own = bob.create()
    fields = {"name": "x", "sample": json.dumps(HELLO)}

    for path in (f"/{own['_id']}/tests/{test.id}", f"/{own['_id']}/tests/{test.id}/delete"):
        assert visitor(bob).submit(path, fields).status_code == 404
    assert services.script_tests.of(hook.id) == [test]


def test_an_old_script_that_breaks_a_test_is_put_back_only_on_purpose(
    services: Services, admin: Visitor, hook: IncomingIntegration, scripted: ScriptedRunner
) -> None:
    admin.submit(f"/{hook.id}/edit", edited(admin, hook))
    add(admin, hook)
    say(scripted, "Good bye")
    page = admin.text(f"/{hook.id}/script/1")
    seen = re.search(r'name="version" value="([^"]*)"', page)
    assert seen
    assert "forceScript" not in page

    refused = admin.submit(f"/{hook.id}/script/1/roll-back", {"version": unescape(seen[1])})
    assert refused.status_code == 400
    assert "breaks 1 of 1 test: hello" in refused.text
    assert 'name="forceScript"' in refused.text

    forced = {"version": unescape(seen[1]), "forceScript": "yes"}
    assert admin.submit(f"/{hook.id}/script/1/roll-back", forced).status_code == 303
    stored = services.integrations.find(hook.id)
    assert stored is not None
    assert stored.script == SCRIPT
