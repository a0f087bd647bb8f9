"""A world as the checks use it: fresh names, drafts that fit the host, recorded signals."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.host.port import (
    Capability,
    Host,
    Message,
    MessageDraft,
    Room,
    RoomKind,
    User,
)
from rc_integrations_plugin.host.signals import SIGNALS
from rc_integrations_plugin.testing.world import Feature, Unsupported, World

INTEGRATION_ID = "conformance-kit"


@dataclass(frozen=True)
class Sent:
    """A signal that the host sent."""

    signal: str
    sender: object
    given: Mapping[str, Any]
    in_transaction: bool
    """It came between the begin and the end of a transaction that the check had opened."""


class Stage:
    """One world during one check."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._in_transaction = False

    @property
    def host(self) -> Host:
        """The host under test."""
        return self.world.host

    def need(self, feature: Feature) -> None:
        """End the check as skipped if the server does not have this.

        Raises:
            Unsupported: the world says so.
        """
        if feature in self.world.unsupported:
            raise Unsupported(f"{feature}: {self.world.unsupported[feature]}")

    def need_capability(self, capability: Capability) -> None:
        """End the check as skipped if the host does not claim this capability.

        Raises:
            Unsupported: it does not.
        """
        if capability not in self.host.capabilities:
            raise Unsupported(f"the host does not claim the capability {capability}")

    @staticmethod
    def name(word: str) -> str:
        """Return a name that nothing has yet."""
        return f"{word}-{secrets.token_hex(5)}"

    def user(self, word: str = "ann") -> User:
        """Return a new user."""
        return self.world.make_user(username=self.name(word))

    def author(self) -> User:
        """Return a new user who may post under an alias."""
        user = self.user("author")
        self.world.grant(user, "message-impersonate")
        return user

    def channel(self, owner: User) -> Room:
        """Return a new public channel with this one member."""
        return self.world.make_room(RoomKind.CHANNEL, name=self.name("channel"), owner=owner)

    def private_group(self, owner: User) -> Room:
        """Return a new private group with this one member."""
        self.need(Feature.PRIVATE_GROUPS)
        name = self.name("group")
        return self.world.make_room(RoomKind.PRIVATE_GROUP, name=name, owner=owner)

    def draft(self, text: str = "build passed", **fields: Any) -> MessageDraft:
        """Return a draft as the plugin would make it for this host."""
        if Capability.TOPICS in self.host.capabilities:
            fields.setdefault("topic", "Conformance kit")
        return MessageDraft(text=text, integration_id=INTEGRATION_ID, **fields)

    def post(self, draft: MessageDraft, *, room: Room, as_user: User) -> Message:
        """Post in a transaction of its own."""
        with self.transaction():
            return self.host.post_message(draft, room=room, as_user=as_user)

    def direct_room(self, user: User, other: User) -> Room:
        """Open a direct room in a transaction of its own."""
        with self.transaction():
            return self.host.open_direct_room(user, other)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open one of the host's transactions; recorded signals know that it is open."""
        with self.host.transaction():
            self._in_transaction = True
            try:
                yield
            finally:
                self._in_transaction = False

    @contextmanager
    def request(self, user: User | None) -> Iterator[None]:
        """Handle a request of this user, or of nobody, in a context of its own."""
        with self.world.app_context(), self.world.request_by(user):
            yield

    @contextmanager
    def request_with_wrong_login(self, user: User) -> Iterator[None]:
        """Handle a request that only claims to be from this user."""
        with self.world.app_context(), self.world.request_with_wrong_login(user):
            yield

    def stored(self, room: Room) -> Sequence[Message]:
        """Return what is committed in a room, as somebody else would see it."""
        with self.world.app_context():
            return list(self.world.messages_in(room))

    def stored_texts(self, room: Room) -> list[str]:
        """Return the texts of what is committed in a room."""
        with self.world.app_context():
            return [message.text for message in self.world.messages_in(room)]

    def is_member(self, user: User, room: Room) -> bool:
        """Return whether the user is in the room, as somebody else would see it."""
        with self.world.app_context():
            return self.host.is_member(user, room)

    @contextmanager
    def recording(self, *names: str) -> Iterator[list[Sent]]:
        """Collect the signals with these names (all, if none is named), whoever sends them."""
        sent: list[Sent] = []
        with self._connected(sent, names or tuple(SIGNALS)):
            yield sent

    @contextmanager
    def _connected(self, sent: list[Sent], names: Sequence[str]) -> Iterator[None]:
        receivers = {name: self._receiver(name, sent) for name in names}
        for name, receive in receivers.items():
            self.host.signals.signal(name).connect(receive, weak=False)
        try:
            yield
        finally:
            for name, receive in receivers.items():
                self.host.signals.signal(name).disconnect(receive)

    def _receiver(self, name: str, sent: list[Sent]) -> Any:
        def receive(sender: object, **given: Any) -> None:
            sent.append(Sent(name, sender, given, self._in_transaction))

        return receive
