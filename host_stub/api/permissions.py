"""`permissions.*` and `roles.*`."""

from typing import Any

from flask import Blueprint, Response

from host_stub.api.answers import page, success, user_documents
from host_stub.api.auth import current_user
from host_stub.api.params import Params, read_body, read_query
from host_stub.api.users import named_user
from host_stub.chat import members, permissions, roles, users
from host_stub.chat.permissions import require_permission
from host_stub.chat.refusals import invalid_params
from host_stub.chat.rooms import load_room
from host_stub.chat.server import Chat, current_chat

blueprint = Blueprint("host_stub_permissions", __name__, url_prefix="/api/v1")


@blueprint.get("/permissions.listAll")
def list_permissions() -> Response:
    """List what only some roles may do."""
    current_user()
    found = permissions.list_permissions(current_chat())
    return success(update=[permission.document for permission in found], remove=[])


@blueprint.post("/permissions.update")
def update_permissions() -> Response:
    """Replace the roles of some permissions."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "access-permissions")
    grants = _grants(params)
    with chat.transaction():
        permissions.set_permission_roles(chat, grants)
    return success(
        permissions=[permission.document for permission in permissions.list_permissions(chat)]
    )


def _grants(params: Params) -> dict[str, list[str]]:
    grants = {}
    for given in params.objects("permissions"):
        entry = Params(given)
        if not isinstance(given.get("roles"), list):
            raise invalid_params("must have required property 'roles'")
        grants[entry.text("_id")] = entry.texts("roles")
    if not grants:
        raise invalid_params("must have required property 'permissions'")
    return grants


@blueprint.get("/roles.list")
def list_roles() -> Response:
    """List the roles."""
    current_user()
    return success(roles=[role.document for role in roles.list_roles(current_chat())])


@blueprint.post("/roles.create")
def create_role() -> Response:
    """Add a role."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "access-permissions")
    with chat.transaction():
        role = roles.create_role(
            chat, params.text("name"), description=params.find_text("description") or ""
        )
    return success(role=role.document)


@blueprint.post("/roles.delete")
def delete_role() -> Response:
    """Delete a role that nobody has."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "access-permissions")
    with chat.transaction():
        roles.delete_role(chat, params.text("roleId"))
    return success()


@blueprint.get("/roles.getUsersInRole")
def list_users_in_role() -> Response:
    """List who has a role everywhere."""
    chat, caller, params = current_chat(), current_user(), read_query()
    require_permission(chat, caller, "access-permissions")
    offset, count = params.page()
    found = roles.users_in_role(chat, params.text("role", "roleId"))
    documents = user_documents(chat, found[offset : offset + count], viewer=caller)
    return page("users", documents, offset=offset, total=len(found))


@blueprint.post("/roles.addUserToRole")
def add_user_to_role() -> Response:
    """Give a role, everywhere or in one room."""
    return success(role=_set_role(held=True))


@blueprint.post("/roles.removeUserFromRole")
def remove_user_from_role() -> Response:
    """Take a role, everywhere or in one room."""
    return success(role=_set_role(held=False))


def _set_role(*, held: bool) -> dict[str, Any]:
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "access-permissions")
    role = roles.load_role(chat, params.text("roleName", "roleId"))
    if role.id == "admin":
        require_permission(chat, caller, "assign-admin-role")
    with chat.transaction():
        _apply_role(chat, params, role.id, held=held)
    return role.document


def _apply_role(chat: Chat, params: Params, role_id: str, *, held: bool) -> None:
    user = named_user(chat, params)
    room_id = params.find_text("roomId", "scope")
    if room_id is not None:
        room = load_room(chat, room_id=room_id)
        members.set_room_role(chat, user, room, role_id, held=held)
    elif held:
        users.add_role(chat, user, role_id)
    else:
        users.remove_role(chat, user, role_id)
