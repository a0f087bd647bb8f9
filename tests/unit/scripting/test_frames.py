"""What a script's process says, if it is in the hands of its script."""

import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from rc_integrations_plugin.scripting.processes import ProcessEnded, ScriptProcess
from rc_integrations_plugin.scripting.wire import HEADER, pack

ANSWER = pack(b'{"answer":{"value":1},"console":[]}')
Say = Callable[[bytes], None]


@pytest.fixture
def ends() -> Iterator[tuple[ScriptProcess, socket.socket]]:
    """A process and the other end of its pipe."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ScriptProcess(0, ours), theirs


def exchange(process: ScriptProcess, *, seconds: float = 5.0) -> bytes | bytearray:
    return process.exchange(
        b"{}", seconds=seconds, max_bytes=1000, on_http=lambda _: (b'{"error":"no"}', 0.0)
    )


def test_the_answer_comes_without_its_header(ends: tuple[ScriptProcess, socket.socket]) -> None:
    process, theirs = ends
    theirs.sendall(ANSWER)

    assert exchange(process) == ANSWER[HEADER.size :]


@pytest.mark.parametrize(
    "said",
    [ANSWER + ANSWER, ANSWER + b"\0", pack(b"x" * 1001), b"\xff\xff\xff\xff", b"\0\0"],
    ids=["two answers", "more than an answer", "too large", "4 GB", "half a header"],
)
def test_no_other_frames_are_taken(ends: tuple[ScriptProcess, socket.socket], said: bytes) -> None:
    process, theirs = ends
    theirs.sendall(said)
    theirs.shutdown(socket.SHUT_WR)

    with pytest.raises(ProcessEnded):
        exchange(process)


def test_questions_without_end_do_not_keep_the_caller(
    ends: tuple[ScriptProcess, socket.socket],
) -> None:
    process, theirs = ends
    started = monotonic()
    flood = threading.Thread(target=_ask_for_ever, args=[theirs])
    flood.start()

    with pytest.raises(ProcessEnded) as end:
        exchange(process, seconds=0.3)

    assert end.value.by_timeout
    assert monotonic() - started < 3
    process.close()
    theirs.close()
    flood.join()


def _ask_for_ever(pipe: socket.socket) -> None:
    questions = pack(b'{"http":{}}') * 50
    pipe.settimeout(10)
    try:
        while True:
            pipe.sendall(questions)
            pipe.recv(65536)
    except OSError:
        pass
