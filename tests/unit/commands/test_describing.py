"""`export`, `plan` and `apply`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from tests.callers import ALL, OUTGOING_ALL, OWN, Caller, Server
from tests.factories import make_incoming, make_outgoing
from tests.unit.commands.conftest import Console

SIGNING = "whsec_" + "c2VjcmV0" * 4
SECRETS = ("sesame-open", SIGNING, "pass-word", "header-secret", "url-secret", "query-secret")
SCRIPT = (
    "class Script {\n\tprepare_outgoing_request({ request }) {\n    return request;  \n  }\n}\n"
)

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def admin(server: Server) -> Caller:
    return server.caller("admin")


@pytest.fixture
def bridge(admin: Caller) -> dict[str, Any]:
    """An outgoing integration with every field, and secrets in each place."""
    return admin.create_outgoing(
        name="Bridge",
        channel="#general,@alice",
        urls=["https://me:url-secret@receiver.test/?token=query-secret&a=1", "https://b.test/"],
        token="sesame-open",
        signingSecret=SIGNING,
        basicAuth="user:pass-word",
        headers={"X-Key": "header-secret", "X-Other": "header-secret-2"},
        triggerWords=["pr", "ship it"],
        triggerWordAnywhere=True,
        targetRoom="#alerts",
        runOnEdits=True,
        impersonateUser=True,
        retryFailedCalls=True,
        retryCount=7,
        retryDelay="powers-of-two",
        retryOn="transient",
        timeout=2.5,
        callsAtOnce=3,
        scriptEnabled=True,
        script=SCRIPT + "// sesame-open\r\n",
        alias="Bot",
        avatar="/a.png",
        emoji=":x:",
    )


@pytest.fixture
def hook(admin: Caller) -> dict[str, Any]:
    return admin.create(name="CI", script="class Script {}", alias="on", emoji=":on:")


def edited(console: Console, path: Path, edit: Edit) -> str:
    """Export, change what was exported, and return the file's name."""
    data = yaml.safe_load(console.ok("export"))
    edit({one["name"]: one for one in data["integrations"]} | {"all": data["integrations"]})
    return written(path, data)


def written(path: Path, data: Any) -> str:
    file = path / "integrations.yaml"
    file.write_text(yaml.safe_dump(data))
    return str(file)


@pytest.mark.usefixtures("bridge", "hook")
def test_export_and_plan_is_empty(console: Console) -> None:
    result = console.run("plan", "-", stdin=console.ok("export"))

    assert (result.exit_code, result.output) == (0, "")
    result = console.run("plan", "-", "--prune", stdin=console.ok("export", "--no-ids"))
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.usefixtures("bridge")
def test_no_secret_is_in_what_is_printed(
    console: Console, hook: dict[str, Any], tmp_path: Path
) -> None:
    def edit(named: dict[str, Any]) -> None:
        named["Bridge"]["urls"].append("https://c.test/")
        named["Bridge"]["script"] = "// none"
        named["Bridge"]["headers"] = []

    file = edited(console, tmp_path, edit)

    for command in (["export"], ["export", "--json"], ["plan", file], ["plan", file, "--json"]):
        printed = console.run(*command).output
        assert printed
        for secret in (*SECRETS, hook["token"]):
            assert secret not in printed
    applied = console.ok("apply", file)
    assert not any(secret in applied for secret in (*SECRETS, hook["token"]))


@pytest.mark.usefixtures("hook")
def test_apply_of_an_edited_file_changes_just_that(
    console: Console, server: Server, bridge: dict[str, Any], tmp_path: Path
) -> None:
    before = server.stored_outgoing(bridge)

    def edit(named: dict[str, Any]) -> None:
        named["Bridge"]["enabled"] = False
        named["Bridge"]["urls"][1] = "https://c.test/"

    file = edited(console, tmp_path, edit)
    planned = console.run("plan", file)
    applied = console.json("apply", file)

    assert planned.exit_code == 4
    assert "    enabled: yes -> no\n" in planned.stdout
    assert len(planned.stdout.splitlines()) == 3
    assert [(one["name"], one["action"], set(one["changes"])) for one in applied] == [
        ("Bridge", "update", {"enabled", "urls"})
    ]
    after = server.stored_outgoing(bridge)
    changed = {name for name, value in vars(before).items() if getattr(after, name) != value}
    assert changed == {"enabled", "urls", "updated_at", "updated_by"}
    assert after.urls == (before.urls[0], "https://c.test/")


@pytest.mark.usefixtures("hook")
def test_apply_tells_what_it_changed_as_plan_does(
    console: Console, bridge: dict[str, Any], tmp_path: Path
) -> None:
    def edit(entries: dict[str, Any]) -> None:
        entries["Bridge"] |= {"triggerWords": ["merge"], "script": SCRIPT + "// another\n"}
        entries["CI"]["alias"] = "off"
        new = {"type": "incoming", "username": "rocket.cat", "channel": ["#general"]}
        entries["all"].append(new | {"name": "New"})

    file = edited(console, tmp_path, edit)
    planned = console.run("plan", file).stdout

    applied = console.ok("apply", file)

    assert "    triggerWords: pr, ship it -> merge" in planned.splitlines()
    assert applied.splitlines()[:-1] == planned.splitlines()
    assert applied.splitlines()[-1].startswith("    url: http")
    assert bridge["token"] not in applied


def test_one_without_a_name_is_called_so(console: Console, server: Server, tmp_path: Path) -> None:
    hook = make_incoming(name="")
    server.services.integrations.add(hook)

    def edit(entries: dict[str, Any]) -> None:
        entries[""]["alias"] = "another"

    planned = console.run("plan", edited(console, tmp_path, edit)).stdout

    assert planned.splitlines()[0] == f"~ incoming (no name) ({hook.id})"
    assert " (no name) " in console.ok("list")


@pytest.mark.usefixtures("bridge", "hook")
def test_apply_twice_changes_nothing(console: Console, tmp_path: Path) -> None:
    def edit(named: dict[str, Any]) -> None:
        named["CI"]["name"] = "Build"
        named["all"].append(
            {
                "name": "New",
                "type": "outgoing",
                "event": "roomCreated",
                "channel": ["all_public_channels"],
                "username": "rocket.cat",
                "urls": ["https://new.test/", "https://new.test/"],
                "triggerWords": ["x"],
                "retryCount": 0,
                "token": True,
                "signingSecret": True,
                "basicAuth": True,
                "headers": ["X-Key"],
            }
        )

    file = edited(console, tmp_path, edit)
    first = console.run("apply", file)
    second = console.run("apply", file)

    assert first.exit_code == 0, first.output
    assert "2 changes made" in first.stderr
    assert "0 changes made" in second.stderr
    assert second.stdout == ""
    for missing in ("needs basicAuth", "needs the header X-Key"):
        assert missing in second.stderr
    assert console.run("plan", file).exit_code == 0


def test_secrets_of_new_ones_are_made_and_shown_once(
    console: Console, server: Server, tmp_path: Path
) -> None:
    new = {"username": "rocket.cat", "channel": ["#general"]}
    outgoing = new | {
        "name": "Out",
        "type": "outgoing",
        "event": "sendMessage",
        "urls": ["https://new.test/"],
        "token": True,
        "signingSecret": True,
    }
    file = written(tmp_path, {"integrations": [new | {"name": "In", "type": "incoming"}, outgoing]})

    made = {one["name"]: one["secrets"] for one in console.json("apply", file)}

    stored = server.services.integrations.page(IntegrationFilter(), offset=0, count=9)[0]
    found = {one.name: one for one in stored}
    incoming, bridge = found["In"], found["Out"]
    assert isinstance(incoming, IncomingIntegration)
    assert isinstance(bridge, OutgoingIntegration)
    assert made["In"]["url"].endswith(f"/hooks/{incoming.id}/{incoming.token}")
    assert made["Out"] == {"token": bridge.token, "signingSecret": bridge.signing_secret}
    answer = server.app.test_client().post(
        f"/hooks/{incoming.id}/{incoming.token}", json={"text": "hello"}
    )
    assert answer.status_code == 200


def test_drift_is_seen(console: Console, bridge: dict[str, Any], hook: dict[str, Any]) -> None:
    exported = console.ok("export")
    console.ok("disable", hook["_id"])

    result = console.run("plan", "-", stdin=exported)

    assert result.exit_code == 4
    assert "enabled: no -> yes" in result.stdout


def test_what_is_not_in_the_file_goes_only_with_prune(
    console: Console, server: Server, bridge: dict[str, Any], hook: dict[str, Any], tmp_path: Path
) -> None:
    file = edited(console, tmp_path, lambda named: named["all"].remove(named["CI"]))

    kept = console.run("plan", file)
    assert (kept.exit_code, kept.stdout) == (0, "")
    assert "1 integration not in the file" in kept.stderr
    assert f'- incoming "CI" ({hook["_id"]})' in console.run("plan", file, "--prune").stdout
    console.fails(1, "apply", file, "--prune", stdin="n\n")
    assert server.stored(hook) is not None
    console.ok("apply", file, "--prune", "--yes")
    assert server.stored(hook) is None
    assert server.stored_outgoing(bridge).name == "Bridge"


def test_secrets_are_taken_away_but_never_set(
    console: Console, server: Server, bridge: dict[str, Any], tmp_path: Path
) -> None:
    def edit(named: dict[str, Any]) -> None:
        for name in ("token", "signingSecret", "basicAuth"):
            del named["Bridge"][name]
        named["Bridge"]["headers"] = ["X-Key"]

    console.ok("apply", edited(console, tmp_path, edit))

    after = server.stored_outgoing(bridge)
    assert after.token == "sesame-open"
    assert after.signing_secret is None
    assert after.basic_auth is None
    assert after.headers == {"X-Key": "header-secret"}


def test_fields_that_are_left_out_become_as_usual(
    console: Console, server: Server, bridge: dict[str, Any], tmp_path: Path
) -> None:
    def edit(named: dict[str, Any]) -> None:
        for name in list(named["Bridge"]):
            if name not in {"id", "name", "type", "username", "event", "urls", "enabled"}:
                del named["Bridge"][name]

    file = edited(console, tmp_path, edit)
    console.ok("apply", file)

    after = server.stored_outgoing(bridge)
    assert after.channels == ()
    assert after.target_room is None
    assert after.timeout_seconds is None
    assert after.calls_at_once is None
    assert (after.retry_count, after.retry_delay) == (4, "powers-of-ten")
    assert not after.script
    assert console.run("plan", file).exit_code == 0


def test_a_script_s_change_is_a_diff(
    console: Console, server: Server, bridge: dict[str, Any], tmp_path: Path
) -> None:
    def edit(named: dict[str, Any]) -> None:
        named["Bridge"]["script"] = named["Bridge"]["script"].replace("return request", "return 1")

    planned = console.run("plan", edited(console, tmp_path, edit)).stdout

    assert "      -    return request;  \n      +    return 1;  \n" in planned
    assert "sesame-open" in str(server.stored_outgoing(bridge).script)
    console.ok("apply", str(tmp_path / "integrations.yaml"))
    assert "return 1" in str(server.stored_outgoing(bridge).script)
    assert "sesame-open" in str(server.stored_outgoing(bridge).script)


def test_one_that_fails_does_not_stop_the_others(
    console: Console, server: Server, tmp_path: Path
) -> None:
    new = {"type": "incoming", "username": "rocket.cat"}
    bad, good = (
        new | {"name": "A", "channel": ["#gone"]},
        new | {"name": "B", "channel": ["#general"]},
    )

    told = console.fails(1, "apply", written(tmp_path, {"integrations": [bad, good]}))

    assert 'incoming "A": Invalid room' in told
    assert [one["name"] for one in console.json("list")] == ["B"]


def test_permissions_hold(
    console: Console, server: Server, hook: dict[str, Any], tmp_path: Path
) -> None:
    server.caller("carol", OWN)
    file = written(tmp_path, yaml.safe_load(console.ok("export")))

    assert yaml.safe_load(console.ok("export", "--as", "carol")) == {"integrations": []}
    told = console.fails(1, "apply", file, "--as", "carol")
    assert "Invalid Channel" in told
    server.caller("dave", ALL, OUTGOING_ALL)
    assert console.run("plan", file, "--as", "dave").exit_code == 0


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("text", "must have fields"),
        ({"name": "A"}, "type must be incoming or outgoing"),
        ({"name": "A", "type": "incoming", "chanel": []}, "there is no field chanel"),
        ({"name": "A", "type": "incoming", "channel": [None]}, "channel must be a list of texts"),
        ({"name": "A", "type": "incoming", "enabled": "yes"}, "enabled must be boolean"),
        ({"name": 5, "type": "incoming"}, "name must be a text"),
        ({"name": "A", "type": "outgoing", "token": "s3cret"}, "secrets do not belong here"),
        ({"name": "A", "type": "outgoing", "event": []}, "event must be a text"),
        ({"name": "A", "type": "outgoing", "timeout": 999}, "timeout must be from"),
        (
            {"name": "A", "type": "outgoing", "event": "sendMessage", "urls": ["https://a/***"]},
            "***",
        ),
        ({"name": "A", "type": "incoming", "script": "/*** fine ***/ <<token>>"}, "no such secret"),
    ],
)
def test_what_cannot_be_understood_is_told(
    console: Console, tmp_path: Path, entry: Any, reason: str
) -> None:
    told = console.fails(2, "apply", written(tmp_path, {"integrations": [entry]}))

    assert reason in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "is no YAML"),
        ("a: \x01", "is no YAML"),
        ("- 1", "there must be a list, integrations"),
        ("", "there must be a list, integrations"),
        ("integrations: []\nversion: 1", "nothing beside it"),
    ],
)
def test_what_is_no_description_is_told(
    console: Console, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "f").write_text(text)

    assert reason in console.fails(2, "plan", str(tmp_path / "f"))


def test_names_must_be_clear(console: Console, server: Server, tmp_path: Path) -> None:
    first, second = make_incoming(name="Same"), make_incoming(name="Same")
    for one in (first, second):
        server.services.integrations.add(one)
    entry = {"name": "Same", "type": "incoming", "username": "rocket.cat", "channel": ["#general"]}

    def plan(*entries: dict[str, Any]) -> Any:
        return console.run("plan", written(tmp_path, {"integrations": list(entries)}))

    assert 'several incoming integrations are called "Same"' in plan(entry).stderr
    assert "is there twice" in plan(entry, entry).stderr
    assert plan(entry | {"id": first.id}).exit_code == 0
    assert plan(entry | {"id": first.id}, entry).exit_code == 0
    assert plan(entry | {"id": "x"}, entry | {"id": "y"}).exit_code == 0
    server.services.integrations.add(make_outgoing(id="other"))
    assert "belongs to one of the other type" in plan(entry | {"id": "other"}).stderr


def test_stars_in_a_comment_are_no_secret(console: Console, tmp_path: Path) -> None:
    entry = {
        "name": "A",
        "type": "incoming",
        "username": "rocket.cat",
        "channel": ["#general"],
        "script": "/*** header ***/",
    }

    assert (
        "1 change made" in console.run("apply", written(tmp_path, {"integrations": [entry]})).stderr
    )


@pytest.mark.usefixtures("hook")
def test_another_server_is_made_the_same(
    console: Console, server: Server, admin: Caller, tmp_path: Path
) -> None:
    admin.create_outgoing(name="Bridge", token="sesame-open", triggerWords=["pr"], timeout=2)
    file = written(tmp_path, yaml.safe_load(console.ok("export")))
    for one in console.json("list"):
        console.ok("remove", one["_id"], "--yes")

    made = console.json("apply", file)

    assert [one["action"] for one in made] == ["create", "create"]
    assert console.run("plan", file).exit_code == 0
    assert all(one["secrets"] for one in made)


def test_a_token_that_is_good_for_a_while_yet_is_a_secret(console: Console, server: Server) -> None:
    one = make_incoming(script="// the-old-token", previous_token="the-old-token")
    server.services.integrations.add(one)

    exported = console.ok("export")

    assert "the-old-token" not in exported + console.ok("show", one.id, "--json")
    assert console.run("plan", "-", stdin=exported).exit_code == 0
