"""What the two sides of a script's process say to each other, as bytes. Knows no process.

Between the web or worker process and a script's process: *frames*, four bytes of length (most
significant first) and that many bytes of JSON. Between it and the parent of scripts: requests of
one letter and a process id, answered with a number.
"""

import struct

HEADER = struct.Struct(">I")
REQUEST = struct.Struct(">ci")
ANSWER = struct.Struct(">i")
NO_CHILD = 0
"""How the parent of scripts answers if the system lets it start no process."""
READY = b"ready"
"""How the parent of scripts says that it can fork; why there is no call filter follows, if so."""
LONGEST_GREETING = 200
HTTP_PREFIX = b'{"http":'
"""How a frame begins that asks for an HTTP call, before the answer."""
CALL_PREFIX = b'{"op":"call"'
"""How an order begins that runs a script; others read it."""
READING_CALLS = 3
"""To read a script may take as long as so many calls, if it uses the processor time of one: it
waits for nothing, so on a busy machine only the clock runs on."""


def pack(payload: bytes) -> bytes:
    """Return the frame that carries this payload."""
    return HEADER.pack(len(payload)) + payload


def length_of(header: bytes) -> int:
    """Return how many bytes follow this header."""
    length: int = HEADER.unpack(header)[0]
    return length
