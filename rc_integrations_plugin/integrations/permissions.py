"""Who may manage which integrations.

Each type has two permissions: one for all integrations of the type, one for those that the user
made. Where the host says who owns a room, its owner manages what is about his rooms alone. A user
who has nothing of that may not even know which integrations there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.host.port import Host, User, owned_rooms
from rc_integrations_plugin.integrations.reach import rooms_of
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)

IMPERSONATE = "message-impersonate"
"""What the user needs as whom an incoming integration posts."""


@dataclass(frozen=True)
class ManagePermissions:
    """The two permissions of a type."""

    everyones: str
    own: str


PERMISSIONS: Mapping[IntegrationType, ManagePermissions] = MappingProxyType(
    {
        IntegrationType.INCOMING: ManagePermissions(
            "manage-incoming-integrations", "manage-own-incoming-integrations"
        ),
        IntegrationType.OUTGOING: ManagePermissions(
            "manage-outgoing-integrations", "manage-own-outgoing-integrations"
        ),
    }
)

DEFAULT_ROLES: Mapping[str, Sequence[str]] = MappingProxyType(
    {name: ("admin",) for pair in PERMISSIONS.values() for name in (pair.everyones, pair.own)}
    | {IMPERSONATE: ("bot", "app")}
)
"""Rocket.Chat's roles for each permission, for hosts that have roles."""


class Scope(Enum):
    """Which integrations of a type a user may see and change."""

    NONE = "none"
    ROOMS = "rooms"
    """Those that are about rooms of his alone."""
    OWN = "own"
    """Those that he made, and those about rooms of his alone."""
    ALL = "all"


@dataclass(frozen=True)
class Operator:
    """Who runs commands on the server's machine: a `User` who has no account, and may do anything.

    He could write to the database himself. No account has his id: he owns nothing, and nobody is
    taken for him.
    """

    id: str = "(console)"
    username: str = "(console)"
    name: str = "Operator at the console"
    is_bot: bool = False
    is_active: bool = True

    @property
    def document(self) -> Mapping[str, Any]:
        """He is told of as any user is."""
        return {"_id": self.id, "username": self.username, "name": self.name}


@dataclass(frozen=True)
class Manager:
    """A user and what he may manage of one type."""

    user: User
    has_everyones: bool
    has_own: bool
    rooms: frozenset[str] = frozenset()
    """Ids of the rooms that he owns; not asked for where he may manage all integrations."""

    @property
    def scope(self) -> Scope:
        """Which integrations he may see and change."""
        if self.has_everyones:
            return Scope.ALL
        if self.has_own:
            return Scope.OWN
        return Scope.ROOMS if self.rooms else Scope.NONE

    @property
    def is_permitted(self) -> bool:
        """Whether he holds one of the two permissions."""
        return self.has_everyones or self.has_own

    @property
    def may_choose_any_room(self) -> bool:
        """Whether integrations may be about rooms that he is not in: it takes both permissions."""
        return self.has_everyones and self.has_own

    def may_manage(self, integration: IncomingIntegration | OutgoingIntegration) -> bool:
        """Return whether the integration, which is of his type, is in his scope."""
        return self.is_permitted_for(integration) or self.owns_rooms_of(integration)

    def is_permitted_for(self, integration: IncomingIntegration | OutgoingIntegration) -> bool:
        """Return whether he may manage it by one of the two permissions."""
        return self.has_everyones or (self.has_own and integration.created_by.id == self.user.id)

    def owns_rooms_of(self, integration: IncomingIntegration | OutgoingIntegration) -> bool:
        """Return whether it is about rooms of his alone."""
        rooms = rooms_of(integration) if self.rooms else None
        return rooms is not None and rooms <= self.rooms


@dataclass(frozen=True)
class Part:
    """A part of the integrations of a type."""

    maker_id: str | None
    """Those that this user made; None for nobody."""
    rooms: frozenset[str]
    """And those that are about these rooms alone."""


def type_of(integration: IncomingIntegration | OutgoingIntegration) -> IntegrationType:
    """Return the type of an integration."""
    if isinstance(integration, OutgoingIntegration):
        return IntegrationType.OUTGOING
    return IntegrationType.INCOMING


def read_manager(host: Host, user: User, kind: IntegrationType) -> Manager:
    """Return what the user may manage of a type."""
    if isinstance(user, Operator):
        return Manager(user, has_everyones=True, has_own=True)
    wanted = PERMISSIONS[kind]
    has_everyones = host.has_permission(user, wanted.everyones)
    return Manager(
        user,
        has_everyones=has_everyones,
        has_own=host.has_permission(user, wanted.own),
        rooms=_rooms(host, user) if not has_everyones else frozenset(),
    )


def list_scopes(incoming: Manager, outgoing: Manager) -> Mapping[IntegrationType, Scope]:
    """Return which integrations of each type a list shows.

    As in Rocket.Chat, who holds both permissions for own integrations, but not both for everyone's,
    sees only his own.
    """
    scopes = {IntegrationType.INCOMING: incoming.scope, IntegrationType.OUTGOING: outgoing.scope}
    both_all = incoming.has_everyones and outgoing.has_everyones
    if incoming.has_own and outgoing.has_own and not both_all:
        return dict.fromkeys(scopes, Scope.OWN)
    return scopes


def visible_parts(
    incoming: Manager, outgoing: Manager
) -> Mapping[IntegrationType, str | Part | None]:
    """Return which part of each type a list shows, as `IntegrationFilter.made_by` takes it."""
    managers = {IntegrationType.INCOMING: incoming, IntegrationType.OUTGOING: outgoing}
    return {
        kind: _part(managers[kind], scope)
        for kind, scope in list_scopes(incoming, outgoing).items()
        if scope is not Scope.NONE
    }


def _part(manager: Manager, scope: Scope) -> str | Part | None:
    if scope is Scope.ALL:
        return None
    maker_id = manager.user.id if scope is Scope.OWN else None
    return Part(maker_id, manager.rooms) if manager.rooms or maker_id is None else maker_id


def _rooms(host: Host, user: User) -> frozenset[str]:
    return frozenset(room.id for room in owned_rooms(host, user))
