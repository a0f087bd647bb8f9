"""Secrets that a described integration has from the environment."""

from pathlib import Path
from typing import Any

import pytest

from tests.callers import Server
from tests.unit.commands.conftest import Console

SIGNING = "whsec_" + "c2VjcmV0" * 4
OTHER_SIGNING = "whsec_" + "b3RoZXIh" * 4
VALUES = {
    "RC_SECRET_TOKEN": "sesame-open",
    "RC_SECRET_SIGNING": SIGNING,
    "RC_SECRET_AUTH": "user:pass-word",
    "RC_SECRET_KEY": "header-secret",
    "RC_SECRET_URL": "https://hooks.test/services/T000/B000/url-secret",
}
BRIDGE = """\
integrations:
- name: Bridge
  type: outgoing
  event: sendMessage
  username: rocket.cat
  channel: ['#general']
  urls: ['https://receiver.test/', !env RC_SECRET_URL]
  token: !env RC_SECRET_TOKEN
  signingSecret: !env RC_SECRET_SIGNING
  basicAuth: !env RC_SECRET_AUTH
  headers:
    X-Key: !env RC_SECRET_KEY
    X-Other: true
"""


@pytest.fixture
def file(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A described integration, and all its secrets in the environment."""
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "integrations.yaml"
    path.write_text(BRIDGE)
    return path


def stored(server: Server, console: Console) -> Any:
    (one,) = console.json("list")
    return server.stored_outgoing(one)


def test_secrets_come_from_the_environment_and_are_printed_nowhere(
    console: Console, server: Server, file: Path
) -> None:
    planned = console.run("plan", str(file))
    applied = console.run("apply", str(file))

    assert planned.exit_code == 4
    assert applied.exit_code == 0, applied.output
    one = stored(server, console)
    assert one.token == "sesame-open"
    assert one.signing_secret == SIGNING
    assert one.basic_auth == "user:pass-word"
    assert one.headers == {"X-Key": "header-secret"}
    assert one.urls == ("https://receiver.test/", VALUES["RC_SECRET_URL"])
    assert "needs the header X-Other" in applied.stderr
    for printed in (planned.output, applied.output, console.json("plan", str(file))):
        assert not any(value in str(printed) for value in VALUES.values())


def test_applied_twice_they_change_nothing(console: Console, server: Server, file: Path) -> None:
    console.ok("apply", str(file))
    before = stored(server, console)

    again = console.run("apply", str(file))

    assert "0 changes made" in again.stderr
    assert stored(server, console) == before
    assert console.run("plan", str(file)).exit_code == 0
    exported = console.ok("export")
    assert console.run("plan", "-", stdin=exported).exit_code == 0
    assert not any(value in exported for value in list(VALUES.values())[:4])


@pytest.mark.parametrize(
    "change",
    [
        ("RC_SECRET_TOKEN", "another", "token: *** -> from RC_SECRET_TOKEN"),
        ("RC_SECRET_SIGNING", OTHER_SIGNING, "signingSecret: *** -> from RC_SECRET_SIGNING"),
        ("RC_SECRET_AUTH", "user:other", "basicAuth: *** -> from RC_SECRET_AUTH"),
        ("RC_SECRET_KEY", "another-key", "header X-Key: *** -> from RC_SECRET_KEY"),
        ("RC_SECRET_URL", "https://b.test/x", "https://receiver.test/, from RC_SECRET_URL"),
    ],
    ids=lambda change: change[0],
)
def test_another_secret_is_a_difference_that_shows_neither(
    console: Console,
    server: Server,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str, str],
) -> None:
    name, value, line = change
    console.ok("apply", str(file))
    before = stored(server, console)
    monkeypatch.setenv(name, value)

    planned = console.run("plan", str(file))
    applied = console.json("apply", str(file))

    assert planned.exit_code == 4
    assert planned.stdout.rstrip().endswith(line)
    assert len(planned.stdout.splitlines()) == 2
    assert value not in planned.output + str(applied)
    after = stored(server, console)
    changed = {key for key, old in vars(before).items() if getattr(after, key) != old}
    assert len(changed - {"updated_at", "updated_by"}) == 1
    assert value in str(
        [after.token, after.signing_secret, after.basic_auth, after.headers, after.urls]
    )
    assert console.run("plan", str(file)).exit_code == 0


@pytest.mark.parametrize("name", list(VALUES))
def test_without_the_secret_plan_compares_the_rest_and_apply_does_nothing(
    console: Console,
    server: Server,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    console.ok("apply", str(file))
    before = stored(server, console)
    monkeypatch.delenv(name)
    file.write_text(BRIDGE + "  alias: Bot\n")

    planned = console.run("plan", str(file))
    told = console.fails(2, "apply", str(file))

    assert planned.exit_code == 4
    assert planned.stdout.splitlines()[1:] == ["    alias: none -> Bot"]
    assert "cannot be compared" in planned.stderr
    assert f"{name} is not set" in planned.stderr
    assert f"{name} is not set" in " ".join(told.split())
    assert stored(server, console) == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("token: !env HOME", "begins with RC_SECRET_"),
        ("token: !env [RC_SECRET_TOKEN]", "begins with RC_SECRET_"),
        ("token: !env ''", "begins with RC_SECRET_"),
        ("token: !file /etc/passwd", "is no YAML"),
        ("headers: {X-Key: header-secret}", "secrets do not belong here"),
        ("headers: {X-Key: false}", "secrets do not belong here"),
        ("alias: !env RC_SECRET_TOKEN", "alias must be string"),
        ("triggerWords: [!env RC_SECRET_TOKEN]", "triggerWords must be a list of texts"),
    ],
)
def test_what_is_no_place_of_a_secret_is_told(
    console: Console, file: Path, text: str, reason: str
) -> None:
    head = BRIDGE[: BRIDGE.index("  token:")]
    file.write_text(f"{head}  {text}\n")

    told = " ".join(console.fails(2, "apply", str(file)).split())

    assert reason in told
    assert "sesame-open" not in told
    assert "header-secret" not in told


def test_hooks_have_no_such_secrets(console: Console, file: Path) -> None:
    entry = "integrations: [{name: A, type: incoming, token: !env RC_SECRET_TOKEN}]"
    file.write_text(entry)

    assert "there is no field token" in console.fails(2, "apply", str(file))


def test_a_secret_that_cannot_be_one_is_not_shown(console: Console, file: Path) -> None:
    file.write_text(BRIDGE.replace("RC_SECRET_SIGNING", "RC_SECRET_TOKEN"))

    result = console.run("apply", str(file))

    assert result.exit_code == 1
    assert "Invalid signingSecret" in result.stderr
    assert "sesame-open" not in result.output
