"""Documents: users, rooms and messages as the receivers of outgoing webhooks get them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rc_integrations_plugin.testing.checks import check, expect, fail
from rc_integrations_plugin.testing.stage import Stage

_SECRET_PARTS = re.compile("password|passwd|secret|token|apikey|privatekey|credential|cookie")
_SECRET_NAMES = frozenset({"hash", "salt", "services", "bcrypt", "otp", "totp", "session"})


@check("User.document")
def of_a_user_is_json_without_secrets(stage: Stage) -> None:
    """It leaves the server as `user` or `owner` in the bodies of outgoing webhooks.

    Scripts written for Rocket.Chat read `_id` and `username` there.
    """
    user = stage.user()
    with stage.request(user):
        stage.host.find_current_user()
    found = stage.host.find_user(user.id)
    if found is None:
        fail("Host.find_user gave None for a user who exists")
    _expect_json(found.document)
    _expect_values(found.document, {"_id": user.id, "username": user.username})


@check("Room.document")
def of_a_room_is_json_without_secrets(stage: Stage) -> None:
    """It leaves the server as `room`; scripts read `_id`, `name` and `t`, the kind."""
    owner = stage.user()
    room = stage.channel(owner)
    for found in stage.host.find_rooms(room.id):
        _expect_json(found.document)
        _expect_values(found.document, {"_id": room.id, "name": room.name, "t": "c"})
    direct = stage.direct_room(owner, stage.user("bob"))
    _expect_json(direct.document)
    _expect_values(direct.document, {"_id": direct.id, "t": "d"})


@check("Message.document")
def of_a_message_is_json_without_secrets(stage: Stage) -> None:
    """It leaves the server as `message`; scripts read `_id`, `rid`, `msg`, `ts` and `u._id`."""
    author = stage.author()
    room = stage.channel(author)
    returned = stage.post(stage.draft("look 🚀"), room=room, as_user=author)
    wanted = {"_id": returned.id, "rid": room.id, "msg": "look 🚀", "u": {}, "ts": ""}
    for message in (returned, stage.stored(room)[-1]):
        _expect_json(message.document)
        _expect_values(message.document, wanted)
        _expect_values(message.document["u"], {"_id": author.id})


def _expect_json(document: Mapping[str, Any]) -> None:
    expect(isinstance(document, Mapping), f"{type(document).__name__} instead of a mapping")
    try:
        json.dumps(dict(document), allow_nan=False)
    except (TypeError, ValueError) as error:
        fail(f"not JSON: {error}. Write times as ISO text, in UTC with Z")
    for path in _paths(document):
        name = re.sub("[^a-z]", "", path.rpartition(".")[2].lower())
        secret = name in _SECRET_NAMES or _SECRET_PARTS.search(name)
        expect(not secret, f"it holds {path}, which looks like a secret")


def _expect_values(document: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        expect(key in document, f"{key} is missing; there are {sorted(document)}")
        if value not in ("", {}):
            expect(document[key] == value, f"{key} is {document[key]!r}, expected {value!r}")


def _paths(document: Any, path: str = "") -> Iterator[str]:
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield f"{path}.{key}"
            yield from _paths(value, f"{path}.{key}")
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _paths(value, path)
