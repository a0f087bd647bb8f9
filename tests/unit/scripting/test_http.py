"""The HTTP calls of one run."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp, NoHttp, RunHttp
from rc_integrations_plugin.scripting.protocol import ScriptHttpRequest, ScriptHttpResponse
from rc_integrations_plugin.settings import Settings

ORDER: dict[str, Any] = {"method": "GET", "url": "http://host/x", "headers": {}, "body": None}


class SlowHttp:
    """A gateway that takes its time, by moving the clock."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        self.clock, self.seconds = clock, seconds
        self.timeouts: list[float] = []

    def send(self, request: ScriptHttpRequest) -> ScriptHttpResponse:
        self.timeouts.append(request.timeout_seconds)
        self.clock[0] += self.seconds
        return ScriptHttpResponse(status=204, headers={"X-A": "b"})

    def send_all(self, requests: Sequence[ScriptHttpRequest]) -> Sequence[ScriptHttpResponse]:
        self.timeouts.extend(request.timeout_seconds for request in requests)
        self.clock[0] += self.seconds
        return [ScriptHttpResponse(status=200, url=request.url) for request in requests]


def ask(http: RunHttp, order: Any = ORDER) -> Any:
    return json.loads(http.answer(order))


def test_an_answer_has_lower_case_headers() -> None:
    answer = ask(RunHttp(SlowHttp([0], 0), Settings()))

    assert (answer["status"], answer["headers"]) == (204, {"x-a": "b"})


def test_calls_are_counted() -> None:
    http = RunHttp(CannedHttp(), Settings(script_http_calls=2))

    answers = [ask(http) for _ in range(3)]

    assert [answer.get("status") for answer in answers] == [200, 200, None]
    assert "more than 2 HTTP calls" in answers[2]["error"]


def test_time_is_limited_in_all() -> None:
    clock = [0.0]
    gateway = SlowHttp(clock, 3)
    now: Callable[[], float] = lambda: clock[0]  # noqa: E731
    http = RunHttp(gateway, Settings(script_http_seconds=5.0), now=now)

    answers = [ask(http) for _ in range(3)]

    assert gateway.timeouts == [5, 2]
    assert "more than 5 s" in answers[2]["error"]


def test_a_script_may_wish_for_less_time() -> None:
    gateway = CannedHttp()

    ask(RunHttp(gateway, Settings()), {**ORDER, "timeout_ms": 250})

    assert gateway.requests[0].timeout_seconds == 0.25


@pytest.mark.parametrize("wish", [10**400, 1e308, -1, 0, "9", None, float("nan"), float("inf")])
def test_a_wish_for_more_time_or_for_none_changes_nothing(wish: Any) -> None:
    gateway = CannedHttp()

    ask(RunHttp(gateway, Settings(script_http_seconds=7.0)), {**ORDER, "timeout_ms": wish})

    assert gateway.requests[0].timeout_seconds == 7.0


def test_refused_calls_are_no_time_that_a_script_waited() -> None:
    clock = [0.0]
    now: Callable[[], float] = lambda: clock[0]  # noqa: E731
    http = RunHttp(SlowHttp(clock, 3), Settings(script_http_calls=1), now=now)

    for order in (ORDER, ORDER, None):
        http.answer(order)

    assert http.seconds_waited == 3


def test_a_large_answer_is_refused() -> None:
    gateway = CannedHttp([{"match": "x", "result": {"content": "y" * 200}}])

    answer = ask(RunHttp(gateway, Settings(script_input_bytes=100)))

    assert answer == {"error": "the answer is larger than 100 bytes"}


@pytest.mark.parametrize(
    "order",
    [
        None,
        {},
        {**ORDER, "method": "GET / HTTP/1.1\r\nX: y"},
        {**ORDER, "url": 5},
        {**ORDER, "headers": {"a": 1}},
        {**ORDER, "headers": []},
        {**ORDER, "body": {}},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(order: Any) -> None:
    gateway = CannedHttp()

    answer = ask(RunHttp(gateway, Settings()), order)

    assert answer == {"error": "the request cannot be understood"}
    assert gateway.requests == []


def test_without_a_gateway_all_calls_are_refused() -> None:
    assert "no HTTP calls" in ask(RunHttp(NoHttp(), Settings()))["error"]


@pytest.mark.parametrize(
    ("result", "status", "content"),
    [
        ({"statusCode": 500, "content": "no"}, 500, "no"),
        ({"data": {"a": 1}}, 200, '{"a": 1}'),
        ({}, 200, ""),
    ],
)
def test_canned_answers_are_found_by_a_part_of_the_url(
    result: dict[str, Any], status: int, content: str
) -> None:
    http = CannedHttp([{"match": "never", "result": {}}, {"match": "host/x", "result": result}])

    answer = ask(RunHttp(http, Settings()))

    assert (answer["status"], answer["content"]) == (status, content)


def test_calls_are_made_side_by_side() -> None:
    clock = [0.0]
    now: Callable[[], float] = lambda: clock[0]  # noqa: E731
    http = RunHttp(SlowHttp(clock, 3), Settings(script_http_seconds=5.0), now=now)

    first = ask(http, [ORDER, {**ORDER, "url": "http://host/y"}, "nonsense"])
    second = ask(http, [ORDER, ORDER])

    assert [answer.get("url") for answer in first] == ["http://host/x", "http://host/y", None]
    assert first[2] == {"error": "the request cannot be understood"}
    assert [answer["status"] for answer in second] == [200, 200]
    assert clock == [6]
    assert "more than 5 s" in ask(http)["error"]


def test_calls_side_by_side_are_counted_one_by_one() -> None:
    http = RunHttp(CannedHttp(), Settings(script_http_calls=2))

    answers = ask(http, [ORDER] * 4)

    assert [answer.get("status") for answer in answers] == [200, 200, None, None]


def test_answers_side_by_side_share_the_room_for_answers() -> None:
    canned = CannedHttp([{"match": "", "result": {"content": "x" * 40}}])
    http = RunHttp(canned, Settings(script_input_bytes=100))

    answers = ask(http, [ORDER] * 3)

    assert [len(answer.get("content", "")) for answer in answers] == [40, 40, 0]
    assert "larger than 100 bytes" in answers[2]["error"]


def test_no_calls_are_answered_by_nothing() -> None:
    assert ask(RunHttp(NoHttp(), Settings()), []) == []
    assert len(ask(RunHttp(NoHttp(), Settings()), [ORDER, ORDER])) == 2
