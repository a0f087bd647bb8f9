import pytest

from rc_integrations_plugin.delivery.http import HttpResponse


def text(body: bytes, content_type: str | None = None) -> str:
    headers = {} if content_type is None else {"content-type": content_type}
    return HttpResponse(
        status=200, reason="OK", headers=headers, body=body, url="http://example.com/"
    ).text


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("ü".encode(), None, "ü"),
        ("ü".encode(), "application/json", "ü"),
        (b"\xef\xbb\xbf{}", "application/json", "{}"),
        (b"\xfc", "text/plain; charset=ISO-8859-1", "ü"),
        (b"\xfc", 'text/plain; charset="latin1"', "ü"),
        (b"\x93x\x94", "text/html; charset=windows-1252", "\u201cx\u201d"),
        ("日本".encode("shift_jis"), "text/plain; charset=Shift_JIS", "日本"),
        (b"\xff\xfea\x00", "text/plain; charset=utf-16", "a"),
        (b"a\xff", "text/plain", "a\ufffd"),
        (b"", "text/plain", ""),
    ],
)
def test_the_body_is_read_in_its_charset(
    body: bytes, content_type: str | None, expected: str
) -> None:
    assert text(body, content_type) == expected


@pytest.mark.parametrize(
    "charset",
    ["punycode", "idna", "unicode_escape", "utf-7", "rot13", "zlib", "hex", "undefined", "nope",
     "a\x00b", "\ud800", "", "x" * 1000, "utf-8\r\nX: y"],
)  # fmt: skip
def test_a_charset_of_which_browsers_know_nothing_is_read_as_utf_8(charset: str) -> None:
    assert text("ü+AGE-".encode(), f"text/plain; charset={charset}") == "ü+AGE-"
