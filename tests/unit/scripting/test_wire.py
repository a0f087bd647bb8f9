"""Frames."""

from rc_integrations_plugin.scripting.wire import HEADER, length_of, pack


def test_a_frame_begins_with_its_length() -> None:
    frame = pack(b"abc")

    assert length_of(frame[: HEADER.size]) == 3
    assert frame[HEADER.size :] == b"abc"
