"""What the history keeps of an attempt, and what it hides."""

import json
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt
from rc_integrations_plugin.outgoing.record import mask_of
from rc_integrations_plugin.scripting.protocol import ConsoleLine, FaultKind, ScriptFault, ScriptRun
from rc_integrations_plugin.settings import Settings
from tests.factories import make_delivery
from tests.unit.outgoing.answers import make_answer
from tests.unit.outgoing.deliveries import DATA, SCRIPT, Way, body, plain, same_request

SECRETS = {
    "token": "t0ken-of-now",
    "signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "basic_auth": "ann:hunter2-hunter2",
    "headers": {"X-Api-Key": "k3y", "X-Session": "Bearer abcdefgh", "X-Team": "ops"},
}
HIDDEN = [
    "s3cret-token",
    "t0ken-of-now",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "hunter2-hunter2",
    "YW5uOmh1bnRlcjItaHVudGVyMg==",
    "abcdefgh",
]


@pytest.fixture
def way() -> Way:
    return Way()


def seen(way: Way, text: str, **kept: Any) -> DeliveryAttempt:
    """Return the row of an attempt in which everybody says this text."""

    def run(argument: Any) -> ScriptRun:
        line = ConsoleLine("log", text)
        if "response" not in argument:
            request = {**argument["request"], "url": f"https://x.test/{text}"}
            return ScriptRun(value=request, console=(line,))
        fault = ScriptFault(kind=FaultKind.EXCEPTION, name="Error", message=text)
        return ScriptRun(fault=fault, console=(line,))

    way.returns(prepare=run, process=run)
    way.answers = [make_answer(404, body(said=text), x_echo=text)]
    integration = plain(**SECRETS, **kept, script=SCRIPT)
    return way.attempt(integration, make_delivery(data=DATA))


@pytest.mark.parametrize("secret", HIDDEN)
def test_an_integration_s_secrets_are_hidden_wherever_they_come_back(way: Way, secret: str) -> None:
    attempt = seen(way, f"<{secret}>")

    assert attempt.response_headers is not None
    assert attempt.response_headers["x-echo"] == "<***>"
    assert json.loads(attempt.response_body or "") == {"said": "<***>"}
    assert [line["text"] for line in attempt.console] == ["<***>", "<***>"]
    assert attempt.error == "the answer had status 404; Error: <***>"
    assert attempt.url == "https://x.test/<***>"


def test_they_are_hidden_in_what_was_posted_too(way: Way) -> None:
    way.answers = [make_answer(200, body(text="hi", channel="#s3cret-token"))]

    attempt = way.attempt(plain(), make_delivery(data=DATA))

    assert [result["channel"] for result in attempt.results] == ["#***"]
    assert "s3cret-token" not in repr(attempt)


def test_words_that_are_also_in_a_header_are_no_secrets(way: Way) -> None:
    attempt = seen(way, "the ops team")

    assert attempt.response_headers is not None
    assert attempt.response_headers["x-echo"] == "the ops team"


def test_what_looks_like_a_secret_is_hidden_too(way: Way) -> None:
    way.answers = [
        make_answer(200, '[{"password": "hunter2", "a": 1}]', set_cookie="session=hunter2")
    ]

    attempt = way.attempt(plain(), make_delivery(data=DATA))

    assert attempt.response_body == '[{"password": "***", "a": 1}]'
    assert attempt.response_headers is not None
    assert attempt.response_headers["set-cookie"] == "***"


def test_the_request_is_kept_as_it_was_for_a_replay(way: Way) -> None:
    sent = seen(way, "x").sent

    assert sent is not None
    assert sent["data"]["token"] == "t0ken-of-now"


def test_a_row_s_text_does_not_show_what_was_sent(way: Way) -> None:
    assert "s3cret-token" not in repr(seen(way, "x"))


def test_user_and_password_of_a_url_are_hidden(way: Way) -> None:
    url = "https://ann:hunter2@x.test/hook?token=hunter2"
    delivery = make_delivery(data=DATA, url=url)

    assert way.attempt(plain(urls=(url,)), delivery).url == "https://***@x.test/hook?token=***"


def test_a_body_is_kept_up_to_the_limit(way: Way) -> None:
    way.settings = Settings(history_body_bytes=10)
    way.answers = [make_answer(200, "é" * 100, content_type="text/plain")]

    attempt = way.attempt(plain(), make_delivery(data=DATA))

    assert (attempt.response_body, attempt.response_bytes) == ("é" * 5, 200)


def test_a_large_answer_is_read_on_a_thread(way: Way) -> None:
    way.run(plain())
    before = way.worked
    answer = body(text="hi", password="hunter2", more=["a" * 100_000])
    way.answers = [make_answer(200, answer)]

    attempt = way.attempt(plain(), make_delivery(data=DATA))

    assert way.worked - before == 3
    assert [text for _, text in way.posted] == ["hi"]
    assert "hunter2" not in (attempt.response_body or "")


def test_a_very_large_one_is_hidden_as_text(way: Way) -> None:
    way.answers = [make_answer(500, body(password="hunter2", more="a" * 300_000))]

    attempt = way.attempt(plain(), make_delivery(data=DATA))

    assert (attempt.response_body or "").startswith('{"password": ***')


def test_scripts_times_and_restarts_are_noted(way: Way) -> None:
    integration = way.returns(
        prepare=lambda argument: ScriptRun(
            value=argument["request"], duration_ms=2.0, fresh_instance=True
        ),
        process=ScriptRun(duration_ms=3.0),
    )

    scripted = way.attempt(integration, make_delivery(data=DATA))
    without = way.attempt(plain(), make_delivery(data=DATA))

    assert (scripted.script_duration_ms, scripted.script_restarted) == (5.0, True)
    assert (without.script_duration_ms, without.script_restarted) == (None, False)


def test_a_row_names_its_delivery_and_its_number(way: Way) -> None:
    delivery = make_delivery(data=DATA, attempts=2)

    attempt = way.attempt(plain(), delivery)

    assert (attempt.delivery_id, attempt.integration_id) == (delivery.id, delivery.integration_id)
    assert attempt.number == 2
    assert attempt.duration_ms >= 0


def test_what_is_not_json_is_hidden_all_the_same(way: Way) -> None:
    mask = mask_of(None, make_delivery(data=DATA))

    assert mask.text("s3cret-token") == "***"
    assert mask_of(None, make_delivery(data={"token": 7})).text("7") == "7"


def test_a_request_that_changes_nothing_is_not_kept(way: Way) -> None:
    assert way.attempt(way.returns(prepare=same_request), make_delivery(data=DATA)).sent is None
