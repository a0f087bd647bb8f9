import signal
import socket
from collections.abc import Iterator

import pytest

from host_stub.web.stopping import client_is_gone, refuse_more_requests, server_is_stopping


class Worker:
    """Like gunicorn's: its signal handler is a method, and it knows whether it goes on."""

    alive = True

    def handle_exit(self, *_signal: object) -> None:
        self.alive = False


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    before = signal.signal(signal.SIGTERM, worker.handle_exit)
    yield worker
    signal.signal(signal.SIGTERM, before)


def test_the_worker_of_the_web_server_says_when_it_stops(worker: Worker) -> None:
    before = server_is_stopping()
    signal.raise_signal(signal.SIGTERM)

    assert (before, server_is_stopping()) == (False, True)


def test_other_servers_go_on() -> None:
    assert not server_is_stopping()


def test_a_closed_connection_is_noticed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = {"gunicorn.socket": ours}
        before = client_is_gone(environ)
        theirs.close()

        assert (before, client_is_gone(environ)) == (False, True)


def test_a_connection_with_something_to_read_is_not_closed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"GET")

        assert not client_is_gone({"werkzeug.socket": ours})
        assert ours.recv(3) == b"GET"


def test_a_server_that_shows_no_connection_is_believed() -> None:
    assert not client_is_gone({})


def test_our_own_end_may_be_closed_already() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()

    assert client_is_gone({"gunicorn.socket": ours})


def test_after_the_stream_the_connection_takes_no_more_requests() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        refuse_more_requests({"gunicorn.socket": ours})
        ours.send(b"the end")

        assert ours.recv(1) == b""
        assert theirs.recv(7) == b"the end"
        ours.close()
        refuse_more_requests({"gunicorn.socket": ours})
