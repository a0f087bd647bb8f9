"""Every route of the pages and of the management API, attacked one after the other.

The routes are those of the running app, so a new one is attacked without being named here.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from rc_integrations_plugin.admin.csrf import SAFE_METHODS
from rc_integrations_plugin.admin.rendering import NAME, PREFIX
from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.tables import metadata
from tests.callers import OUTGOING_OWN, OWN, Caller, Server, change_body, new_body
from tests.databases import restore_server
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing
from tests.unit.admin.conftest import Visitor, visitor

API = "rc_integrations_api"
EVIL = "https://evil.example/"
SECRETS = ("t0ken-of-hook", "t0ken-of-bridge", "whsec_c2VjcmV0c2VjcmV0c2VjcmV0", "passw0rd")


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


@pytest.fixture
def admin(server: Server) -> Visitor:
    return visitor(server.caller("admin"))


@pytest.fixture
def mallory(server: Server) -> Caller:
    """May manage own integrations of both types, and has none."""
    return server.caller("mallory", OWN, OUTGOING_OWN)


@dataclasses.dataclass(frozen=True)
class Anothers:
    """Ids of what an administrator made."""

    hook: str
    bridge: str
    call: str
    attempt: str

    @property
    def all(self) -> tuple[str, ...]:
        return dataclasses.astuple(self)


@pytest.fixture
def anothers(services: Services, server: Server) -> Anothers:
    maker = Editor(server.caller("admin").id, "admin")
    hook = make_incoming(
        id="hook-of-another",
        name="Hook of another",
        created_by=maker,
        token=SECRETS[0],
        script="class Script { process_incoming_request() { return {} } }",
    )
    bridge = make_outgoing(
        id="bridge-of-another",
        name="Bridge of another",
        created_by=maker,
        token=SECRETS[1],
        signing_secret=SECRETS[2],
        basic_auth=f"u:{SECRETS[3]}",
        headers={"X-Key": SECRETS[3]},
    )
    services.integrations.add(hook)
    services.integrations.add(bridge)
    call = make_call(integration_id=hook.id)
    services.calls.add(call)
    delivery = make_delivery(integration_id=bridge.id)
    attempt = make_attempt(delivery)
    services.deliveries.open([delivery], attempts=[attempt])
    return Anothers(hook.id, bridge.id, call.id, attempt.id)


def routes(app: Flask, blueprint: str, *, methods: str) -> Iterator[tuple[Rule, str]]:
    """Return each route of a blueprint with each of its methods: those that read, or the others."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint.startswith(f"{blueprint}.") and rule.endpoint != f"{blueprint}.static":
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if (method in SAFE_METHODS) == (methods == "reading"):
                    yield rule, method


def address(rule: Rule, **values: Any) -> str:
    """Return a path of a route; what is not given is something harmless."""
    usual: dict[str, Any] = {"kind": "incoming"}
    filled = {
        name: values.get(name, usual.get(name, _filler(rule, name))) for name in rule.arguments
    }
    _, path = rule.build(filled, append_unknown=False) or ("", "")
    return path


def _filler(rule: Rule, name: str) -> Any:
    return 1 if f"<int:{name}>" in rule.rule else "1"


def everything(app: Flask) -> dict[str, Any]:
    """Return all rows of the plugin's tables."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        with engine.connect() as connection:
            return {
                table.name: connection.execute(select(table)).all()
                for table in metadata.sorted_tables
            }


def send(
    visitor: Visitor, method: str, path: str, *, token: str, site: str = "same-origin", **form: str
) -> TestResponse:
    headers = {**visitor.headers, "Sec-Fetch-Site": site, "X-CSRF-Token": token}
    return visitor.client.open(path, method=method, data=form, headers=headers)


FORM = {
    "name": "Hook of another",
    "asked": "yes",
    "enabled": "yes",
    "overlap": "0",
    "call": "x",
    "username": "rocket.cat",
    "channel": "#general",
    "event": "sendMessage",
    "urls": "https://receiver.test/",
    "script": "class Script {}",
    "number": "1",
    "since": "2026-01-01T00:00",
}
"""What the forms of all pages want, as far as it is one and the same."""


def test_there_are_routes_to_attack(app: Flask) -> None:
    assert len(list(routes(app, NAME, methods="reading"))) >= 8
    assert len(list(routes(app, NAME, methods="writing"))) >= 8
    assert len(list(routes(app, API, methods="writing"))) >= 5


def test_no_page_changes_anything_without_the_token_of_a_page(
    app: Flask, admin: Visitor, anothers: Anothers
) -> None:
    before = everything(app)

    for rule, method in routes(app, NAME, methods="writing"):
        path = address(rule, integration_id=anothers.hook)
        assert send(admin, method, path, token="", **FORM).status_code == 403, rule

    assert everything(app) == before


def test_no_other_site_changes_anything_though_it_has_the_token(
    app: Flask, admin: Visitor, anothers: Anothers
) -> None:
    before, token = everything(app), admin.page_token()

    for rule, method in routes(app, NAME, methods="writing"):
        path = address(rule, integration_id=anothers.hook)
        for site in ("cross-site", "same-site", "none"):
            answer = send(admin, method, path, token=token, site=site, **FORM)
            assert answer.status_code == 403, rule

    assert everything(app) == before


def test_no_address_that_is_opened_changes_anything(
    app: Flask, admin: Visitor, anothers: Anothers
) -> None:
    before = everything(app)

    for rule, method in routes(app, NAME, methods="reading"):
        for one in (anothers.hook, anothers.bridge):
            admin.client.open(
                address(rule, integration_id=one),
                method=method,
                query_string=FORM | {"force": "yes", "confirm": "yes"},
                headers=admin.headers,
            )

    assert everything(app) == before


@pytest.mark.parametrize("methods", ["reading", "writing"])
def test_no_page_tells_of_or_changes_the_integrations_of_others(
    app: Flask, mallory: Caller, anothers: Anothers, methods: str
) -> None:
    person = visitor(mallory)
    before, token = everything(app), person.page_token()
    tried = 0

    for rule, method in routes(app, NAME, methods=methods):
        if "integration_id" not in rule.arguments:
            continue
        for one in (anothers.hook, anothers.bridge):
            tried += 1
            values = {"call": anothers.call, "history_id": anothers.attempt}
            theirs = send(
                person, method, address(rule, integration_id=one), token=token, **FORM | values
            )
            nothing = send(
                person, method, address(rule, integration_id="nothing"), token=token, **FORM
            )
            assert theirs.status_code == nothing.status_code == 404, rule
            assert theirs.text.replace(one, "nothing") == nothing.text, rule

    assert tried >= 12
    assert everything(app) == before


def test_no_list_of_a_page_tells_of_the_integrations_of_others(
    app: Flask, mallory: Caller, anothers: Anothers
) -> None:
    person = visitor(mallory)

    for rule, method in routes(app, NAME, methods="reading"):
        if "integration_id" in rule.arguments:
            continue
        query = {
            "q": "another",
            "integration": anothers.hook,
            "integration_id": anothers.hook,
            "user": "admin",
            "copy": anothers.hook,
        }
        answer = person.client.open(
            address(rule), method=method, query_string=query, headers=person.headers
        )
        shown = answer.text.replace(f'value="{anothers.hook}"', "")
        assert "of another" not in shown, rule
        assert anothers.bridge not in shown, rule


@pytest.mark.parametrize("methods", ["reading", "writing"])
def test_no_call_of_the_api_tells_of_or_changes_the_integrations_of_others(
    app: Flask, mallory: Caller, anothers: Anothers, methods: str
) -> None:
    before, client = everything(app), app.test_client()

    for rule, method in routes(app, API, methods=methods):
        for one, kind in ((anothers.hook, "incoming"), (anothers.bridge, "outgoing")):
            answers = [
                client.open(
                    address(rule),
                    method=method,
                    headers=mallory.headers,
                    **_asked(rule, method, integration, f"webhook-{kind}", anothers),
                )
                for integration in (one, "nothing")
            ]
            theirs, nothing = (answer.text.replace(one, "nothing") for answer in answers)
            if "openapi" in rule.rule or "docs" in rule.rule:
                continue
            assert theirs == nothing, rule
            assert "of another" not in theirs, rule
            if methods == "writing" and name_of(rule) not in WITHOUT_ID:
                assert answers[0].status_code >= 400, rule

    after = everything(app)
    if methods == "reading":
        assert after == before
    else:
        # what he made himself is there, what others made is as it was
        for table, rows in before.items():
            if table != "rc_integration_changes":
                assert set(rows) <= set(after[table]), table


BODIES: dict[str, dict[str, Any]] = {
    "try": {},
    "sendTest": {},
    "checkScript": {"script": "class Script {}"},
    "keepTest": {"name": "x", "test": {"request": {}, "expected": {"ok": True}}},
    "removeTest": {"testId": "x"},
    "runTests": {},
    "rollBackScript": {"version": 1},
    "recover": {"since": "2001-01-01T00:00:00Z"},
    "renewToken": {"overlap": 60},
    "setEnabled": {"enabled": False},
    "clearHistory": {},
    "replayOutgoing": {"historyId": "x"},
}
"""What calls take beside the id of an integration, where that is little."""
WITHOUT_ID = ("create", "checkScript")
"""Calls that name no integration."""


def _asked(
    rule: Rule, method: str, integration: str, kind: str, anothers: Anothers
) -> dict[str, Any]:
    if method in SAFE_METHODS:
        query = json.dumps({"_createdBy._id": {"$exists": True}, "integrationId": integration})
        return {
            "query_string": {
                "integrationId": integration,
                "id": integration,
                "historyId": anothers.call if kind.endswith("incoming") else anothers.attempt,
                "version": 1,
                "since": "2001-01-01",
                "query": query,
            }
        }
    small = BODIES.get(name_of(rule))
    if small is not None:
        named = {} if name_of(rule) in WITHOUT_ID else {"integrationId": integration}
        return {"json": named | small}
    values = {
        "integrationId": integration,
        "type": kind,
        "name": "Mine",
        "enabled": True,
        "username": "rocket.cat",
        "channel": "#nowhere",
        "scriptEnabled": False,
        "event": "sendMessage",
        "urls": ["https://receiver.test/"],
    }
    if kind.endswith("incoming"):
        del values["event"], values["urls"]
    if name_of(rule) == "create":
        del values["integrationId"]
    if name_of(rule) == "remove":
        values = {"integrationId": integration, "type": kind}
    return {"json": values}


def name_of(rule: Rule) -> str:
    """Return what a call of the API is called."""
    return rule.rule.rpartition(".")[2]


def test_each_call_of_the_api_gets_as_far_as_the_integration(
    app: Flask, server: Server, anothers: Anothers
) -> None:
    """Else the attacks here would show nothing."""
    admin, client = server.caller("admin"), app.test_client()

    for methods in ("reading", "writing"):
        for rule, method in routes(app, API, methods=methods):
            asked = [
                _asked(rule, method, one, f"webhook-{kind}", anothers)
                for one, kind in ((anothers.hook, "incoming"), (anothers.bridge, "outgoing"))
            ]
            answers = [
                client.open(address(rule), method=method, headers=admin.headers, **one)
                for one in asked
            ]
            told = [(answer.json or {}).get("errorType", "") for answer in answers]
            assert told.count("invalid-params") < 2, (rule, [one.json for one in answers])


def test_no_call_of_the_api_tells_secrets(app: Flask, server: Server, anothers: Anothers) -> None:
    admin, client = server.caller("admin"), app.test_client()
    # as in Rocket.Chat, these have the whole integration, with its token
    whole = {"get", "list", "update", "remove", "rollBackScript", "setEnabled"}

    for methods in ("reading", "writing"):
        for rule, method in sorted(
            routes(app, API, methods=methods), key=lambda one: name_of(one[0]) == "remove"
        ):
            for one, kind in ((anothers.hook, "incoming"), (anothers.bridge, "outgoing")):
                answer = client.open(
                    address(rule),
                    method=method,
                    headers=admin.headers,
                    **_asked(rule, method, one, f"webhook-{kind}", anothers),
                )
                never = SECRETS[2:] if name_of(rule) in whole else SECRETS
                assert not [secret for secret in never if secret in answer.text], rule


def test_no_call_of_the_api_takes_what_nobody_may_say(
    app: Flask, server: Server, anothers: Anothers
) -> None:
    admin, client = server.caller("admin"), app.test_client()
    before = everything(app)

    for rule, method in routes(app, API, methods="writing"):
        if name_of(rule) == "update":
            # Rocket.Chat's clients send all that they were told
            continue
        asked = _asked(rule, method, anothers.hook, "webhook-incoming", anothers)["json"]
        for name, value in SMUGGLED.items():
            answer = client.open(
                address(rule), method=method, headers=admin.headers, json={**asked, name: value}
            )
            assert answer.status_code == 400, (rule, name)
            assert (answer.json or {})["errorType"] == "invalid-params", (rule, name)

    assert everything(app) == before


def test_no_page_can_be_framed_sniffed_or_kept(
    app: Flask, admin: Visitor, anothers: Anothers
) -> None:
    for rule, method in routes(app, NAME, methods="reading"):
        for one in (anothers.hook, anothers.bridge, "nothing"):
            answer = admin.client.open(
                address(rule, integration_id=one), method=method, headers=admin.headers
            )
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, rule
            assert "default-src 'none'" in policy, rule
            assert "unsafe" not in policy, rule
            assert answer.headers["X-Frame-Options"] == "DENY", rule
            assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
            assert answer.headers["Cache-Control"] == "no-store", rule


@pytest.mark.parametrize(
    "evil", [EVIL, "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_page_sends_anybody_to_another_site(
    app: Flask, admin: Visitor, anothers: Anothers, evil: str
) -> None:
    names = ("next", "url", "back", "return", "return_to", "redirect", "done", "to", "continue")
    query, token = dict.fromkeys(names, evil), admin.page_token()

    for methods in ("reading", "writing"):
        for rule, method in routes(app, NAME, methods=methods):
            for one in (anothers.hook, anothers.bridge):
                answer = admin.client.open(
                    address(rule, integration_id=one),
                    method=method,
                    query_string=query,
                    data={**FORM, **query} if methods == "writing" else None,
                    headers={
                        **admin.headers,
                        "Sec-Fetch-Site": "same-origin",
                        "X-CSRF-Token": token,
                        "X-Forwarded-Host": "evil.example",
                        "Referer": f"http://localhost{PREFIX}",
                    },
                )
                assert "evil.example" not in answer.headers.get("Location", "").split("?")[0], rule
                assert f'href="{evil}' not in answer.text, rule
                assert f'action="{evil}' not in answer.text, rule


SMUGGLED = {
    "_id": "chosen",
    "id": "chosen",
    "token": "chosen-token",
    "_createdAt": "2001-01-01T00:00:00Z",
    "_createdBy": {"_id": "admin", "username": "admin"},
    "createdBy": "admin",
    "created_by_id": "admin",
    "created_by": "admin",
    "userId": "chosen",
    "user_id": "chosen",
    "scriptCompiled": "chosen",
    "script_compiled": "chosen",
    "previous_token": "chosen",
    "channel_ids": {"general": "chosen"},
    "disabled_reason": "chosen",
    "version": "chosen",
}


def test_a_form_stores_only_what_it_has_fields_for(
    services: Services, server: Server, admin: Visitor
) -> None:
    fields = {name: str(value) for name, value in SMUGGLED.items() if name != "version"}

    answer = admin.submit("/new/incoming", {**FORM, "script": "", **fields})

    assert answer.status_code == 303, answer.text
    [stored], _ = services.integrations.page(IntegrationFilter(), offset=0, count=10)
    assert "chosen" not in repr(stored)
    assert stored.created_by.id == admin.id
    assert stored.created_at.year > 2001


def test_the_api_makes_nothing_with_what_nobody_may_say(app: Flask, server: Server) -> None:
    caller, before = server.caller("admin"), everything(app)

    for name, value in SMUGGLED.items():
        assert caller.send("create", new_body() | {name: value}).status_code == 400, name

    assert everything(app) == before


def test_the_api_changes_only_what_a_caller_may_say(services: Services, server: Server) -> None:
    caller = server.caller("admin")
    made = caller.create()

    answer = caller.send("update", {**change_body(made, name="Changed"), **SMUGGLED})

    assert answer.status_code == 200, answer.json
    [stored], _ = services.integrations.page(IntegrationFilter(), offset=0, count=10)
    assert (stored.id, stored.name, stored.token) == (made["_id"], "Changed", made["token"])
    assert "chosen" not in repr(stored)
    assert stored.created_by.id == caller.id
    assert stored.created_at.year > 2001


def test_no_page_has_a_secret_in_its_source(app: Flask, admin: Visitor, anothers: Anothers) -> None:
    for rule, method in routes(app, NAME, methods="reading"):
        for one in (anothers.hook, anothers.bridge):
            answer = admin.client.open(
                address(rule, integration_id=one), method=method, headers=admin.headers
            )
            assert not [secret for secret in SECRETS if secret in answer.text], rule
