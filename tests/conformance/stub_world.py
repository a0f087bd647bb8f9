"""The conformance kit's hands in the stub host."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

from flask import Flask

from host_stub.adapter import ChatHost
from host_stub.app import create_app
from host_stub.chat import files, members, messages, posting, rooms, tokens, users
from host_stub.chat.server import Chat, current_chat
from host_stub.models.messages import Message, MessageRecord
from host_stub.models.rooms import Room
from host_stub.models.users import Permission, Role, User
from rc_integrations_plugin.host import port
from rc_integrations_plugin.testing import Feature, World


class StubWorld(World):
    shares_session = True
    unsupported: ClassVar[Mapping[Feature, str]] = {
        Feature.USERS_WITHOUT_USERNAME: "each account has a username",
        Feature.SAME_USERNAMES: "usernames are unique",
        Feature.ROOMS_WITHOUT_NAME: "channels and groups have a name",
        Feature.SAME_ROOM_NAMES: "names of rooms are unique",
        Feature.BLOCKS: "nobody can be blocked",
    }

    def __init__(self, folder: Path) -> None:
        self.app: Flask = create_app(
            {
                "TESTING": True,
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'chat.db'}",
                "HOST_STUB_LOAD_PLUGINS": False,
            }
        )
        with self.app.app_context():
            self.chat: Chat = current_chat()
        assert isinstance(self.chat.sender, ChatHost)
        self.host = self.chat.sender

    def make_user(self, *, username: str | None, is_bot: bool = False) -> User:
        roles = ["bot"] if is_bot else ["user"]
        with self.chat.transaction():
            return users.create_user(self.chat, username or "", password=None, roles=roles)

    def grant(self, user: port.User, permission: str, *, room: port.Room | None = None) -> None:
        role_id = f"may-{permission}"
        with self.chat.transaction() as session:
            if session.get(Role, role_id) is None:
                session.add(Role(id=role_id, scope="Users"))
                granted = session.get_one(Permission, permission)
                granted.roles = [*granted.roles, role_id]
                session.flush()
            if room is None:
                users.add_role(self.chat, self._user(user), role_id)
            else:
                members.set_room_role(
                    self.chat, self._user(user), self._room(room), role_id, held=True
                )

    def make_room(self, kind: port.RoomKind, *, name: str | None, owner: port.User) -> Room:
        with self.chat.transaction():
            return rooms.create_room(self.chat, name or "", kind=str(kind), owner=self._user(owner))

    def add_member(self, user: port.User, room: port.Room) -> None:
        with self.chat.transaction():
            members.invite(self.chat, self._user(user), self._room(room))

    def remove_member(self, user: port.User, room: port.Room) -> None:
        with self.chat.transaction():
            members.remove_member(self.chat, self._user(user), self._room(room))

    def send_message(self, user: port.User, room: port.Room, text: str) -> MessageRecord:
        new = posting.NewMessage(text=text)
        with self.chat.transaction():
            return posting.post_message(
                self.chat, new, room=self._room(room), author=self._user(user)
            )

    def messages_in(self, room: port.Room) -> Sequence[Message]:
        found, _ = messages.list_messages(self.chat, self._room(room), offset=0, count=100)
        return list(reversed(found))

    def app_context(self) -> AbstractContextManager[object]:
        return self.app.app_context()

    def request_by(self, user: port.User | None) -> AbstractContextManager[object]:
        if user is None:
            return self.app.test_request_context()
        with self.app.app_context(), self.chat.transaction():
            token = tokens.create_token(self.chat, self._user(user))
        return self._request(user, token)

    def request_with_wrong_login(self, user: port.User) -> AbstractContextManager[object]:
        return self._request(user, "guessed")

    def deactivate(self, user: port.User) -> None:
        with self.chat.transaction():
            users.set_active(self.chat, self._user(user), active=False)

    def delete_user(self, user: port.User) -> None:
        with self.chat.transaction():
            users.delete_user(self.chat, self._user(user))

    def mute(self, user: port.User, room: port.Room) -> None:
        with self.chat.transaction():
            members.set_muted(self.chat, self._user(user), self._room(room), muted=True)

    def make_read_only(self, room: port.Room) -> None:
        with self.chat.transaction():
            rooms.set_read_only(self.chat, self._room(room), read_only=True)

    def archive(self, room: port.Room, *, by: port.User) -> None:
        with self.chat.transaction():
            rooms.archive_room(self.chat, self._room(room), by=self._user(by))

    def change_owner(self, room: port.Room, *, before: port.User, after: port.User) -> None:
        with self.chat.transaction():
            for user, held in ((after, True), (before, False)):
                members.set_room_role(
                    self.chat, self._user(user), self._room(room), "owner", held=held
                )

    def edit_message(self, message: port.Message, text: str) -> None:
        with self.chat.transaction():
            author = self._user(message.author)
            stored, room = messages.load_message(self.chat, message.id, reader=author)
            messages.edit_message(self.chat, stored, text, room=room, by=author)

    def upload_file(self, user: port.User, room: port.Room, *, name: str, content: bytes) -> None:
        upload = files.Upload(name=name, content=content)
        with self.chat.transaction():
            files.upload_file(self.chat, upload, room=self._room(room), author=self._user(user))

    def close(self) -> None:
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()

    def _request(self, user: port.User, token: str) -> AbstractContextManager[object]:
        headers = {"X-User-Id": user.id, "X-Auth-Token": token}
        return self.app.test_request_context(headers=headers)

    def _user(self, user: port.User) -> User:
        return users.load_user(self.chat, user_id=user.id)

    def _room(self, room: port.Room) -> Room:
        return rooms.load_room(self.chat, room_id=room.id)
