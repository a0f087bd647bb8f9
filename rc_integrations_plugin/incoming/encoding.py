"""From the bytes of a body to its text: Content-Encoding, byte order marks, character sets."""

import codecs
import zlib

from rc_integrations_plugin.errors import BodyTooLarge, InvalidRequest

# a list, because Python also "decodes" things like idna, slowly, and remembers unknown names
_CHARSETS = frozenset(
    {"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "latin1"}
    | {"windows-1250", "windows-1251", "windows-1252", "koi8-r", "utf-16", "utf-16le"}
    | {"utf-16be", "shift_jis", "euc-jp", "euc-kr", "gb2312", "gbk", "gb18030", "big5"}
)
_BYTE_ORDER_MARKS = (
    # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# window bits of zlib: gzip alone, and either of zlib's own two forms
_INFLATE = {"gzip": 31, "x-gzip": 31, "deflate": 47}


def inflate(data: bytes, encoding: str, *, limit: int) -> bytes:
    """Return the body without its Content-Encoding.

    Raises:
        BodyTooLarge: it is larger than the limit when unpacked.
        InvalidRequest: it is damaged, or packed in another way.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return data
    if encoding not in _INFLATE:
        raise InvalidRequest("Content-Encoding must be gzip, deflate or identity", status=415)
    unpacker = zlib.decompressobj(_INFLATE[encoding])
    try:
        plain = unpacker.decompress(data, limit + 1)
    except zlib.error:
        raise InvalidRequest(f"The body is not valid {encoding}") from None
    if len(plain) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise InvalidRequest(f"The {encoding} body ends too early")
    return plain


def too_large(limit: int) -> BodyTooLarge:
    """Return the error for a body beyond the limit."""
    return BodyTooLarge(f"The body is larger than {limit} bytes")


def decode_text(data: bytes, charset: str = "utf-8") -> str:
    """Return the text of a body; what is wrong in it becomes replacement characters."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    charset = charset.lower()
    return data.decode(charset if charset in _CHARSETS else "utf-8", "replace")
