"""Who does not know the URL of a hook gets nowhere, and nothing tells it to others."""

import logging

import pytest

from rc_integrations_plugin.integrations.tokens import TOKEN_LENGTH, new_token
from rc_integrations_plugin.scripting.protocol import ScriptRun
from tests.hooks import JSON, SCRIPT, Stage


def test_a_known_id_is_no_easier_to_tell_than_an_unknown_one(stage: Stage) -> None:
    hook = stage.hook()
    known = f"/hooks/{hook.integration.id}/{new_token()}"

    answers = [hook.send(url=url) for url in (known, f"/hooks/unknown/{new_token()}")]

    assert answers[0].status_code == answers[1].status_code == 404
    assert answers[0].data == answers[1].data
    assert dict(answers[0].headers) == dict(answers[1].headers)


@pytest.mark.parametrize(
    "guess",
    [
        pytest.param("", id="nothing"),
        pytest.param("%00", id="NUL"),
        pytest.param("%25", id="per cent"),
        pytest.param("_" * TOKEN_LENGTH, id="a wildcard of SQL"),
        pytest.param("'%20OR%20'1'='1", id="SQL"),
        pytest.param("x" * 100_000, id="a long one"),
        pytest.param("%ED%A0%80", id="half a character"),
        pytest.param("..%2F..", id="a path"),
    ],
)
def test_no_guess_is_taken_for_a_token(stage: Stage, guess: str) -> None:
    hook = stage.hook()

    answer = hook.send('{"text":"x"}', JSON, url=f"/hooks/{hook.integration.id}/{guess}")

    assert answer.status_code == 404
    assert stage.messages() == []


def test_a_token_with_something_around_it_is_wrong(stage: Stage) -> None:
    hook = stage.hook()
    token = hook.integration.token
    wrong = [token + "x", token[:-1], token.swapcase(), f"{token}%20", f"%20{token}", token * 2]

    answers = [hook.send(url=f"/hooks/{hook.integration.id}/{guess}") for guess in wrong]

    assert {answer.status_code for answer in answers} == {404}


def test_a_token_opens_no_other_hook(stage: Stage) -> None:
    hook, other = stage.hook(), stage.hook()

    answer = hook.send(url=f"/hooks/{hook.integration.id}/{other.integration.token}")

    assert answer.status_code == 404


def test_no_log_line_and_no_answer_holds_a_token(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(_: object) -> ScriptRun:
        raise RuntimeError("planted")

    plain, scripted, off = stage.hook(), stage.hook(script=SCRIPT), stage.hook(enabled=False)
    stage.scripted.answer = crash
    legacy = f"/hooks/{plain.integration.id}/u/{plain.integration.token}"

    with caplog.at_level(logging.DEBUG):
        answers = [
            plain.post(text="x"),
            plain.send("{", JSON),
            plain.send(url=legacy),
            plain.send(method="GET"),
            plain.send(url=plain.url + "x"),
            plain.send(b"x" * 2_000_000, JSON),
            off.post(text="x"),
            scripted.post(text="x"),
            plain.post(text="x", separateResponse=True),
        ]

    told = caplog.text + "".join(answer.text + str(answer.headers) for answer in answers)
    for hook in (plain, scripted, off):
        assert hook.integration.token not in told
        assert hook.integration.token not in repr(hook.calls())
