import gzip
import zlib

import pytest

from rc_integrations_plugin.errors import BodyTooLarge, InvalidRequest
from rc_integrations_plugin.incoming.encoding import decode_text, inflate


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (b"hello", ""),
        (b"hello", "Identity"),
        (gzip.compress(b"hello"), "gzip"),
        (gzip.compress(b"hello"), " x-gzip "),
        (zlib.compress(b"hello"), "deflate"),
    ],
    ids=["plain", "identity", "gzip", "x-gzip", "deflate"],  # packed bytes hold the time
)
def test_packed_bodies_are_unpacked(packed: bytes, encoding: str) -> None:
    assert inflate(packed, encoding, limit=5) == b"hello"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    with pytest.raises(BodyTooLarge, match="larger than 1000 bytes"):
        inflate(bomb, "gzip", limit=1000)


@pytest.mark.parametrize(
    ("packed", "encoding", "status"),
    [
        (b"hello", "br", 415),
        (b"hello", "gzip, gzip", 415),
        (b"hello", "gzip", 400),
        (gzip.compress(b"hello")[:-4], "gzip", 400),
        (b"", "gzip", 400),
    ],
    ids=["unknown", "twice", "not packed", "cut", "empty"],
)
def test_what_cannot_be_unpacked_is_refused(packed: bytes, encoding: str, status: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        inflate(packed, encoding, limit=1000)

    assert caught.value.status == status


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("é€".encode(), "utf-8"),
        ("é€".encode("utf-8-sig"), "utf-8"),
        ("é€".encode("utf-16"), "utf-8"),
        ("é€".encode("utf-32"), "utf-8"),
        ("é€".encode("utf-16-le"), "UTF-16LE"),
        ("é€".encode("windows-1252"), "Windows-1252"),
        ("é€".encode("iso-8859-15"), "iso-8859-15"),
        ("é€".encode(), "punycode"),
        ("é€".encode(), "no-such-charset"),
    ],
)
def test_text_is_decoded_by_its_mark_or_its_charset(data: bytes, charset: str) -> None:
    assert decode_text(data, charset) == "é€"


def test_wrong_bytes_become_replacement_characters() -> None:
    assert decode_text(b"caf\xe9 \xed\xa0\xbd") == "caf\ufffd \ufffd\ufffd\ufffd"
