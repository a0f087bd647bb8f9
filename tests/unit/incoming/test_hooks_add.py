"""/hooks/add and /hooks/remove: services that subscribe by themselves."""

import dataclasses
from typing import Any

import pytest
from werkzeug.test import TestResponse

from host_stub import seed
from host_stub.chat import permissions, users
from host_stub.chat.roles import create_role
from host_stub.models.users import Permission
from rc_integrations_plugin.integrations.budget import Allowance
from rc_integrations_plugin.integrations.records import Editor, OutgoingIntegration
from rc_integrations_plugin.rate_limit import RateLimiter
from rc_integrations_plugin.services import EXTENSION
from tests.factories import make_outgoing
from tests.hooks import Hook, Stage

OWN = "manage-own-outgoing-integrations"
ALL = "manage-outgoing-integrations"
URL = "https://hooks.zapier.test/1"


def make_user(stage: Stage, username: str, *grants: str) -> str:
    """Return the id of a user, made now if there was none, who holds these permissions."""
    with stage.app.app_context(), stage.chat.transaction() as session:
        user = seed.ensure_user(stage.chat, username)
        for name in grants:
            role = create_role(stage.chat, f"{name} of {username}")
            users.add_role(stage.chat, user, role.id)
            stored = session.get_one(Permission, name)
            permissions.set_permission_roles(stage.chat, {name: [*stored.roles, role.id]})
        return user.id


@pytest.fixture
def hook(stage: Stage) -> Hook:
    """A hook whose maker and Post-as user (rocket.cat, who is in #general) may do this."""
    maker = make_user(stage, "alice", OWN)
    make_user(stage, "rocket.cat", OWN)
    return stage.hook(created_by=Editor(maker, "alice"))


def add_body(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "event": "newMessageOnChannel",
        "name": "Zap",
        "target_url": URL,
        "data": {"channel_name": "general"},
    }
    return {key: value for key, value in (body | fields).items() if value is not ...}


def call(hook: Hook, action: str, body: Any, *, user: str = "", token: str = "") -> TestResponse:
    known = hook.integration
    path = f"/hooks/{action}/{known.id}/{user}{token or known.token}"
    return hook.stage.app.test_client().post(path, json=body)


def made(stage: Stage) -> list[OutgoingIntegration]:
    return list(stage.services.integrations.enabled_outgoing())


@pytest.mark.parametrize("user", ["", "anybody/"], ids=["short", "legacy"])
def test_a_service_subscribes_to_a_room(stage: Stage, hook: Hook, user: str) -> None:
    answer = call(hook, "add", add_body(), user=user)

    assert answer.status_code == 200
    assert answer.json is not None
    (integration,) = made(stage)
    full = stage.services.integrations.find_outgoing(integration.id)
    assert full is not None
    assert (full.name, full.urls, full.channels) == ("Zap", (URL,), ("#general",))
    assert full.listens_to == (f"#{stage.room_id('general')}",)
    assert (full.event, full.trigger_words, full.enabled) == ("sendMessage", (), True)
    assert (full.user_id, full.created_by.id) == (stage.user_id("rocket.cat"),) * 2
    assert full.token
    shown = {"_id": full.id, "token": full.token, "success": True, "ok": True}
    assert answer.json == answer.json | shown
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("said", "stored"),
    [("deploy, release", ("deploy", "release")), (["a b "], ("a b ",)), (None, ()), ("", ())],
)
def test_trigger_words_are_a_text_or_a_list(
    stage: Stage, hook: Hook, said: Any, stored: tuple[str, ...]
) -> None:
    call(hook, "add", add_body(data={"channel_name": "#general", "trigger_words": said}))

    assert made(stage)[0].trigger_words == stored


def test_a_service_subscribes_to_what_is_written_to_the_bot(stage: Stage, hook: Hook) -> None:
    body = add_body(event="newMessageToUser", data={"username": "rocket.cat"})

    answer = call(hook, "add", body)

    assert answer.status_code == 200
    assert made(stage)[0].listens_to == (f"@{stage.user_id('rocket.cat')}",)


@pytest.mark.parametrize(
    ("data", "event", "code"),
    [
        ({"channel_name": "secret"}, "newMessageOnChannel", "error-invalid-channel"),
        ({"channel_name": "lobby"}, "newMessageOnChannel", "error-invalid-channel"),
        ({"channel_name": "nowhere"}, "newMessageOnChannel", "error-invalid-room"),
        ({"channel_name": "all_direct_messages"}, "newMessageOnChannel", "error-invalid-room"),
        ({"channel_name": "@bob"}, "newMessageOnChannel", "error-invalid-room"),
        ({"username": "bob"}, "newMessageToUser", "error-invalid-channel"),
        ({"username": "@nobody"}, "newMessageToUser", "error-invalid-room"),
    ],
    ids=str,
)
def test_it_reads_no_more_than_the_bot_may(
    stage: Stage, hook: Hook, data: dict[str, Any], event: str, code: str
) -> None:
    answer = call(hook, "add", add_body(event=event, data=data))

    assert (answer.status_code, made(stage)) == (400, [])
    assert answer.json is not None
    assert (answer.json["error"], answer.json["errorType"]) == (code, code)


def test_what_its_maker_may_choose_is_not_what_it_may(stage: Stage, hook: Hook) -> None:
    make_user(stage, "alice", ALL)

    answer = call(hook, "add", add_body(data={"channel_name": "secret"}))

    assert answer.status_code == 400


@pytest.mark.parametrize("action", ["add", "remove"])
@pytest.mark.parametrize(
    ("makers", "posters"), [((), ()), ((OWN, ALL), ()), ((), (OWN, ALL))], ids=str
)
def test_both_maker_and_poster_must_be_allowed_to(
    stage: Stage, makers: tuple[str, ...], posters: tuple[str, ...], action: str
) -> None:
    maker = make_user(stage, "alice", *makers)
    poster = make_user(stage, "rocket.cat", *posters)
    hook = stage.hook(created_by=Editor(maker, "alice"))
    stage.services.integrations.add(
        make_outgoing(urls=(URL,), created_by=Editor(poster, "rocket.cat"))
    )

    answer = call(hook, action, add_body() if action == "add" else {"target_url": URL})

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errorType"] == "not_authorized"
    assert len(made(stage)) == 1


def test_a_maker_who_is_gone_opens_nothing(stage: Stage, hook: Hook) -> None:
    stage.deactivate("alice")
    orphan = stage.hook(created_by=Editor("gone", "gone"))

    for one in (hook, orphan):
        answer = call(one, "add", add_body())
        assert answer.json["errorType"] == "not_authorized"  # type: ignore[index]


@pytest.mark.parametrize("action", ["add", "remove"])
def test_the_hook_must_be_there_and_on_and_have_its_user(
    stage: Stage, hook: Hook, action: str
) -> None:
    off = stage.hook(created_by=hook.integration.created_by, enabled=False)
    userless = stage.hook(created_by=hook.integration.created_by, user_id="gone")

    answers = [
        call(hook, action, {}, token="wrong").status_code,
        call(off, action, {}).status_code,
        call(userless, action, {}).status_code,
    ]

    assert answers == [404, 503, 401]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"event": "other"}, "event must be equal to one of the allowed values"),
        ({"event": ...}, "must have required property 'event'"),
        ({"name": ...}, "must have required property 'name'"),
        ({"target_url": ...}, "must have required property 'target_url'"),
        ({"data": ...}, "must have required property 'data'"),
        ({"more": 1}, "must NOT have additional properties"),
        ({"data": []}, "must be object"),
        ({"data": {"channel_name": "a", "more": 1}}, "must NOT have additional properties"),
        ({"data": {"channel_name": 1}}, "channel_name must be string"),
        ({"data": {"channel_name": "a", "trigger_words": 1}}, "trigger_words must be array"),
        ({"data": {}}, "must have required property 'channel_name'"),
        ({"data": {"channel_name": " "}}, "must have required property 'channel_name'"),
        ({"data": {"channel_name": "a,,b"}}, "must have required property 'channel_name'"),
        ({"event": "newMessageToUser"}, "must have required property 'username'"),
        ({"name": "\x00"}, "name must not hold NUL or half of a surrogate pair"),
        ({"target_url": ["x"]}, "target_url must be string"),
    ],
    ids=str,
)
def test_a_body_of_another_form_is_refused(
    stage: Stage, hook: Hook, fields: dict[str, Any], error: str
) -> None:
    answer = call(hook, "add", add_body(**fields))

    assert (answer.status_code, made(stage)) == (400, [])
    assert answer.json == {
        "success": False,
        "error": "invalid-params",
        "errorType": "invalid-params",
        "message": error,
    }


def test_what_would_be_no_url_is_refused(stage: Stage, hook: Hook) -> None:
    answer = call(hook, "add", add_body(target_url="file:///etc/passwd"))

    assert answer.json["errorType"] == "error-invalid-urls"  # type: ignore[index]


@pytest.mark.parametrize("user", ["", "anybody/"], ids=["short", "legacy"])
def test_a_service_unsubscribes(stage: Stage, hook: Hook, user: str) -> None:
    call(hook, "add", add_body())
    call(hook, "add", add_body(target_url=f"{URL}2"))

    answer = call(hook, "remove", {"target_url": URL}, user=user)
    again = call(hook, "remove", {"target_url": URL}, user=user)

    assert (answer.status_code, answer.json) == (200, {"success": True, "ok": True})
    assert [integration.urls for integration in made(stage)] == [(f"{URL}2",)]
    assert again.status_code == 400
    assert again.json is not None
    assert again.json["error"] == "integration-not-found"


def test_a_service_removes_nothing_of_others(stage: Stage, hook: Hook) -> None:
    poster = stage.user_id("rocket.cat")
    others = make_outgoing(urls=(URL,), created_by=Editor("somebody", "somebody"))
    calls_more = make_outgoing(urls=(URL, f"{URL}2"), created_by=Editor(poster, "rocket.cat"))
    for integration in (others, calls_more):
        stage.services.integrations.add(integration)

    answer = call(hook, "remove", {"target_url": URL})

    assert answer.status_code == 400
    assert len(made(stage)) == 2


@pytest.mark.parametrize("body", [{}, {"target_url": 1}, {"target_url": URL, "x": 1}])
def test_removing_takes_a_body_of_its_form(hook: Hook, body: dict[str, Any]) -> None:
    answer = call(hook, "remove", body)

    assert answer.json["errorType"] == "invalid-params"  # type: ignore[index]


@pytest.mark.parametrize("action", ["add", "remove"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000], ids=str)
def test_a_hostile_body_is_a_clear_400(hook: Hook, action: str, body: bytes) -> None:
    known = hook.integration
    answer = hook.send(body[:1000], url=f"/hooks/{action}/{known.id}/{known.token}")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errorType"] == "invalid-params"


@pytest.mark.parametrize("action", ["add", "remove"])
def test_a_huge_body_is_refused(stage: Stage, hook: Hook, action: str) -> None:
    known = hook.integration
    body = b" " * (stage.services.settings.max_body_bytes + 1)

    answer = hook.send(body, url=f"/hooks/{action}/{known.id}/{known.token}")

    assert answer.status_code == 413


@pytest.mark.parametrize("action", ["add", "remove"])
def test_these_are_for_post(stage: Stage, hook: Hook, action: str) -> None:
    known = hook.integration
    path = f"/hooks/{action}/{known.id}/{known.token}"
    client = stage.app.test_client()

    assert client.get(path).status_code == 404
    assert client.options(path).status_code == 204


class Limiter(RateLimiter):
    """Grants all, or nothing."""

    def __init__(self, *, grants: bool) -> None:
        super().__init__(calls=1, seconds=1, redis_url="redis://127.0.0.1:1/0")
        self.grants = grants

    def count(self, *key: str) -> Allowance:
        return Allowance(
            granted=self.grants,
            first_refusal=not self.grants,
            limit=1,
            remaining=0,
            reset_at=4_000_000_000.0,
        )


@pytest.mark.parametrize("action", ["add", "remove"])
def test_calls_of_these_are_limited_too(stage: Stage, hook: Hook, action: str) -> None:
    answers = []
    for grants in (True, False):
        limiter = Limiter(grants=grants)
        services = dataclasses.replace(stage.services, rate_limiter=limiter)
        stage.app.extensions[EXTENSION] = services
        answers.append(call(hook, action, {}))
        limiter.close()

    assert [answer.status_code for answer in answers] == [400, 429]
    assert answers[1].headers["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" in answers[1].headers
