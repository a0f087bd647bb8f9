"""A chat server with people who may manage integrations, and clients that act for them."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from host_stub import seed
from host_stub.chat import permissions, rooms, tokens, users
from host_stub.chat.roles import create_role
from host_stub.chat.server import EXTENSION as STUB, Chat
from host_stub.models.rooms import PRIVATE_GROUP
from host_stub.models.users import Permission
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.services import EXTENSION, Services

ALL = "manage-incoming-integrations"
OWN = "manage-own-incoming-integrations"
OUTGOING_ALL = "manage-outgoing-integrations"
OUTGOING_OWN = "manage-own-outgoing-integrations"


@dataclasses.dataclass
class Caller:
    """Somebody who calls the management API."""

    app: Flask
    id: str
    username: str
    headers: dict[str, str]

    def get(self, call: str, **query: Any) -> TestResponse:
        path = f"/api/v1/integrations.{call}"
        return self.app.test_client().get(path, query_string=query, headers=self.headers)

    def send(self, call: str, body: Any = None, **options: Any) -> TestResponse:
        """Send a body by the method that the call takes; bytes and str go as they are."""
        method = "PUT" if call == "update" else "POST"
        key = "data" if body is None or isinstance(body, bytes | str) else "json"
        path = f"/api/v1/integrations.{call}"
        sent = {key: body, "headers": self.headers, **options}
        return self.app.test_client().open(path, method=method, **sent)

    def create(self, **fields: Any) -> dict[str, Any]:
        """Make an integration that must be accepted and return its document."""
        response = self.send("create", new_body(**fields))
        assert response.status_code == 200, response.json
        document: dict[str, Any] = response.json["integration"]  # type: ignore[index]
        return document

    def create_outgoing(self, **fields: Any) -> dict[str, Any]:
        """Make an outgoing integration that must be accepted and return its document."""
        response = self.send("create", outgoing_body(**fields))
        assert response.status_code == 200, response.json
        document: dict[str, Any] = response.json["integration"]  # type: ignore[index]
        return document


def told(answer: TestResponse) -> Any:
    """Return the body of the answer to a call that went well."""
    assert answer.status_code == 200, answer.json
    return answer.json


def refused(answer: TestResponse, status: int = 400) -> Any:
    """Return the body of the answer to a call that was refused."""
    assert answer.status_code == status, answer.json
    assert answer.json is not None
    assert answer.json["success"] is False
    return answer.json


def new_body(**fields: Any) -> dict[str, Any]:
    """Return the smallest body of `integrations.create`; a field that is `...` is left out."""
    body = {
        "type": "webhook-incoming",
        "name": "CI",
        "enabled": True,
        "username": "rocket.cat",
        "channel": "#general",
        "scriptEnabled": False,
    }
    return {key: value for key, value in (body | fields).items() if value is not ...}


def outgoing_body(**fields: Any) -> dict[str, Any]:
    """Return the smallest body that makes an outgoing one; a field that is `...` is left out."""
    own = {
        "type": "webhook-outgoing",
        "name": "Bridge",
        "event": "sendMessage",
        "urls": ["https://receiver.test/hook"],
    }
    return new_body(**own | fields)


def change_body(document: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the smallest body of `integrations.update`, for either type."""
    body = {
        "type": document["type"],
        "integrationId": document["_id"],
        "name": document["name"],
        "enabled": document["enabled"],
        "channel": ",".join(document["channel"]),
        "scriptEnabled": document["scriptEnabled"],
    }
    return {key: value for key, value in (body | fields).items() if value is not ...}


@dataclasses.dataclass
class Server:
    """The chat server: admin, rocket.cat, alice and bob; #general, #alerts and a private #secret.

    Alice made the rooms; nobody but her and rocket.cat is in them.
    """

    app: Flask

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def chat(self) -> Chat:
        found: Chat = self.app.extensions[STUB]
        return found

    def fill(self) -> None:
        with self.app.app_context(), self.chat.transaction():
            seed.ensure_user(self.chat, "admin", roles=["admin"])
            bot = seed.ensure_user(self.chat, "rocket.cat", roles=["bot"])
            alice = seed.ensure_user(self.chat, "alice")
            seed.ensure_user(self.chat, "bob")
            for name in ("general", "alerts"):
                seed.ensure_room(self.chat, name, owner=alice, members_too=[bot])
            seed.ensure_room(self.chat, "secret", owner=alice, kind=PRIVATE_GROUP)

    def caller(self, username: str, *grants: str) -> Caller:
        """Return a user, made now if there was none, who holds these permissions."""
        with self.app.app_context(), self.chat.transaction() as session:
            user = seed.ensure_user(self.chat, username)
            if grants:
                role = create_role(self.chat, f"role of {username}")
                users.add_role(self.chat, user, role.id)
                for name in grants:
                    stored = session.get_one(Permission, name)
                    permissions.set_permission_roles(self.chat, {name: [*stored.roles, role.id]})
            token = tokens.create_token(self.chat, user)
            headers = {"X-User-Id": user.id, "X-Auth-Token": token}
            return Caller(self.app, user.id, username, headers)

    def invite(self, username: str, room: str) -> None:
        with self.app.app_context(), self.chat.transaction():
            user = users.load_user(self.chat, username=username)
            found = rooms.load_room(self.chat, name=room)
            seed.ensure_room(self.chat, room, owner=user, members_too=[user], kind=found.kind)

    def grant(self, permission: str, roles: Sequence[str]) -> None:
        with self.app.app_context(), self.chat.transaction():
            permissions.set_permission_roles(self.chat, {permission: list(roles)})

    def deactivate(self, username: str) -> None:
        with self.app.app_context(), self.chat.transaction():
            user = users.load_user(self.chat, username=username)
            users.set_active(self.chat, user, active=False)

    def user_id(self, username: str) -> str:
        with self.app.app_context():
            return users.load_user(self.chat, username=username).id

    def stored(self, document: dict[str, Any]) -> IncomingIntegration | None:
        return self.services.integrations.find(document["_id"])

    def stored_outgoing(self, document: dict[str, Any]) -> OutgoingIntegration:
        found = self.services.integrations.find_outgoing(document["_id"])
        assert found is not None
        return found

    def room_id(self, name: str) -> str:
        with self.app.app_context():
            return rooms.load_room(self.chat, name=name).id

    @contextmanager
    def plain_host(self) -> Iterator[None]:
        """Let the chat server have none of the methods that a host may do without."""
        host: Any = self.services.host
        sound = type(host)
        capabilities = sound.capabilities - {"search", "owners"}
        without = dict.fromkeys(("search_rooms", "search_users", "owned_rooms"))
        host.__class__ = type("Plain", (sound,), {"capabilities": capabilities, **without})
        try:
            yield
        finally:
            host.__class__ = sound

    def rename_user(self, username: str, new_username: str) -> None:
        with self.app.app_context(), self.chat.transaction():
            users.load_user(self.chat, username=username).username = new_username

    def rename_room(self, name: str, new_name: str) -> None:
        with self.app.app_context(), self.chat.transaction():
            rooms.rename_room(self.chat, rooms.load_room(self.chat, name=name), new_name)
