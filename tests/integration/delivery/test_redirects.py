"""Redirects are followed by hand: method and body stay, credentials do not cross origins."""

from collections.abc import Iterator

import pytest

from rc_integrations_plugin.delivery.http import FailureKind, HttpRequest
from rc_integrations_plugin.delivery.sender import HttpSender
from tests.receivers import Answer, Receiver, receiver
from tests.senders import THIS_MACHINE, answered, failed, get, sender

pytestmark = pytest.mark.integration

SECRETS = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Api-Key": "k", "X-Mine": "m"}


@pytest.fixture
def one() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def calls() -> Iterator[HttpSender]:
    with sender(*THIS_MACHINE) as made:
        yield made


def to(location: str, status: int = 302) -> Answer:
    return Answer(status=status, headers=(("Location", location),))


def post(url: str) -> HttpRequest:
    return HttpRequest(
        method="POST",
        url=url,
        headers={**SECRETS, "Content-Type": "application/json"},
        body=b'{"a": 1}',
        secret_headers=frozenset({"x-mine"}),
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_method_body_and_type_stay(one: Receiver, calls: HttpSender, status: int) -> None:
    one.answers["/"] = to("/next", status)

    answer = answered(calls.send(post(f"{one.url}/")))

    _, got = one.received
    assert (got.method, got.path, got.body) == ("POST", "/next", b'{"a": 1}')
    assert got.headers["content-type"] == "application/json"
    assert answer.redirected is True
    assert answer.url == f"{one.url}/next"


def test_credentials_stay_within_an_origin(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = to(f"{one.url}/next")

    answered(calls.send(post(f"{one.url}/")))

    assert {name: one.received[1].headers.get(name.lower()) for name in SECRETS} == SECRETS


def test_credentials_of_the_url_stay_within_an_origin(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = to("/next")

    answered(calls.send(get(f"http://me:pass@127.0.0.1:{one.port}/")))

    assert one.received[1].headers["authorization"] == "Basic bWU6cGFzcw=="


def test_credentials_of_the_redirect_s_own_url_are_sent(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = to(f"http://you:word@127.0.0.1:{one.port}/next")

    answered(calls.send(get(f"http://me:pass@127.0.0.1:{one.port}/")))

    assert one.received[1].headers["authorization"] == "Basic eW91OndvcmQ="


def test_credentials_do_not_cross_origins(
    one: Receiver, other: Receiver, calls: HttpSender
) -> None:
    one.answers["/"] = to(f"{other.url}/next", 307)

    answered(calls.send(post(f"{one.url}/")))
    answered(calls.send(get(f"http://me:pass@127.0.0.1:{one.port}/")))

    first, second = other.received
    assert not {name.lower() for name in SECRETS} & first.headers.keys()
    assert first.headers["content-type"] == "application/json"
    assert "authorization" not in second.headers


def test_credentials_that_were_left_out_do_not_come_back(
    one: Receiver, other: Receiver, calls: HttpSender
) -> None:
    one.answers["/"] = to(f"{other.url}/back")
    other.answers["/back"] = to(f"{one.url}/end")

    answered(calls.send(post(f"{one.url}/")))

    assert one.received[1].path == "/end"
    assert "authorization" not in one.received[1].headers


def test_another_name_of_the_same_server_is_another_origin(
    one: Receiver, calls: HttpSender
) -> None:
    one.answers["/"] = to(f"http://localhost:{one.port}/next")

    answered(calls.send(post(f"{one.url}/")))

    assert "authorization" not in one.received[1].headers


def test_five_redirects_are_followed_and_a_sixth_is_not(one: Receiver, calls: HttpSender) -> None:
    for hop in range(6):
        one.answers[f"/{hop}"] = to(f"/{hop + 1}")

    assert answered(calls.send(get(f"{one.url}/1"))).url == f"{one.url}/6"
    assert failed(calls.send(get(f"{one.url}/0"))) is FailureKind.TOO_MANY_REDIRECTS


def test_a_circle_ends(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = to("/")

    assert failed(calls.send(get(f"{one.url}/"))) is FailureKind.TOO_MANY_REDIRECTS
    assert len(one.received) == 6


def test_a_redirect_to_nowhere_is_an_answer(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = Answer(status=302, body=b"where?")

    answer = answered(calls.send(get(f"{one.url}/")))

    assert (answer.status, answer.text, answer.redirected) == (302, "where?", False)


@pytest.mark.parametrize("status", [300, 304, 305, 306])
def test_other_statuses_with_a_location_are_answers(
    one: Receiver, calls: HttpSender, status: int
) -> None:
    one.answers["/"] = to("/next", status)

    assert answered(calls.send(get(f"{one.url}/"))).status == status


def test_a_call_may_ask_not_to_follow(one: Receiver, calls: HttpSender) -> None:
    one.answers["/"] = to("/next")

    assert answered(calls.send(get(f"{one.url}/", follow_redirects=False))).status == 302


def test_the_operator_may_refuse_to_follow(one: Receiver) -> None:
    one.answers["/"] = to("/next")

    with sender(*THIS_MACHINE, follow_redirects=False) as calls:
        answer = answered(calls.send(get(f"{one.url}/")))

    assert (answer.status, answer.headers["location"]) == (302, "/next")
    assert len(one.received) == 1


def test_the_time_limit_covers_all_hops(one: Receiver, calls: HttpSender) -> None:
    for hop in range(4):
        headers = (("Location", f"/{hop + 1}"),)
        one.answers[f"/{hop}"] = Answer(status=302, headers=headers, delay_seconds=0.2)

    found = calls.send(get(f"{one.url}/0", timeout_seconds=0.5))

    assert failed(found) is FailureKind.TIMEOUT
    assert len(one.received) == 3
