"""The roles that there are."""

from collections.abc import Sequence

from sqlalchemy import select

from host_stub.chat import text
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.models.users import PROTECTED_ROLES, Permission, Role, User


def list_roles(chat: Chat) -> Sequence[Role]:
    """Return all roles."""
    return chat.session.scalars(select(Role).order_by(Role.id)).all()


def load_role(chat: Chat, role_id: str) -> Role:
    """Return the role.

    Raises:
        ChatRefused: there is none.
    """
    role = chat.session.get(Role, role_id) if text.is_storable(role_id) else None
    if role is None:
        raise ChatRefused("error-invalid-role", "Invalid role")
    return role


def create_role(chat: Chat, name: str, *, description: str = "") -> Role:
    """Add a role.

    Raises:
        ChatRefused: there is one of this name, or the name can't be used.
    """
    name = text.short_text(name, field="name", limit=100)
    if not name:
        raise ChatRefused("error-role-name-required", "Role name is required")
    if chat.session.get(Role, name) is not None:
        raise ChatRefused("error-duplicate-role-names-not-allowed", "Role name already exists")
    role = Role(id=name, description=text.short_text(description, field="description"))
    chat.session.add(role)
    chat.session.flush()
    return role


def users_in_role(chat: Chat, role_id: str) -> list[User]:
    """Return who has the role everywhere, by name."""
    role = load_role(chat, role_id)
    everybody = chat.session.scalars(select(User).order_by(User.username))
    return [user for user in everybody if role.id in user.roles]


def delete_role(chat: Chat, role_id: str) -> None:
    """Delete a role and what it grants.

    Raises:
        ChatRefused: the server needs it, or somebody has it.
    """
    role = load_role(chat, role_id)
    if role.id in PROTECTED_ROLES:
        raise ChatRefused("error-role-protected", "Cannot delete a protected role")
    if users_in_role(chat, role.id):
        raise ChatRefused("error-role-in-use", "Cannot delete role because it's in use")
    for permission in chat.session.scalars(select(Permission)):
        if role.id in permission.roles:
            permission.roles = [held for held in permission.roles if held != role.id]
    chat.session.delete(role)
    chat.session.flush()
