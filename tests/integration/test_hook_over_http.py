"""A hook behind a real socket."""

import http.client
import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.hooks import JSON, Hook, Stage, stage

__all__ = ["stage"]
pytestmark = pytest.mark.integration


class Handler(WSGIRequestHandler):
    """Keeps connections and is quiet."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- its name there
        pass


@pytest.fixture
def hook(stage: Stage) -> Hook:
    return stage.hook()


@pytest.fixture
def connection(stage: Stage) -> Iterator[http.client.HTTPConnection]:
    server = make_server("127.0.0.1", 0, stage.app, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    yield connection
    connection.close()
    server.shutdown()
    server.server_close()
    thread.join()


def send(
    connection: http.client.HTTPConnection, hook: Hook, body: bytes, *, chunked: bool = False
) -> tuple[int, bytes]:
    pieces = (body[at : at + 8000] for at in range(0, len(body), 8000))
    connection.request(
        "POST",
        hook.url,
        pieces if chunked else body,
        {"Content-Type": JSON},
        encode_chunked=chunked,
    )
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("chunked", [False, True], ids=["with length", "chunked"])
def test_who_sends_too_much_reads_why_and_may_go_on(
    connection: http.client.HTTPConnection, stage: Stage, hook: Hook, *, chunked: bool
) -> None:
    status, answer = send(connection, hook, b"x" * 8_000_000, chunked=chunked)
    later, _ = send(connection, hook, b'{"text":"next"}')

    assert status == 413
    assert b"larger than 1048576 bytes" in answer
    assert later == 200
    assert stage.texts() == ["next"]


def test_a_chunked_message_is_posted(
    connection: http.client.HTTPConnection, stage: Stage, hook: Hook
) -> None:
    status, _ = send(connection, hook, b'{"text":"in pieces"}', chunked=True)

    assert status == 200
    assert stage.texts() == ["in pieces"]
