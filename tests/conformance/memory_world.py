"""The conformance kit's hands in the in-memory chat server."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import ClassVar

from flask import Flask

from rc_integrations_plugin.host import port
from rc_integrations_plugin.testing import Feature, World
from tests.conformance.memory_host import MemoryHost, MemoryMessage, MemoryRoom, MemoryUser


class MemoryWorld(World):
    shares_session = False
    unsupported: ClassVar[Mapping[Feature, str]] = {
        Feature.ROOM_PERMISSIONS: "rights are held everywhere",
        Feature.READ_ONLY: "every member may write",
        Feature.FILES: "only text is kept",
    }

    def __init__(self, host: MemoryHost | None = None) -> None:
        self.server = host or MemoryHost()
        self.host = self.server
        self.app = Flask("memory")

    def make_user(self, *, username: str | None, is_bot: bool = False) -> MemoryUser:
        user = MemoryUser(self.server.new_id("@"), username, is_bot)
        with self.server.unit_of_work() as state:
            state.users[user.id] = user
            self.server.announce("user-created", user=user)
        return user

    def grant(self, user: port.User, permission: str, *, room: port.Room | None = None) -> None:
        with self.server.unit_of_work() as state:
            state.rights.add((user.id, permission))

    def make_room(self, kind: port.RoomKind, *, name: str | None, owner: port.User) -> MemoryRoom:
        room = MemoryRoom(self.server.new_id("!"), name, kind)
        with self.server.unit_of_work():
            self.server.add_room(room, members={owner.id})
            self.server.announce("room-created", user=owner, room=room)
        return room

    def add_member(self, user: port.User, room: port.Room) -> None:
        with self.server.unit_of_work():
            self.server.add_member(user, room)

    def remove_member(self, user: port.User, room: port.Room) -> None:
        with self.server.unit_of_work() as state:
            state.members.remove((user.id, room.id))
            self.server.announce("room-left", user=user, room=room)

    def send_message(self, user: port.User, room: port.Room, text: str) -> MemoryMessage:
        with self.server.unit_of_work():
            return self.server.write(text, topic="chat", room=room, author=user)

    def messages_in(self, room: port.Room) -> Sequence[MemoryMessage]:
        messages = self.server.state.messages.values()
        return [message for message in messages if message.room_id == room.id]

    def app_context(self) -> AbstractContextManager[object]:
        return self.app.app_context()

    def request_by(self, user: port.User | None) -> AbstractContextManager[object]:
        headers = {"Authorization": f"{user.id} key-of-{user.id}"} if user else {}
        return self.app.test_request_context(headers=headers)

    def request_with_wrong_login(self, user: port.User) -> AbstractContextManager[object]:
        return self.app.test_request_context(headers={"Authorization": f"{user.id} guessed"})

    def deactivate(self, user: port.User) -> None:
        with self.server.unit_of_work() as state:
            state.users[user.id] = replace(state.users[user.id], is_active=False)

    def delete_user(self, user: port.User) -> None:
        with self.server.unit_of_work() as state:
            gone = state.users.pop(user.id)
            self.server.announce("user-deleted", user=gone)

    def mute(self, user: port.User, room: port.Room) -> None:
        with self.server.unit_of_work() as state:
            state.muted.add((user.id, room.id))

    def archive(self, room: port.Room, *, by: port.User) -> None:
        with self.server.unit_of_work() as state:
            state.archived.add(room.id)
            self.server.announce("room-archived", user=by, room=room)

    def block(self, user: port.User, *, by: port.User) -> None:
        with self.server.unit_of_work() as state:
            state.blocked.add(frozenset({user.id, by.id}))

    def edit_message(self, message: port.Message, text: str) -> None:
        with self.server.unit_of_work():
            self.server.edit(message.id, text)
