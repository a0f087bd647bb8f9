"""The pages as HTML: who sees what, and what must not be in them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.scripting.protocol import Finding, Severity
from rc_integrations_plugin.services import Services
from tests.callers import Server
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing
from tests.fakes import ScriptedRunner
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<bdi>(.*?)</bdi>', page)


def test_a_server_without_integrations_says_so(admin: Visitor) -> None:
    assert "There are no integrations yet" in admin.text()


def test_the_list_tells_both_types(services: Services, admin: Visitor) -> None:
    hook = make_incoming(name="CI", channels=("#general", "@ann", "#dev", "#ops"))
    services.integrations.add(hook)
    services.integrations.add(make_outgoing(name="Bridge", enabled=False))
    services.calls.add(make_call(integration_id=hook.id))

    page = admin.text()

    assert sorted(names(page)) == ["Bridge", "CI"]
    assert "and 2 more" in page
    assert "all public channels" in page
    assert "Posted" in page
    assert "Never" in page
    assert "2 integrations" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "BRI"}, ["Bridge"]),
        ({"type": "incoming", "sort": "name"}, ["Alpha", "CI"]),
        ({"type": "outgoing"}, ["Bridge"]),
        ({"state": "off"}, ["CI"]),
        ({"state": "on", "sort": "-name"}, ["Bridge", "Alpha"]),
        ({"sort": "name"}, ["Alpha", "Bridge", "CI"]),
        ({"q": "nothing"}, []),
        ({"q": "\0"}, []),
        ({"q": "%"}, []),
        ({"sort": "token; drop", "page": "-1", "type": "x", "state": "y", "q": " "}, 3),
        ({"page": "99999999999999999999"}, 3),
        ({"page": "7", "sort": "name"}, ["Alpha", "Bridge", "CI"]),
    ],
    ids=str,
)
def test_the_list_is_searched_filtered_and_sorted(
    services: Services, admin: Visitor, query: dict[str, str], found: list[str] | int
) -> None:
    services.integrations.add(make_incoming(name="CI", enabled=False))
    services.integrations.add(make_incoming(name="Alpha"))
    services.integrations.add(make_outgoing(name="Bridge"))

    page = admin.text(**query)

    assert (names(page) if isinstance(found, list) else len(names(page))) == found


def test_five_hundred_integrations_come_in_pages(services: Services, admin: Visitor) -> None:
    for number in range(500):
        services.integrations.add(make_incoming(name=f"Hook {number:03}"))

    first = admin.text(sort="name", state="on")
    last = admin.text(sort="name", page="10")

    assert names(first) == [f"Hook {number:03}" for number in range(50)]
    assert "1 to 50 of 500" in first
    assert "sort=name&amp;state=on" not in first or "page=2" in first
    assert names(last) == [f"Hook {number:03}" for number in range(450, 500)]
    assert 'rel="next"' in first
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "failing", "sort": "name"}, ["Called", "Fails"]),
        ({"state": "switched-off"}, ["Switched"]),
        ({"sort": "-last"}, ["Called", "Fails", "Switched"]),
        ({"sort": "last"}, ["Switched", "Fails", "Called"]),
        ({"sort": "-failed"}, ["Fails", "Called", "Switched"]),
        ({"sort": "failed", "state": "on"}, ["Called", "Fails"]),
    ],
    ids=str,
)
def test_the_list_tells_who_fails_and_who_was_called_last(
    services: Services, admin: Visitor, query: dict[str, str], found: list[str]
) -> None:
    called, fails = make_incoming(name="Called"), make_incoming(name="Fails")
    switched = make_incoming(name="Switched", enabled=False, disabled_reason="gone")
    for one in (called, fails, switched):
        services.integrations.add(one)
    now = datetime.now(UTC)
    for minutes, hook, outcome in [
        (1, called, CallOutcome.POSTED),
        (2, fails, CallOutcome.FAILED),
        (3, fails, CallOutcome.REFUSED),
        (4, called, CallOutcome.REFUSED),
    ]:
        at = now - timedelta(minutes=minutes)
        services.calls.add(make_call(integration_id=hook.id, called_at=at, outcome=outcome))

    assert names(admin.text(**query)) == found


def test_heads_of_columns_sort_and_say_how_it_is_sorted(services: Services, admin: Visitor) -> None:
    services.integrations.add(make_incoming())

    by_failures = admin.text(sort="-failed", state="on")

    assert by_failures.count("aria-sort=") == 1
    assert re.search(r'rc-col-failed rc-number" aria-sort="descending"', by_failures)
    assert re.search(r'href="[^"]*\?state=on&amp;sort=failed"', by_failures)
    # what was called or failed last is looked for, so a first click has it at the top
    assert 'sort=-last"' in by_failures
    assert 'sort=name"' in by_failures


def test_who_manages_his_own_sees_his_own(services: Services, server: Server) -> None:
    carol = visitor(server.caller("carol", "manage-own-incoming-integrations"))
    mine = make_incoming(name="Mine", created_by=Editor(carol.id, "carol"))
    others = make_incoming(name="Others")
    bridge = make_outgoing(name="Bridge", created_by=Editor(carol.id, "carol"))
    for one in (mine, others, bridge):
        services.integrations.add(one)

    assert names(carol.text()) == ["Mine"]
    assert carol.get(f"/{mine.id}").status_code == 200
    for one in (others, bridge):
        assert carol.get(f"/{one.id}").status_code == 404
        assert carol.post(f"/{one.id}/token").status_code == 404


def test_a_type_that_nobody_lets_him_see_is_no_choice(server: Server, services: Services) -> None:
    services.integrations.add(make_incoming())
    carol = visitor(server.caller("carol", "manage-incoming-integrations"))

    assert 'name="type"' not in carol.text()


def test_who_may_manage_nothing_is_told_so(server: Server) -> None:
    answer = visitor(server.caller("bob")).get()

    assert answer.status_code == 403
    assert "You may not manage integrations on this server." in answer.text


def test_a_stranger_is_told_to_log_in(stranger: Visitor) -> None:
    answer = stranger.get()

    assert answer.status_code == 401
    assert "Please log in to manage integrations." in answer.text


@pytest.mark.parametrize("path", ["", "/abc", "/abc/token/more", "/%00", "/%F0%9F%98%80"])
def test_what_is_not_there_is_not_found(admin: Visitor, path: str) -> None:
    assert admin.get(path or "/nothing").status_code == 404


def test_the_pages_may_be_written_with_a_slash_at_the_end(admin: Visitor) -> None:
    assert admin.get("/").status_code == 200


@pytest.mark.parametrize("path", ["", "/nothing", "/static/admin.css", "/static/js/main.js"])
def test_each_answer_is_protected(admin: Visitor, path: str) -> None:
    with admin.get(path) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    if "static" not in path:
        assert headers["Cache-Control"] == "no-store"


def test_no_page_needs_scripts_or_styles_in_its_source(services: Services, admin: Visitor) -> None:
    hook, bridge = make_incoming(script="class Script {}"), make_outgoing(script="class Script {}")
    services.integrations.add(hook)
    services.integrations.add(bridge)

    for path in ("", f"/{hook.id}", f"/{bridge.id}", "/nothing"):
        page = admin.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)


def test_no_name_becomes_html(services: Services, admin: Visitor) -> None:
    fields = {
        "name": HOSTILE,
        "username": HOSTILE,
        "alias": HOSTILE,
        "avatar": HOSTILE,
        "emoji": HOSTILE,
        "disabled_reason": HOSTILE,
        "enabled": False,
        "channels": (HOSTILE, "#b", "#c", "#d"),
        "script": f"</textarea>{HOSTILE}",
        "created_by": Editor("a", HOSTILE),
        "updated_by": Editor("a", HOSTILE),
    }
    hook = make_incoming(**fields)
    bridge = make_outgoing(
        **fields,
        urls=(HOSTILE,),
        trigger_words=(HOSTILE,),
        target_room=HOSTILE,
        headers={HOSTILE: HOSTILE},
        retry_failed_calls=True,
        retry_delay=HOSTILE,
    )
    services.integrations.add(hook)
    services.integrations.add(bridge)
    result = {"channel": HOSTILE, "error": HOSTILE}
    services.calls.add(make_call(integration_id=hook.id, error=HOSTILE, results=(result,)))
    delivery = make_delivery(integration_id=bridge.id)
    services.deliveries.open(
        [delivery], attempts=[make_attempt(delivery, url=HOSTILE, error=HOSTILE)]
    )

    for path in ("", f"/{hook.id}", f"/{bridge.id}"):
        page = admin.text(path, q="<script>")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "onerror=alert(1)&gt;" in page
        assert "{{ 7*7 }}" in page
        assert ">49" not in page


def test_what_was_searched_for_does_not_become_html(admin: Visitor) -> None:
    assert "<script>" not in admin.text(q='"><script>alert(1)</script>')


def test_the_page_of_an_outgoing_integration_shows_what_is_sent_and_may_be_answered(
    services: Services, admin: Visitor
) -> None:
    bridge = make_outgoing(token="s3cret", trigger_words=("pr", "<b>"), target_room="#ops")
    services.integrations.add(bridge)

    page = admin.text(f"/{bridge.id}")

    assert "pr Example message" in page
    assert "begins with <code>pr</code> or <code>&lt;b&gt;</code>" in page
    assert "••••••••" in page
    assert "posted into <bdi>#ops</bdi>" in page
    assert "Example message&#34;,\n  &#34;attachments" in page
    assert "s3cret" not in page


def test_the_page_of_an_integration_for_another_event_shows_that_event(
    services: Services, admin: Visitor
) -> None:
    bridge = make_outgoing(event="userCreated", target_room="#ops")
    services.integrations.add(bridge)

    page = admin.text(f"/{bridge.id}")

    assert "At “User Created”, each URL is called" in page
    assert "channel_id" not in page


def test_no_secret_is_in_a_page(services: Services, admin: Visitor) -> None:
    hook = make_incoming(token="s3cret-token")
    bridge = make_outgoing(
        token="s3cret-token",
        signing_secret="whsec_s3cret",
        headers={"X-Key": "s3cret-key"},
        basic_auth="user:s3cret",
    )
    services.integrations.add(hook)
    services.integrations.add(bridge)

    for path in ("", f"/{hook.id}", f"/{bridge.id}"):
        assert "s3cret" not in admin.text(path)


@pytest.mark.parametrize(("count", "told"), [(1, "1 time, "), (4, "4 times, ")], ids=["1", "4"])
def test_the_page_says_how_often_calls_are_made_again(
    services: Services, admin: Visitor, count: int, told: str
) -> None:
    bridge = make_outgoing(retry_failed_calls=True, retry_count=count)
    services.integrations.add(bridge)

    assert told in admin.text(f"/{bridge.id}")


def test_a_token_is_shown_to_who_asks_for_it_where_there_is_one(
    services: Services, admin: Visitor
) -> None:
    bridge, bare = make_outgoing(token="s3cret"), make_outgoing(token=None)
    services.integrations.add(bridge)
    services.integrations.add(bare)

    assert admin.post(f"/{bridge.id}/token").json == {"success": True, "token": "s3cret"}
    assert admin.post(f"/{bare.id}/token").status_code == 404


def test_the_editor_is_told_what_does_not_work(admin: Visitor, scripted: ScriptedRunner) -> None:
    finding = Finding(
        code="old-http",
        severity=Severity.WARNING,
        name="HTTP",
        line=2,
        column=3,
        lines=(2,),
        message="HTTP works here",
        advice="Use fetch",
    )
    scripted.findings = (finding,)

    answer = admin.post("/check-script", {"script": "class Script {}"})

    assert answer.json is not None
    assert [one["code"] for one in answer.json["scriptWarnings"]] == ["old-http"]
    assert answer.json["scriptWarnings"][0]["line"] == 2


def test_a_script_that_does_not_compile_is_an_error_at_its_place(admin: Visitor) -> None:
    answer = admin.post("/check-script", {"script": "syntax error", "skipTranspile": True})

    assert answer.json is not None
    (fault,) = answer.json["scriptWarnings"]
    assert (fault["severity"], fault["line"], fault["column"]) == ("error", 1, 1)


@pytest.mark.parametrize("body", [{"script": 1}, {"script": "", "skipTranspile": 1}, [], "x"])
def test_what_is_no_script_is_refused(admin: Visitor, body: object) -> None:
    assert admin.post("/check-script", body).status_code == 400


def test_a_script_that_is_too_long_is_refused(admin: Visitor) -> None:
    assert admin.post("/check-script", {"script": "x" * (1024 * 1024 + 1)}).status_code == 413


def test_nobody_checks_scripts_without_a_permission(server: Server) -> None:
    bob = visitor(server.caller("bob"))

    assert bob.post("/check-script", {"script": ""}, token="none").status_code == 403


def test_the_menu_has_a_link_for_who_may_manage_something(app: Flask, server: Server) -> None:
    from rc_integrations_plugin.plugin import chat_host_menu_links  # noqa: PLC0415

    admin, bob = server.caller("admin"), server.caller("bob")
    host = server.services.host
    with app.test_request_context():
        users = [host.find_user(one.id) for one in (admin, bob)]
        links = [list(chat_host_menu_links(user)) for user in users if user]

    assert links == [[("Integrations", "/admin/integrations")], []]
