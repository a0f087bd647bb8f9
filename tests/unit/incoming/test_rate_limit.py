from pathlib import Path
from typing import Any

import pytest

from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.settings import Settings
from tests.conftest import app  # noqa: F401 -- a server of its own, for its settings
from tests.hooks import Stage

NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'chat.db'}",
        "RC_INTEGRATIONS_RATE_LIMIT_CALLS": 2,
        "RC_INTEGRATIONS_REDIS_URL": NO_REDIS,
    }


def test_calls_are_not_limited_unless_a_limit_is_set() -> None:
    assert Settings().rate_limit_calls == 0


def test_the_call_after_the_last_is_refused_with_the_time_to_wait(stage: Stage) -> None:
    hook = stage.hook()

    first, second, third = (hook.post(text=f"{number}") for number in range(3))

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
    assert third.json is not None
    wait = int(third.headers["Retry-After"])
    assert 50 <= wait <= 60
    assert third.json["success"] is False
    assert third.json["error"] == (
        "Error, too many requests. Please slow down. You must wait "
        f"{wait} seconds before trying this endpoint again. [error-too-many-requests]"
    )
    assert stage.texts() == ["0", "1"]


def test_every_answer_tells_what_is_left(stage: Stage) -> None:
    hook = stage.hook()

    answers = [hook.post(text="x") for _ in range(3)]

    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["2", "2", "2"]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    now = hook.calls()[0].called_at.timestamp() * 1000
    for answer in answers:
        assert now < int(answer.headers["X-RateLimit-Reset"]) < now + 61_000


def test_a_flood_leaves_one_row(stage: Stage) -> None:
    hook = stage.hook()

    for _ in range(10):
        hook.post(text="x")

    outcomes = [call.outcome for call in hook.calls()]
    assert outcomes == [CallOutcome.REFUSED, CallOutcome.POSTED, CallOutcome.POSTED]
    assert hook.calls()[0].error_code == "error-too-many-requests"


def test_each_hook_url_form_and_address_has_a_budget_of_its_own(stage: Stage) -> None:
    hook, other = stage.hook(), stage.hook()
    legacy = f"/hooks/{hook.integration.id}/u/{hook.integration.token}"
    elsewhere = {"REMOTE_ADDR": "127.0.0.2"}
    for _ in range(2):
        hook.post(text="x")

    answers = [
        other.post(text="x"),
        hook.send(url=legacy),
        hook.send(environ_overrides=elsewhere),
        hook.post(text="x"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_without_redis_calls_are_counted_and_the_log_tells(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    hook = stage.hook()

    answer = hook.post(text="x")

    assert answer.status_code == 200
    assert "Calls are counted for this process alone" in caplog.text
    assert hook.integration.token not in caplog.text
