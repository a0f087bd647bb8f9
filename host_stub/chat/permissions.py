"""Who may do what: permissions belong to roles, roles to users, everywhere or in one room."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from host_stub.chat.refusals import ChatRefused, invalid_params
from host_stub.chat.server import Chat
from host_stub.models.rooms import Membership
from host_stub.models.users import PROTECTED_ROLES, Permission, Role, User

ROOM_ROLES = ("owner", "moderator", "leader")

_ADMIN = ("admin",)
_STAFF = ("admin", "owner", "moderator")
_PEOPLE = ("admin", "user", "bot", "app")

DEFAULT_PERMISSIONS: Mapping[str, Sequence[str]] = {
    "access-permissions": _ADMIN,
    "add-user-to-any-c-room": _ADMIN,
    "add-user-to-any-p-room": (),
    "add-user-to-joined-room": _STAFF,
    "api-bypass-rate-limit": ("admin", "bot", "app"),
    "archive-room": ("admin", "owner"),
    "assign-admin-role": _ADMIN,
    "create-c": _PEOPLE,
    "create-d": _PEOPLE,
    "create-p": _PEOPLE,
    "create-user": _ADMIN,
    "delete-c": ("admin", "owner"),
    "delete-message": _STAFF,
    "delete-own-message": ("admin", "user"),
    "delete-p": ("admin", "owner"),
    "delete-user": _ADMIN,
    "edit-message": _STAFF,
    "edit-other-user-active-status": _ADMIN,
    "edit-room": _STAFF,
    "manage-incoming-integrations": _ADMIN,
    "manage-outgoing-integrations": _ADMIN,
    "manage-own-incoming-integrations": _ADMIN,
    "manage-own-outgoing-integrations": _ADMIN,
    "message-impersonate": ("bot", "app"),
    "mute-user": _STAFF,
    "post-readonly": _STAFF,
    "remove-user": _STAFF,
    "set-leader": ("admin", "owner"),
    "set-moderator": ("admin", "owner"),
    "set-owner": ("admin", "owner"),
    "set-readonly": _STAFF,
    "unarchive-room": _ADMIN,
    "user-generate-access-token": _ADMIN,
    "view-c-room": (*_PEOPLE, "anonymous"),
    "view-full-other-user-info": _ADMIN,
    "view-joined-room": ("guest", "bot", "app", "anonymous"),
    "view-room-administration": _ADMIN,
}
"""Rocket.Chat's permissions that this server asks for, with its roles at first."""

# plain tables, not entities: these two run with every hook call
_permissions, _users, _members = Permission.__table__, User.__table__, Membership.__table__
_HOLDER = and_(_users.c.id == bindparam("user_id"), _users.c.is_active)
_IN_ROOM = and_(_members.c.user_id == _users.c.id, _members.c.room_id == bindparam("room_id"))
_ROLES = (
    select(_permissions.c.roles, _users.c.roles)
    .select_from(_permissions.join(_users, _HOLDER))
    .where(_permissions.c.id == bindparam("permission"))
)
_ROLES_IN_ROOM = (
    select(_permissions.c.roles, _users.c.roles, _members.c.roles)
    .select_from(_permissions.join(_users, _HOLDER).outerjoin(_members, _IN_ROOM))
    .where(_permissions.c.id == bindparam("permission"))
)


def seed_permissions(session: Session, permissions: Mapping[str, Sequence[str]]) -> None:
    """Add the roles and permissions that are missing; stored ones stay as they are."""
    roles = set(session.scalars(select(Role.id)))
    for role_id in sorted(PROTECTED_ROLES - roles):
        scope = "Subscriptions" if role_id in ROOM_ROLES else "Users"
        session.add(Role(id=role_id, scope=scope))
    stored = set(session.scalars(select(Permission.id)))
    for permission_id, granted in permissions.items():
        if permission_id not in stored:
            session.add(Permission(id=permission_id, roles=list(granted)))


def has_permission(
    chat: Chat, user_id: str, permission: str, *, room_id: str | None = None
) -> bool:
    """Return whether an active user holds the permission, everywhere or in the room."""
    values = {"permission": permission, "user_id": user_id}
    row: Any
    if room_id is None:
        row = chat.connection.execute(_ROLES, values).first()
    else:
        row = chat.connection.execute(_ROLES_IN_ROOM, values | {"room_id": room_id}).first()
    if row is None:
        return False
    granted, *held = row
    return any(role in granted for roles in held if roles for role in roles)


def require_permission(
    chat: Chat, user: User, *permissions: str, room_id: str | None = None
) -> None:
    """Refuse unless the user holds at least one of the permissions.

    Raises:
        ChatRefused: none of them is held.
    """
    if not any(has_permission(chat, user.id, name, room_id=room_id) for name in permissions):
        raise ChatRefused(
            "error-unauthorized",
            "User does not have the permissions required for this action",
            status=403,
        )


def set_permission_roles(chat: Chat, grants: Mapping[str, Sequence[str]]) -> None:
    """Replace the roles of some permissions.

    Raises:
        ChatRefused: a permission or a role does not exist.
    """
    known = set(chat.session.scalars(select(Role.id)))
    for permission_id, roles in grants.items():
        permission = chat.session.get(Permission, permission_id)
        if permission is None:
            raise invalid_params(f"Invalid permission {permission_id!a:.120}")
        if missing := sorted(set(roles) - known):
            raise invalid_params(f"Invalid role {missing[0]!a:.120}")
        permission.roles = list(dict.fromkeys(roles))


def list_permissions(chat: Chat) -> Sequence[Permission]:
    """Return all permissions."""
    return chat.session.scalars(select(Permission).order_by(Permission.id)).all()
