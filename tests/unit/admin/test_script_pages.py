"""Versions of a script as pages."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete

from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.settings import ScriptsAllowed
from rc_integrations_plugin.storage.tables import script_versions
from tests.callers import OWN, Server
from tests.factories import make_incoming, make_outgoing
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


def seed(services: Services, made: Any, *scripts: str) -> Any:
    """Store an integration, and each script in its turn."""
    services.integrations.add(made)
    for script in scripts:
        later = max(datetime.now(UTC), made.updated_at + timedelta(seconds=1))
        new = dataclasses.replace(made, script=script, updated_at=later)
        assert services.integrations.replace(made, new)
        made = new
    return made


def rolled_back(admin: Visitor, integration: Any, number: int) -> Any:
    fields = {"version": integration.updated_at.isoformat()}
    return admin.submit(f"/{integration.id}/script/{number}/roll-back", fields)


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_the_versions_are_listed_the_newest_first(
    services: Services, admin: Visitor, make: Any
) -> None:
    one = seed(services, make(script="one"), "two", "three")

    page = admin.text(f"/{one.id}/script")

    assert re.findall(r">Version (\d)</a>", page) == ["3", "2", "1"]
    assert page.count("The script now") == 1
    assert page.index("The script now") < page.index(">Version 2")


def test_without_a_script_the_page_says_so(services: Services, admin: Visitor) -> None:
    one = seed(services, make_incoming())

    assert "It never had a script" in admin.text(f"/{one.id}/script")
    assert admin.get(f"/{one.id}/script/1").status_code == 404


def test_a_version_is_shown_with_its_text(services: Services, admin: Visitor) -> None:
    one = seed(services, make_incoming(script="the first text"), "the second text")

    page = admin.text(f"/{one.id}/script/1")

    assert "the first text</textarea>" in page
    assert "the second text" not in page
    assert "Make this the script" in page
    assert "Make this the script" not in admin.text(f"/{one.id}/script/2")


def test_what_differs_is_told_in_words_and_signs(services: Services, admin: Visitor) -> None:
    one = seed(services, make_incoming(script="same\nold line"), "same\nnew line")

    page = admin.text(f"/{one.id}/script/difference", old="1", new="2")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "2 \N{MINUS SIGN} removed old line" in text
    assert "2 + added new line" in text
    same = admin.text(f"/{one.id}/script/difference", old="2", new="2")
    assert "Both are the same" in same


@pytest.mark.parametrize(
    "query",
    [{}, {"old": "1"}, {"old": "0", "new": "1"}, {"old": "x", "new": "1"}, {"old": "9" * 30}],
    ids=["nothing", "half", "zero", "a word", "huge"],
)
def test_versions_that_are_not_there_are_not_found(
    services: Services, admin: Visitor, query: dict[str, str]
) -> None:
    one = seed(services, make_incoming(script="one"), "two")

    assert admin.get(f"/{one.id}/script/difference", **query).status_code == 404


@pytest.mark.parametrize("make", ["create", "create_outgoing"])
def test_an_old_version_becomes_the_next_one(
    server: Server, services: Services, admin: Visitor, make: str
) -> None:
    document = getattr(server.caller("admin"), make)(script="// one")
    one = seed_on(services, document["_id"], "// two")

    answer = rolled_back(admin, one, 1)

    assert answer.status_code == 303
    assert "The old version is the script now" in admin.text(
        f"/{one.id}/script", done="rolled-back"
    )
    after = services.integrations.find_any(one.id)
    assert after
    assert after.script == "// one"
    assert after.updated_by
    assert after.updated_by.username == "admin"
    assert [one.number for one in services.script_versions.of(one.id)] == [3, 2, 1]
    assert "as version 1" in admin.text(f"/{one.id}/changes")


def seed_on(services: Services, integration_id: str, script: str) -> Any:
    """Store another script of an integration."""
    old = services.integrations.find_any(integration_id)
    assert old
    new = dataclasses.replace(old, script=script, updated_at=old.updated_at + timedelta(seconds=1))
    assert services.integrations.replace(old, new)
    return new


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    services: Services, admin: Visitor
) -> None:
    seen = seed(services, make_incoming(script="one"), "two")
    seed_on(services, seen.id, "three")

    answer = rolled_back(admin, seen, 1)

    assert answer.status_code == 409
    assert "Somebody else has changed" in answer.text
    after = services.integrations.find_any(seen.id)
    assert after
    assert after.script == "three"
    unsaid = admin.submit(f"/{seen.id}/script/1/roll-back", {"version": "x"})
    assert unsaid.status_code == 409


def test_a_version_that_does_not_compile_is_refused_with_the_reason(
    services: Services, admin: Visitor
) -> None:
    one = seed(services, make_incoming(script="a syntax error"), "class Script {}")

    answer = rolled_back(admin, one, 1)

    assert answer.status_code == 400
    assert "Version 1 was not put back: The script does not compile" in unescape(answer.text)


def test_an_integration_that_cannot_be_saved_is_not_rolled_back(
    services: Services, admin: Visitor
) -> None:
    one = seed(services, make_incoming(channels=("#gone",), script="one"), "two")

    answer = rolled_back(admin, one, 1)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_the_script_that_it_has_cannot_be_put_back(services: Services, admin: Visitor) -> None:
    one = seed(services, make_incoming(script="one"), "two")

    assert rolled_back(admin, one, 2).status_code == 400
    assert rolled_back(admin, one, 7).status_code == 404


def test_frozen_scripts_can_be_looked_at_only(server: Server, admin: Visitor) -> None:
    services = server.services
    one = seed(services, make_incoming(script="one"), "two")
    settings = dataclasses.replace(services.settings, scripts=ScriptsAllowed.FROZEN)
    server.app.extensions[EXTENSION] = dataclasses.replace(services, settings=settings)

    page, answer = admin.text(f"/{one.id}/script/1"), rolled_back(admin, one, 1)
    server.app.extensions[EXTENSION] = services

    assert "Make this the script" not in page
    assert "Scripts cannot be changed on this server" in page
    assert answer.status_code == 400
    after = services.integrations.find_any(one.id)
    assert after
    assert after.script == "two"


@pytest.mark.parametrize("path", ["", "/1", "/difference"])
def test_versions_of_another_s_integration_are_not_found(
    server: Server, services: Services, stranger: Visitor, path: str
) -> None:
    one = seed(services, make_incoming(script="one"), "two")
    ann = visitor(server.caller("ann", OWN))

    foreign, unknown = (
        ann.get(f"/{place}/script{path}", old="1", new="2") for place in (one.id, "unknown")
    )

    assert foreign.status_code == 404
    assert foreign.text == unknown.text
    assert stranger.get(f"/{one.id}/script{path}").status_code == 401


def test_another_s_script_is_not_rolled_back_and_no_form_of_another_site_does_it(
    server: Server, services: Services, admin: Visitor
) -> None:
    one = seed(services, make_incoming(script="one"), "two")
    ann = visitor(server.caller("ann", OWN))

    assert rolled_back(ann, one, 1).status_code == 404
    fields = {"version": one.updated_at.isoformat()}
    path = f"/{one.id}/script/1/roll-back"
    assert admin.submit(path, fields, token="forged").status_code == 403
    assert admin.submit(path, fields, Sec_Fetch_Site="cross-site").status_code == 403
    after = services.integrations.find_any(one.id)
    assert after
    assert after.script == "two"


def test_who_owns_the_rooms_sees_no_script_from_before_they_were_the_only_ones(
    server: Server, services: Services
) -> None:
    alice = server.caller("alice")
    with server.app.app_context():
        (room,) = services.host.find_rooms("general")
    hook = make_incoming(channel_ids={"#general": room.id}, script="of other rooms")
    one = seed(services, hook, "of hers")
    now_hers = dataclasses.replace(
        one, rooms_since=one.updated_at, updated_at=one.updated_at + timedelta(seconds=1)
    )
    services.integrations.replace(one, now_hers)

    page = visitor(alice).text(f"/{hook.id}/script")

    assert re.findall(r">Version (\d)</a>", page) == ["2"]
    assert visitor(alice).get(f"/{hook.id}/script/1").status_code == 404


@pytest.mark.parametrize("path", ["", "/1", "/2", "/difference"])
def test_hostile_scripts_and_names_are_text(services: Services, admin: Visitor, path: str) -> None:
    one = seed(services, make_incoming(name=HOSTILE, script=HOSTILE), f"{HOSTILE}\n2")

    page = admin.text(f"/{one.id}/script{path}", old="1", new="2")

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_version_that_is_older_than_the_table_is_shown(
    server: Server, services: Services, admin: Visitor
) -> None:
    one = seed(services, make_incoming(script="an old script"))
    with server.app.app_context():
        engine = server.app.extensions["sqlalchemy"].engine
    with engine.begin() as connection:
        connection.execute(delete(script_versions))

    assert re.findall(r">Version (\d)</a>", admin.text(f"/{one.id}/script")) == ["1"]
    assert "an old script</textarea>" in admin.text(f"/{one.id}/script/1")


def test_the_trail_leads_back_to_all_versions(services: Services, admin: Visitor) -> None:
    one = seed(services, make_incoming(script="one"), "two")
    link = f'/{one.id}/script">Script versions</a>'

    for page in (
        admin.text(f"/{one.id}/script/1"),
        admin.text(f"/{one.id}/script/difference", old="1", new="2"),
    ):
        found = re.search(r'<nav class="rc-trail".*?</nav>', page, re.DOTALL)
        assert found is not None
        assert link in found[0]
