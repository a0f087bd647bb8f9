import json

import pytest

from tests.hooks import JSON, SCRIPT, Stage

SUCCESS = {"success": True, "ok": True}


def test_every_answer_is_json_that_nobody_stores(stage: Stage) -> None:
    hook = stage.hook()

    answers = [hook.post(text="x"), hook.send("{", JSON), hook.send(url="/hooks/x/y")]

    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Pragma"] == "no-cache"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


def test_the_legacy_url_works_with_any_user_id(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "x"}})
    known = hook.integration

    answer = hook.send("{}", JSON, url=f"/hooks/{known.id}/anybody/{known.token}")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    assert stage.script_argument()["url_params"] == {
        "integrationId": known.id,
        "userId": "anybody",
        "token": known.token,
    }


@pytest.mark.parametrize("user", ["", "anybody/"], ids=["short", "legacy"])
def test_info_tells_that_the_token_is_right(stage: Stage, user: str) -> None:
    known = stage.hook().integration
    client = stage.app.test_client()

    right = client.get(f"/hooks/info/{known.id}/{user}{known.token}")
    wrong = client.get(f"/hooks/info/{known.id}/{user}wrong")

    assert (right.status_code, right.json) == (200, SUCCESS)
    assert wrong.status_code == 404


@pytest.mark.parametrize("user", ["", "anybody/"], ids=["short", "legacy"])
def test_sample_shows_what_outgoing_integrations_send(stage: Stage, user: str) -> None:
    known = stage.hook().integration
    client = stage.app.test_client()

    answer = client.get(f"/hooks/sample/{known.id}/{user}{known.token}")
    wrong = client.get(f"/hooks/sample/{known.id}/{user}wrong")

    assert wrong.status_code == 404
    assert answer.json is not None
    assert [sample["text"] for sample in answer.json] == [
        "Sample text 1",
        "Sample text 2",
        "Sample text 3",
    ]
    for sample in answer.json:
        assert len(sample["token"]) == 24
        assert sample["channel_name"] == "general"
        assert sample["user_name"] == "rocket.cat"
        assert sample["trigger_word"] == "Sample"
        assert sample.keys() >= {"channel_id", "timestamp", "user_id"}


def test_info_and_sample_are_for_get(stage: Stage) -> None:
    known = stage.hook().integration

    answer = stage.app.test_client().post(f"/hooks/info/{known.id}/{known.token}", json={})

    assert answer.status_code == 404
    assert stage.messages() == []


def test_a_token_is_decoded_once(stage: Stage) -> None:
    hook = stage.hook(token="a%20b c")
    hook_id = hook.integration.id

    once = hook.send('{"text":"once"}', JSON, url=f"/hooks/{hook_id}/a%2520b%20c")
    twice = hook.send('{"text":"twice"}', JSON, url=f"/hooks/{hook_id}/a%252520b%2520c")

    assert (once.status_code, twice.status_code) == (200, 404)
    assert stage.texts() == ["once"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_hooks_take_post(stage: Stage, method: str) -> None:
    hook = stage.hook()

    answer = hook.send('{"text":"x"}', JSON, method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, OPTIONS"
    assert stage.messages() == []
    if method != "HEAD":
        assert answer.json is not None
        assert answer.json["error"] == "Method Not Allowed"


def test_get_runs_the_script_where_the_integration_allows_it(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "got"}}, allow_get=True)

    answer = hook.send(method="GET", query="text=hello")

    assert answer.status_code == 200
    argument = stage.script_argument()
    assert argument["content"] == {}
    assert argument["content_raw"] == ""
    assert argument["url"]["query"] == {"text": "hello"}
    assert stage.texts() == ["got"]


def test_get_without_a_script_posts_nothing(stage: Stage) -> None:
    hook = stage.hook(allow_get=True)

    answer = hook.send(method="GET", query="text=hello")

    assert (answer.status_code, answer.json) == (200, SUCCESS)
    assert stage.messages() == []


def test_head_runs_nothing_even_where_get_is_allowed(stage: Stage) -> None:
    hook = stage.hook(script=SCRIPT, allow_get=True)

    answer = hook.send(method="HEAD")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, GET, OPTIONS"
    assert stage.scripted.calls == []


def test_any_page_may_call_a_hook(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.send(
        method="OPTIONS",
        headers={"Origin": "https://a.test", "Access-Control-Request-Method": "POST"},
    )

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"
    assert "Content-Type" not in answer.headers
    assert hook.calls() == []


@pytest.mark.parametrize(
    "path", ["", "x", "x/", "a/b/c/d", "add/i/t", "id/token/", "%00/%00", "é/é"]
)
def test_other_urls_below_hooks_are_not_found_in_json(stage: Stage, path: str) -> None:
    answer = stage.app.test_client().post(f"/hooks/{path}", json={"text": "x"})

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["success"] is False


def test_a_body_beyond_the_limit_is_too_large(stage: Stage) -> None:
    hook = stage.hook()
    limit = stage.services.settings.max_body_bytes
    body = json.dumps({"text": "x", "rest": ""})
    fits = body.replace('""', f'"{"y" * (limit - len(body))}"')

    allowed, refused = hook.send(fits, JSON), hook.send(fits + " ", JSON)

    assert allowed.status_code == 200
    assert refused.status_code == 413
    assert refused.json == {
        "success": False,
        "error": "error-body-too-large",
        "message": f"The body is larger than {limit} bytes",
    }
    call = hook.calls()[0]
    assert (call.status, call.body, call.body_bytes) == (413, "", limit + 1)


def test_a_chunked_body_beyond_the_limit_is_too_large(stage: Stage) -> None:
    hook = stage.hook()
    limit = stage.services.settings.max_body_bytes

    answer = hook.send(
        b"x" * (limit + 1),
        JSON,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert answer.status_code == 413


def test_too_many_query_parameters_are_refused(stage: Stage) -> None:
    hook = stage.hook(script=SCRIPT)

    answer = hook.send("{}", JSON, query="&".join(f"k{number}=1" for number in range(1001)))

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "Invalid query parameters"
