"""`changes`, and `script versions`, `diff` and `rollback`."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.audit import entry_of_tests
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.services import Services
from tests.callers import ALL, OWN, Server, new_body
from tests.factories import NOON, make_incoming, make_outgoing
from tests.unit.commands.conftest import Console


def save(services: Services, old: Any, **fields: Any) -> Any:
    later = old.updated_at + timedelta(days=10_000)
    new = dataclasses.replace(old, updated_at=later, updated_by=old.created_by, **fields)
    assert services.integrations.replace(old, new)
    return new


def test_changes_of_one_and_of_all_are_listed(services: Services, console: Console) -> None:
    hook, bridge = make_incoming(name="CI"), make_outgoing(name="Bridge", token="hidden-token")
    for one in (hook, bridge):
        services.integrations.add(one)
    save(services, hook, alias="Robot", enabled=False)

    own, everything = console.ok("changes", hook.id), console.ok("changes")

    head, *lines = (line.split() for line in own.splitlines())
    assert head[:3] == ["WHEN", "(UTC)", "WHO"]
    assert lines[0][2:] == ["admin", "CI", "updated"]
    assert ["enabled", "yes", "no"] in lines
    assert ["alias", "-", "Robot"] in lines
    assert "Bridge" not in own
    assert "Bridge" in everything
    assert "hidden" not in everything


def test_changes_of_tests_are_told_with_their_names(services: Services, console: Console) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    test = ScriptTest(
        id="test-id",
        integration_id=hook.id,
        name="greets",
        sample={},
        created_at=NOON,
        created_by=hook.created_by,
    )
    entry = entry_of_tests(hook, at=NOON, by=hook.created_by, after={"tests": ["greets"]})
    services.script_tests.add(test, entry, most=1)

    lines = [line.split() for line in console.ok("changes", hook.id).splitlines()]

    assert ["tests", "-", "greets"] in lines


def test_json_has_before_and_after(services: Services, console: Console) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    services.integrations.disable(hook.id, "It failed")

    newest, oldest = console.json("changes", hook.id)

    assert newest["action"] == "disabled"
    assert newest["by"] is None
    assert newest["before"] == {"enabled": True}
    assert newest["after"] == {"enabled": False, "disabledReason": "It failed"}
    assert oldest["by"] == {"_id": "admin-id", "username": "admin"}
    assert oldest["integrationId"] == hook.id


def test_changes_are_cut_down_to_a_time_a_user_and_a_number(
    services: Services, console: Console
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    services.integrations.disable(hook.id, "It failed")

    assert len(console.json("changes", "--since", "1h")) == 2
    assert len(console.json("changes", "--count", "1")) == 1
    assert [one["action"] for one in console.json("changes", "--by", "@admin")] == ["created"]
    assert console.fails(3, "changes", "--since", "2099-01-01") == "Error: No changes found\n"


def test_who_acts_as_somebody_sees_his_part(
    server: Server, services: Services, console: Console
) -> None:
    server.caller("ann", OWN)
    server.caller("carl", ALL)
    hook = make_incoming()
    services.integrations.add(hook)

    assert console.fails(3, "changes", "--as", "ann") == "Error: No changes found\n"
    assert console.fails(3, "changes", hook.id, "--as", "ann") == "Error: No integration found.\n"
    assert "created" in console.ok("changes", hook.id, "--as", "carl")
    for command in (["versions"], ["diff"], ["rollback"]):
        number = ["1"] if command == ["rollback"] else []
        refused = console.fails(3, "script", *command, hook.id, *number, "--as", "ann")
        assert refused == "Error: No integration found.\n"


def test_versions_are_listed(services: Services, console: Console) -> None:
    hook = make_incoming(script="one")
    services.integrations.add(hook)
    save(services, hook, script="three")

    lines = console.ok("script", "versions", hook.id).splitlines()
    assert [line.split()[0] for line in lines] == ["VERSION", "2", "1"]
    assert lines[1].endswith("the script now")
    newest, first = console.json("script", "versions", hook.id)
    assert (newest["version"], newest["characters"], newest["current"]) == (2, 5, True)
    assert first["savedBy"]["username"] == "admin"


def test_an_integration_without_script_has_no_versions(
    services: Services, console: Console
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)

    for command in ("versions", "diff"):
        assert "Error: " in console.fails(3, "script", command, hook.id)


def test_what_differs_is_shown_from_the_last_version_or_the_one_that_is_named(
    services: Services, console: Console
) -> None:
    hook = make_incoming(script="a\nb\x1b[31m")
    services.integrations.add(hook)
    second = save(services, hook, script="a\nc")
    save(services, second, script="a\nd")

    def shown(*numbers: str) -> list[str]:
        return console.ok("script", "diff", hook.id, *numbers).splitlines()

    assert shown() == ["--- version 2", "+++ version 3", " a", "-c", "+d"]
    assert shown("1")[-2:] == ["-b\N{REPLACEMENT CHARACTER}[31m", "+d"]
    assert shown("2", "1")[:2] == ["--- version 2", "+++ version 1"]
    assert console.json("script", "diff", hook.id, "2", "3")["lines"][1:] == [
        {"kind": "removed", "old": 2, "new": None, "text": "c"},
        {"kind": "added", "old": None, "new": 2, "text": "d"},
    ]
    assert "no such version" in console.fails(3, "script", "diff", hook.id, "7")


def test_lines_that_are_the_same_at_the_end_of_a_difference_are_not_told(
    services: Services, console: Console
) -> None:
    hook = make_incoming(script="a\n1\n2\n3\n4\n5")
    services.integrations.add(hook)
    save(services, hook, script="b\n1\n2\n3\n4\n5")

    shown = console.ok("script", "diff", hook.id).splitlines()

    assert shown == ["--- version 1", "+++ version 2", "-a", "+b", " 1", " 2", " 3"]


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_a_version_is_put_back(services: Services, console: Console, make: Any) -> None:
    one = make(script="one")
    services.integrations.add(one)
    save(services, one, script="two")

    told = console.ok("script", "rollback", one.id, "1")

    assert told == f"{one.id} {one.name} has version 1 again, as version 3\n"
    after = services.integrations.find_any(one.id)
    assert after
    assert after.script == "one"
    assert after.updated_by
    assert after.updated_by.username == "(console)"
    assert "is the script" in console.fails(1, "script", "rollback", one.id, "3")
    assert console.json("script", "rollback", one.id, "2")["version"] == 4


def test_who_imports_and_who_applies_a_file_is_told(services: Services, console: Console) -> None:
    exported = {**new_body(name="Old"), "_id": "imported-id", "token": "t" * 48, "userId": "x"}
    console.ok("import-rocketchat", "-", stdin=json.dumps([exported]))
    described = {
        "name": "CI",
        "type": "incoming",
        "username": "rocket.cat",
        "channel": ["#general"],
    }
    console.ok("apply", "-", stdin=json.dumps({"integrations": [described]}))

    applied, imported = console.json("changes")

    assert (applied["action"], applied["name"]) == ("created", "CI")
    assert (imported["action"], imported["integrationId"]) == ("imported", "imported-id")
    assert {one["by"]["username"] for one in (applied, imported)} == {"(console)"}
