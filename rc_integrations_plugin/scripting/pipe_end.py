"""The child's end of its pipe: all that a script's process may still read and write."""

import os

from rc_integrations_plugin.scripting.confinement import PIPE
from rc_integrations_plugin.scripting.wire import HEADER, length_of

READ_AT_ONCE = 16 * 1024


def read_frame() -> bytes:
    """Return the next order or answer; the process ends when the other side hung up."""
    # Only one frame is ever under way, and most are read at once.
    received = _read(READ_AT_ONCE)
    while len(received) < HEADER.size:
        received += _read(READ_AT_ONCE)
    end = HEADER.size + length_of(received[: HEADER.size])
    if len(received) < end:
        chunks = bytearray(received)
        while len(chunks) < end:
            chunks += _read(end - len(chunks))
        received = bytes(chunks)
    return received[HEADER.size :]


def _read(most: int) -> bytes:
    chunk = os.read(PIPE, min(most, 1024 * 1024))
    if not chunk:
        os._exit(0)
    return chunk


def write(data: bytes) -> None:
    """Write all of it; the process ends when the other side hung up."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(PIPE, view) :]
    except OSError:
        os._exit(0)
