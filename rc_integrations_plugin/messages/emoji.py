"""Emoji in text: `:short_codes:`, emoticons such as `:)`, and the characters themselves."""

import re
from typing import Any

Node = dict[str, Any]

_EMOTICONS = {
    "heart": "<3",
    "broken_heart": "</3",
    "smiley": ":D :-D =D",
    "laughing": ">:) >;) >:-) >=)",
    "sweat_smile": "':) ':-) '=) ':D ':-D '=D",
    "joy": ":') :'-)",
    "innocent": "O:-) 0:-3 0:3 0:-) 0:) 0;^) O:) O;-) O=) 0;-) O:-3 O:3",
    "slight_smile": ":) :-) =] =) :]",
    "wink": ";) ;-) *-) *) ;-] ;] ;D ;^)",
    "kissing_heart": ":* :-* =* :^*",
    "stuck_out_tongue": ":P :-P =P :-b :b",
    "stuck_out_tongue_winking_eye": ">:P X-P",
    "sunglasses": "B-) B) 8) 8-) B-D 8-D",
    "disappointed": ">:[ :-( :( :-[ :[ =(",
    "confused": r">:\ >:/ :-/ :-. :/ :\ =/ =\ :L =L",
    "persevere": ">.<",
    "cry": ":'( :'-( ;( ;-(",
    "angry": ">:( >:-( :@",
    "flushed": ":$ =$",
    "fearful": "D:",
    "sweat": "':( ':-( '=(",
    "no_mouth": ":-X :X :-# :# =X =#",
    "expressionless": "-_- -__- -___-",
    "open_mouth": ":-O :O O_O >:O",
    "dizzy_face": "#-) #) %-) %) X) X-)",
    "thumbsup": "(y)",
}
_CODES = {face: code for code, faces in _EMOTICONS.items() for face in faces.split()}
_FIRST = frozenset(face[0] for face in _CODES)
_FACE = re.compile("|".join(re.escape(face) for face in sorted(_CODES, key=len, reverse=True)))
_SHORT_CODE = re.compile(r":([0-9A-Za-z_+.-]{1,100}):")
_PICTURE = "[\U0001f300-\U0001f5ff][\ufe00-\ufe0f]?"
_TONE = "[\U0001f3fb-\U0001f3ff]"
_CHARACTER = re.compile(
    "[\U0001f600-\U0001f64f]"
    f"|[\U0001f900-\U0001f9ff](?:{_PICTURE}(?:\u200d{_PICTURE})*)?"
    f"|(?:{_PICTURE}{_TONE}?\u200d)*{_PICTURE}{_TONE}?"
    "|[\U0001f680-\U0001f6fa]"
    "|[\u2300-\u23ff\u2600-\u27bf][\ufe00-\ufe0f]?"
    "|[\U0001f100-\U0001f1ff]{2}"
)


def match_emoji(text: str, start: int) -> tuple[Node, int] | None:
    """Return the short code or emoji character that begins here, and where it ends."""
    first = text[start]
    if first == ":":
        short = _SHORT_CODE.match(text, start)
        return (_node(short[1], short[1]), short.end()) if short else None
    # the lowest of the characters above
    if first < "\u2300":
        return None
    match = _CHARACTER.match(text, start)
    return ({"type": "EMOJI", "unicode": match[0]}, match.end()) if match else None


def match_emoticon(text: str, start: int) -> tuple[Node, int] | None:
    """Return the emoticon that begins here, and where it ends."""
    if text[start] not in _FIRST:
        return None
    match = _FACE.match(text, start)
    return (_node(match[0], _CODES[match[0]]), match.end()) if match else None


def written_form(emoji: Node) -> str:
    """Return how a short code or an emoticon was written."""
    value: str = emoji["value"]["value"]
    return f":{value}:" if value == emoji["shortCode"] else value


def _node(value: str, short_code: str) -> Node:
    return {
        "type": "EMOJI",
        "value": {"type": "PLAIN_TEXT", "value": value},
        "shortCode": short_code,
    }
