"""Which character a short code such as `:ghost:` stands for."""

import functools
import json

import emoji
from flask import Response

# names that Rocket.Chat and Slack know besides those of Unicode and GitHub
_MORE = {
    "frowning2": "☹️",
    "hammer_pick": "⚒️",
    "robot_face": "🤖",
    "simple_smile": "🙂",
    "slight_frown": "🙁",
    "slight_smile": "🙂",
    "thumbdown": "👎",
    "thumbup": "👍",
}
VERSION = emoji.__version__


@functools.cache
def emoji_table() -> dict[str, str]:
    """Return the characters by their codes, without colons and in small letters."""
    table = {}
    for character, facts in emoji.EMOJI_DATA.items():
        if facts["status"] <= emoji.STATUS["fully_qualified"]:
            for code in (facts["en"], *facts.get("alias", ())):
                table[code.strip(":").lower()] = character
    return _MORE | table


@functools.cache
def _as_json() -> bytes:
    return json.dumps(emoji_table(), ensure_ascii=False, separators=(",", ":")).encode()


def show_emoji_table() -> Response:
    """Answer with the table; its address has the version in it, so it is kept for ever."""
    response = Response(_as_json(), mimetype="application/json")
    response.cache_control.public = True
    response.cache_control.max_age = 31_536_000
    response.cache_control.immutable = True
    return response
