"""People who do things in the chat, and a browser's view of it."""

import re
import time
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from host_stub.chat import members, messages, posting, rooms, users
from host_stub.chat.posting import NewMessage
from host_stub.chat.server import current_chat

PASSWORD = "correct horse"
OURS = {"Origin": "http://localhost"}


@dataclass
class Chatter:
    """Does things in the chat as if other people did them."""

    app: Flask

    def write(self, room: str, text: str, *, author: str = "anna", **fields: Any) -> str:
        """Return the id of a new message."""
        with self.app.app_context(), current_chat().transaction():
            chat = current_chat()
            message = posting.post_message(
                chat,
                NewMessage(text=text, **fields),
                room=rooms.load_room(chat, name=room),
                author=users.load_user(chat, username=author),
            )
            return message.id

    def edit(self, message_id: str, text: str, *, author: str = "anna") -> None:
        with self.app.app_context(), current_chat().transaction():
            chat = current_chat()
            user = users.load_user(chat, username=author)
            message, room = messages.load_message(chat, message_id, reader=user)
            messages.edit_message(chat, message, text, room=room, by=user)

    def delete(self, message_id: str, *, author: str = "anna") -> None:
        with self.app.app_context(), current_chat().transaction():
            chat = current_chat()
            user = users.load_user(chat, username=author)
            message, room = messages.load_message(chat, message_id, reader=user)
            messages.delete_message(chat, message, room=room, by=user)

    def invite(self, room: str, username: str) -> None:
        with self.app.app_context(), current_chat().transaction():
            chat = current_chat()
            user = users.load_user(chat, username=username)
            members.invite(chat, user, rooms.load_room(chat, name=room))

    def kick(self, room: str, username: str) -> None:
        with self.app.app_context(), current_chat().transaction():
            chat = current_chat()
            user = users.load_user(chat, username=username)
            members.remove_member(chat, user, rooms.load_room(chat, name=room))


def log_in(app: Flask, username: str) -> FlaskClient:
    """Return a browser in which this user is logged in."""
    browser = app.test_client()
    form = {"username": username, "password": PASSWORD}
    assert browser.post("/login", data=form, headers=OURS).status_code == 303
    return browser


class LiveEvents:
    """The events of an open stream, read as they come."""

    def __init__(self, response: TestResponse) -> None:
        assert response.status_code == 200, response.text
        self.response = response
        self._frames = response.iter_encoded()

    def until(self, wanted: str, *, seconds: float = 20) -> str:
        """Return all that was sent up to and with the wanted text."""
        seen = ""
        end = time.monotonic() + seconds
        while wanted not in seen:
            assert time.monotonic() < end, f"{wanted!r} did not come, but {seen!r}"
            seen += next(self._frames, b"").decode() or pytest.fail(f"the stream ended: {seen!r}")
        return seen

    def rest(self) -> str:
        """Return what comes until the stream ends."""
        return b"".join(self._frames).decode()

    def close(self) -> None:
        self.response.close()


def last_id(frames: str) -> str:
    """Return the id of the last event."""
    ids: list[str] = re.findall(r"^id: (\d+)$", frames, re.MULTILINE)
    return ids[-1]
