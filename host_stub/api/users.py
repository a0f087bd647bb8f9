"""`users.*`."""

from flask import Blueprint, Response

from host_stub.api.answers import page, success, user_documents
from host_stub.api.auth import current_user
from host_stub.api.params import Params, read_body, read_query
from host_stub.chat import users
from host_stub.chat.permissions import require_permission
from host_stub.chat.server import Chat, current_chat
from host_stub.chat.tokens import create_token
from host_stub.models.users import User

blueprint = Blueprint("host_stub_users", __name__, url_prefix="/api/v1")


@blueprint.post("/users.create")
def create() -> Response:
    """Create an account."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "create-user")
    roles = params.texts("roles") or ["user"]
    if "admin" in roles:
        require_permission(chat, caller, "assign-admin-role")
    with chat.transaction():
        user = users.create_user(
            chat,
            params.text("username"),
            password=params.text("password", "pass"),
            name=params.find_text("name") or "",
            email=params.find_text("email"),
            roles=roles,
        )
        if not params.flag("active", default=True):
            users.set_active(chat, user, active=False)
    return success(user=user.document)


@blueprint.get("/users.info")
def info() -> Response:
    """Describe a user."""
    chat, caller, params = current_chat(), current_user(), read_query()
    return success(user=user_documents(chat, [named_user(chat, params)], viewer=caller)[0])


@blueprint.get("/users.list")
def list_() -> Response:
    """List the users by name."""
    chat, caller = current_chat(), current_user()
    offset, count = read_query().page()
    found, total = users.list_users(chat, offset=offset, count=count)
    documents = user_documents(chat, found, viewer=caller)
    return page("users", documents, offset=offset, total=total)


@blueprint.post("/users.createToken")
def create_token_() -> Response:
    """Log somebody in without a password."""
    chat, caller, params = current_chat(), current_user(), read_body()
    user = named_user(chat, params)
    if user.id != caller.id:
        require_permission(chat, caller, "user-generate-access-token")
    with chat.transaction():
        token = create_token(chat, user)
    return success(data={"userId": user.id, "authToken": token})


@blueprint.post("/users.setActiveStatus")
def set_active_status() -> Response:
    """Switch an account off or on."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "edit-other-user-active-status")
    user = named_user(chat, params)
    with chat.transaction():
        users.set_active(chat, user, active=params.flag("activeStatus", default=True))
    return success(user={"_id": user.id, "active": user.is_active})


@blueprint.post("/users.delete")
def delete() -> Response:
    """Delete an account."""
    chat, caller, params = current_chat(), current_user(), read_body()
    require_permission(chat, caller, "delete-user")
    user = named_user(chat, params)
    with chat.transaction():
        users.delete_user(chat, user)
    return success()


def named_user(chat: Chat, params: Params) -> User:
    """Return the user that `userId` or `username` names."""
    return users.load_user(
        chat,
        user_id=params.find_text("userId"),
        username=params.find_text("username", "user", "email"),
    )
