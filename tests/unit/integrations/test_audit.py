"""What is remembered of a change, and what is not."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.audit import (
    AuditAction,
    ScriptChange,
    entry_of_change,
    entry_of_new,
    entry_of_removal,
    entry_of_switch_off,
)
from rc_integrations_plugin.integrations.records import Editor, IntegrationType
from tests.factories import NOON, make_incoming, make_outgoing

BOB = Editor("bob-id", "bob")
SECRETS = {
    "token": "outgoing-token-1234",
    "signing_secret": "whsec_c2lnbmluZy1zZWNyZXQ=",
    "basic_auth": "user:pass-of-user",
    "headers": {"X-Key": "value-of-header"},
}


def change(old: Any, **fields: Any) -> Any:
    later = NOON + timedelta(minutes=1)
    new = dataclasses.replace(old, updated_at=later, updated_by=BOB, **fields)
    return entry_of_change(old, new, script=ScriptChange())


def test_only_what_differs_is_told_in_the_names_of_the_api() -> None:
    entry = change(make_outgoing(), trigger_words=("pr", "mr"), retry_count=2, alias="Bridge")

    assert entry.action is AuditAction.UPDATED
    assert entry.by == BOB
    assert entry.at == NOON + timedelta(minutes=1)
    assert entry.before == {"triggerWords": None, "retryCount": 4, "alias": None}
    assert entry.after == {"triggerWords": ["pr", "mr"], "retryCount": 2, "alias": "Bridge"}


NOT_TOLD = {
    *("id", "created_at", "created_by", "updated_at", "updated_by"),  # the entry has them
    *("listens_to", "rooms_since"),  # follow from channels and channel_ids
    *("script", "script_compiled", "script_error"),  # told by its version
    "previous_token",  # was told when it was the token
}


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_each_field_of_an_integration_is_told(make: Any) -> None:
    one = make()
    names = {field.name for field in dataclasses.fields(one)} - NOT_TOLD
    others: dict[type, Any] = {bool: True, str: "other", tuple: ("other",), dict: {"other": "1"}}

    for name in sorted(names):
        value = getattr(one, name)
        other = not value if isinstance(value, bool) else others.get(type(value), 7.0)
        if name == "previous_token_until":
            other = NOON
        if name in {"signing_secret", "basic_auth", "token"}:
            other = "another:secret"
        assert change(one, **{name: other}), name


def test_what_was_saved_without_a_difference_is_no_change() -> None:
    assert change(make_incoming(alias=None), alias="") is None


@pytest.mark.parametrize(
    ("field", "name"),
    [("token", "token"), ("signing_secret", "signingSecret"), ("basic_auth", "basicAuth")],
)
def test_of_a_secret_is_told_whether_there_is_one_and_that_it_changed(
    field: str, name: str
) -> None:
    bare, one = make_outgoing(), make_outgoing(**SECRETS)

    given = change(bare, **{field: SECRETS[field]})
    assert (given.before[name], given.after[name]) == ("not set", "set")
    other = change(one, **{field: "another:secret"})
    assert (other.before[name], other.after[name]) == ("set", "changed")
    taken = change(one, **{field: None})
    assert (taken.before[name], taken.after[name]) == ("set", "not set")


def test_of_headers_the_names_are_told() -> None:
    one = make_outgoing(**SECRETS)

    more = change(one, headers={"X-Key": "value-of-header", "X-More": "more-of-it"})
    assert (more.before["headers"], more.after["headers"]) == (["X-Key"], ["X-Key", "X-More"])
    other = change(one, headers={"X-Key": "another value"})
    assert (other.before["headers"], other.after["headers"]) == (["X-Key"], "changed")


def test_urls_are_told_without_passwords_tokens_and_own_secrets() -> None:
    one = make_outgoing(**SECRETS)

    entry = change(
        one,
        urls=(
            "https://me:hidden1@a.test/",
            "https://b.test/?api_key=hidden2&page=1",
            f"https://c.test/{SECRETS['token']}",
        ),
    )

    assert entry.after["urls"] == [
        "https://***@a.test/",
        "https://b.test/?api_key=***&page=1",
        "https://c.test/***",
    ]


def test_a_url_whose_hidden_part_differs_is_told_as_changed() -> None:
    one = make_outgoing(urls=("https://a.test/?token=first-one",))

    entry = change(one, urls=("https://a.test/?token=second-one",))

    assert entry.before["urls"] == ["https://a.test/?token=***"]
    assert entry.after["urls"] == "changed"


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
@pytest.mark.parametrize("enabled", [True, False])
def test_switching_is_told_as_that(make: Any, enabled: bool) -> None:  # noqa: FBT001
    old = make(enabled=not enabled, disabled_reason="It failed" if enabled else None)

    entry = change(old, enabled=enabled, disabled_reason=None)

    assert entry.action is (AuditAction.ENABLED if enabled else AuditAction.DISABLED)
    assert (entry.before["enabled"], entry.after["enabled"]) == (not enabled, enabled)


def test_a_new_token_is_told_as_that() -> None:
    until = NOON + timedelta(hours=1)
    old = make_incoming()

    entry = change(old, token="n" * 48, previous_token=old.token, previous_token_until=until)

    assert entry.action is AuditAction.TOKEN_RENEWED
    assert entry.after == {"token": "changed", "previousTokenUntil": until.isoformat()}


def test_of_a_new_one_is_told_what_is_not_usual() -> None:
    one = make_outgoing(impersonate_user=True)

    entry = entry_of_new(one, at=NOON, by=BOB, imported=False, script=ScriptChange())

    assert entry.action is AuditAction.CREATED
    assert entry.before == {}
    assert entry.after == {
        "name": "Bridge",
        "enabled": True,
        "event": "sendMessage",
        "urls": ["https://receiver.test/hook"],
        "username": "rocket.cat",
        "userId": "rocket.cat",
        "impersonateUser": True,
    }


def test_of_one_that_is_removed_is_told_what_it_was() -> None:
    script = ScriptChange({"version": 3, "characters": 12}, None)

    entry = entry_of_removal(make_incoming(), at=NOON, by=BOB, script=script)

    assert entry.action is AuditAction.REMOVED
    assert entry.after == {}
    assert entry.before["channel"] == ["#general"]
    assert entry.before["token"] == "set"
    assert entry.before["script"] == {"version": 3, "characters": 12}


def test_what_the_server_does_is_told_with_its_reason_and_without_passwords() -> None:
    entry = entry_of_switch_off(
        "one", IntegrationType.OUTGOING, "Bridge", reason="https://u:hidden@a.test failed", at=NOON
    )

    assert entry.by is None
    assert entry.after == {"enabled": False, "disabledReason": "https://***@a.test failed"}


def test_no_secret_and_no_script_is_in_an_entry() -> None:
    old = make_outgoing(**SECRETS, script="class Script { old-text }")
    new = dataclasses.replace(
        old,
        name=f"{SECRETS['token']} and pass-of-user",
        alias="value-of-header",
        script="class Script { new-text }",
        signing_secret="whsec_b3RoZXI=",
        updated_by=BOB,
    )

    told = ScriptChange({"version": 1, "characters": 25}, {"version": 2, "characters": 25})
    entries = [
        entry_of_new(old, at=NOON, by=BOB, imported=True, script=told),
        entry_of_change(old, new, script=told),
        entry_of_removal(new, at=NOON, by=BOB, script=told),
    ]
    text = "".join(json.dumps([dict(one.before), dict(one.after)]) for one in entries if one)

    assert "characters" in text
    for secret in ("outgoing-token", "whsec", "pass-of-user", "value-of-header", "text }"):
        assert secret not in text
