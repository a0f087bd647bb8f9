"""Calls of real servers on this machine."""

import asyncio
import gzip
import os
import resource
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpRequest
from rc_integrations_plugin.delivery.sender import HttpSender
from tests.receivers import Answer, Receiver, receiver
from tests.senders import THIS_MACHINE, NameServer, answered, failed, get, sender

pytestmark = pytest.mark.integration

JSON = (("Content-Type", "application/json"),)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def calls() -> Iterator[HttpSender]:
    with sender(*THIS_MACHINE, response_max_bytes=100_000) as made:
        yield made


def test_a_call_arrives_as_it_was_given_and_its_answer_comes_back(
    server: Receiver, calls: HttpSender
) -> None:
    server.answers["/a%20b?c=d%2Fe"] = Answer(
        status=201, headers=(*JSON, ("X-Two", "1"), ("X-Two", "2")), body=b'{"text": "\xc3\xbc"}'
    )

    answer = answered(
        calls.send(
            HttpRequest(
                method="PUT",
                url=f"{server.url}/a b?c=d%2Fe#f",
                headers={"X-A": "b", "User-Agent": "mine", "Content-Length": "1"},
                body="ü".encode(),
            )
        )
    )

    [got] = server.received
    assert (got.method, got.path, got.body) == ("PUT", "/a%20b?c=d%2Fe", "ü".encode())
    assert got.headers["x-a"] == "b"
    assert got.headers["user-agent"] == "mine"
    assert got.headers["content-length"] == "2"
    assert got.headers["host"] == f"127.0.0.1:{server.port}"
    assert "content-type" not in got.headers
    assert answer.status == 201
    assert answer.reason == "Created"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-two"] == "1, 2"
    assert answer.text == '{"text": "ü"}'
    assert answer.url == f"{server.url}/a%20b?c=d%2Fe"
    assert answer.redirected is False


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"X-A": "b\r\nX-Injected: 1"}},
        {"headers": {"X-A\r\nX-Injected": "1"}},
        {"method": "GET / HTTP/1.1\r\nX-Injected: 1\r\n\r\nGET"},
        {"method": "CONNECT"},
    ],
    ids=["value", "name", "method", "connect"],
)
def test_a_request_that_would_be_two_is_not_sent(
    server: Receiver, calls: HttpSender, request_: dict[str, Any]
) -> None:
    request = HttpRequest(**{"method": "GET", "url": f"{server.url}/", **request_})

    assert failed(calls.send(request)) is FailureKind.INVALID_REQUEST
    assert server.received == []


@pytest.mark.parametrize("status", [204, 304, 400, 404, 410, 418, 429, 500, 503])
def test_every_status_is_an_answer(server: Receiver, calls: HttpSender, status: int) -> None:
    server.answers["/"] = Answer(status=status)

    assert answered(calls.send(get(f"{server.url}/"))).status == status


def test_user_and_password_of_the_url_are_sent_as_a_header(
    server: Receiver, calls: HttpSender
) -> None:
    answered(calls.send(get(f"http://me:pass@127.0.0.1:{server.port}/")))
    answered(
        calls.send(
            get(f"http://me:pass@127.0.0.1:{server.port}/", headers={"authorization": "Bearer x"})
        )
    )

    assert [got.headers["authorization"] for got in server.received] == [
        "Basic bWU6cGFzcw==",
        "Bearer x",
    ]


def test_calls_one_after_the_other_use_one_connection(server: Receiver, calls: HttpSender) -> None:
    for _ in range(5):
        answered(calls.send(get(f"{server.url}/")))

    assert {got.connection for got in server.received} == {1}


def test_calls_of_many_threads_run_side_by_side(server: Receiver, calls: HttpSender) -> None:
    go_on = threading.Event()
    server.answers["/slow"] = Answer(wait=go_on)

    with ThreadPoolExecutor(20) as threads:
        waiting = [threads.submit(calls.send, get(f"{server.url}/slow")) for _ in range(20)]
        deadline = time.monotonic() + 5
        while len(server.received) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        arrived = len(server.received)
        go_on.set()
        answers = [answered(one.result()) for one in waiting]

    assert arrived == 20
    assert {answer.status for answer in answers} == {200}


def test_another_event_loop_can_wait_for_many_calls(server: Receiver, calls: HttpSender) -> None:
    async def call_all() -> list[int]:
        futures = [asyncio.wrap_future(calls.submit(get(f"{server.url}/"))) for _ in range(10)]
        return [answered(found).status for found in await asyncio.gather(*futures)]

    assert asyncio.run(call_all()) == [200] * 10


def test_a_slow_server_does_not_hold_up_another(server: Receiver, calls: HttpSender) -> None:
    server.answers["/slow"] = Answer(wait=threading.Event())

    slow = calls.submit(get(f"{server.url}/slow"))
    answered(calls.send(get(f"{server.url}/fast", timeout_seconds=5)))

    assert not slow.done()
    slow.cancel()


def test_a_call_without_an_answer_ends_in_time(server: Receiver, calls: HttpSender) -> None:
    server.answers["/"] = Answer(wait=threading.Event())

    started = time.monotonic()
    found = calls.send(get(f"{server.url}/", timeout_seconds=0.2))

    assert failed(found) is FailureKind.TIMEOUT
    assert isinstance(found, HttpFailure)
    assert found.message == "there was no whole answer within 0.2 s"
    assert time.monotonic() - started < 2


def test_the_usual_limit_of_time_comes_from_the_settings(server: Receiver) -> None:
    server.answers["/"] = Answer(wait=threading.Event())

    with sender(*THIS_MACHINE, http_timeout_seconds=0.2) as calls:
        assert failed(calls.send(get(f"{server.url}/"))) is FailureKind.TIMEOUT


def test_a_name_server_without_an_answer_does_not_hold_up_other_calls(server: Receiver) -> None:
    class Silent(NameServer):
        async def resolve(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]
            await asyncio.sleep(60)
            return []

    with sender(*THIS_MACHINE, lookup=Silent()) as calls:
        waiting = calls.submit(get("http://silent.example/", timeout_seconds=0.5))
        answered(calls.send(get(f"{server.url}/", timeout_seconds=5)))
        assert failed(waiting.result()) is FailureKind.TIMEOUT


def test_an_answer_that_drips_ends_in_time_too(calls: HttpSender, server: Receiver) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart"
    server.answers["/"] = Answer(raw=head)
    hold = threading.Event()
    server.answers["/hold"] = Answer(raw=head, wait=hold)

    # the connection ends before the body does
    assert failed(calls.send(get(f"{server.url}/"))) is FailureKind.BAD_ANSWER
    assert failed(calls.send(get(f"{server.url}/hold", timeout_seconds=0.2))) is FailureKind.TIMEOUT


def test_an_answer_over_the_limit_is_not_read_to_its_end(
    server: Receiver, calls: HttpSender
) -> None:
    server.answers["/exact"] = Answer(body=b"x" * 100_000)
    server.answers["/over"] = Answer(body=b"x" * 100_001)
    endless = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 500
    )
    server.answers["/endless"] = Answer(raw=endless)

    assert len(answered(calls.send(get(f"{server.url}/exact"))).body) == 100_000
    for path in ("/over", "/endless"):
        found = calls.send(get(f"{server.url}{path}"))
        assert failed(found) is FailureKind.TOO_LARGE
        assert isinstance(found, HttpFailure)
        assert found.message == "the answer is larger than 100000 bytes"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")),
    ],
    ids=["gzip", "deflate"],  # packed bytes hold the time
)
def test_a_compressed_answer_is_unpacked(
    server: Receiver, calls: HttpSender, encoding: str, packed: bytes
) -> None:
    server.answers["/"] = Answer(headers=(("Content-Encoding", encoding),), body=packed)

    assert answered(calls.send(get(f"{server.url}/"))).body == b"hello"


def test_a_bomb_is_counted_as_it_unpacks(server: Receiver, calls: HttpSender) -> None:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    bomb = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    server.answers["/"] = Answer(headers=(("Content-Encoding", "gzip"),), body=bomb)
    before = _most_memory_kb()

    found = calls.send(get(f"{server.url}/"))

    assert len(bomb) < 1_000_000
    assert failed(found) is FailureKind.TOO_LARGE
    assert _most_memory_kb() - before < 50_000


def _most_memory_kb() -> int:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 200_000 + b"\r\n\r\n",
        b"\x00" * 1000,
    ],
    ids=range(11),
)
def test_what_is_no_http_is_a_failure(server: Receiver, calls: HttpSender, raw: bytes) -> None:
    server.answers["/"] = Answer(raw=raw)

    kind = failed(calls.send(get(f"{server.url}/", timeout_seconds=5)))

    assert kind in {FailureKind.BAD_ANSWER, FailureKind.CONNECTION}


def test_odd_bytes_in_a_header_make_no_text_that_cannot_be_stored(
    server: Receiver, calls: HttpSender
) -> None:
    server.answers["/"] = Answer(
        raw=b"HTTP/1.1 200 G\xfct\r\nX-A: \xfc\xc3\xbc\r\nContent-Length: 0\r\n\r\n"
    )

    answer = answered(calls.send(get(f"{server.url}/")))

    assert answer.headers["x-a"] == "\ufffdü"
    assert answer.reason == "G\ufffdt"


def test_a_port_where_nobody_listens_is_a_failure_that_says_so(calls: HttpSender) -> None:
    with receiver() as gone:
        url = f"{gone.url}/"

    found = calls.send(get(url))

    assert failed(found) is FailureKind.CONNECTION
    assert isinstance(found, HttpFailure)
    assert "no connection could be made" in found.message


def test_a_name_that_nobody_knows_is_a_failure_that_says_so() -> None:
    with sender(lookup=NameServer()) as calls:
        assert failed(calls.send(get("http://unknown.example/"))) is FailureKind.NAME_NOT_FOUND


@pytest.mark.parametrize("url", ["http://localhost:{port}/", "http://sub.localhost:{port}/"])
def test_localhost_is_this_machine_where_it_is_opened(
    server: Receiver, calls: HttpSender, url: str
) -> None:
    assert answered(calls.send(get(url.format(port=server.port)))).status == 200


def test_cookies_are_not_kept(server: Receiver, calls: HttpSender) -> None:
    server.answers["/"] = Answer(headers=(("Set-Cookie", "a=b"),))

    answered(calls.send(get(f"{server.url}/")))
    answered(calls.send(get(f"{server.url}/")))

    assert "cookie" not in server.received[1].headers


def test_after_closing_the_next_call_starts_anew(server: Receiver, calls: HttpSender) -> None:
    answered(calls.send(get(f"{server.url}/")))
    calls.close()
    names = {thread.name for thread in threading.enumerate()}

    answered(calls.send(get(f"{server.url}/")))

    assert "http-sender" not in names
    assert [got.connection for got in server.received] == [1, 2]


def test_closing_ends_calls_that_wait(server: Receiver, calls: HttpSender) -> None:
    server.answers["/"] = Answer(wait=threading.Event())

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(calls.send, get(f"{server.url}/"))
        deadline = time.monotonic() + 5
        while not server.received and time.monotonic() < deadline:
            time.sleep(0.01)
        calls.close()
        found = waiting.result(timeout=5)

    assert failed(found) is FailureKind.CONNECTION


# that it is risky is why the sender starts anew
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_makes_calls_of_its_own(server: Receiver, calls: HttpSender) -> None:
    """Web servers fork; the thread and the connections do not come along."""
    answered(calls.send(get(f"{server.url}/before")))

    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if answered(calls.send(get(f"{server.url}/child"))).status == 200 else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    answered(calls.send(get(f"{server.url}/after")))

    assert os.waitstatus_to_exitcode(status) == 0
    connections = {got.path: got.connection for got in server.received}
    assert connections["/before"] == connections["/after"] != connections["/child"]
