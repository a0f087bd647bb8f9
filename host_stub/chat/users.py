"""Accounts."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from werkzeug.security import generate_password_hash

from host_stub import signals
from host_stub.chat import text
from host_stub.chat.changes import keep_change_counter
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.roles import load_role
from host_stub.chat.server import Chat
from host_stub.models.rooms import DIRECT, Membership, Room
from host_stub.models.users import BOT, AuthToken, User

# stored objects may be older than the row: what is found is always read anew
_BY_ID = (
    select(User).where(User.id == bindparam("user_id")).execution_options(populate_existing=True)
)
_BY_REFERENCE = (
    select(User)
    .where(or_(User.id == bindparam("reference"), User.username == bindparam("reference")))
    .execution_options(populate_existing=True)
)
PASSWORD_LIMIT = 1000


def find_user(chat: Chat, user_id: str) -> User | None:
    """Return the user with this id."""
    if not text.is_storable(user_id):
        return None
    return chat.session.scalars(_BY_ID, {"user_id": user_id}).first()


def find_users(chat: Chat, reference: str) -> Sequence[User]:
    """Return every user whose id or username is exactly this."""
    if not text.is_storable(reference):
        return ()
    return chat.session.scalars(_BY_REFERENCE, {"reference": reference}).all()


def find_login(chat: Chat, login: str) -> User | None:
    """Return the user who logs in by this username or e-mail address."""
    if not text.is_storable(login):
        return None
    query = select(User).where(
        or_(func.lower(User.username) == login.lower(), User.email == login.lower())
    )
    return chat.session.scalars(query.order_by(User.created_at)).first()


def load_user(chat: Chat, *, user_id: str | None = None, username: str | None = None) -> User:
    """Return the user with this id or username.

    Raises:
        ChatRefused: there is none, or neither was given.
    """
    if not (user_id or username):
        raise ChatRefused(
            "error-user-param-not-provided",
            'The required "userId" or "username" param was not provided',
        )
    user = find_user(chat, user_id) if user_id else find_login(chat, (username or "").lstrip("@"))
    if user is None:
        raise ChatRefused("error-invalid-user", "User not found.")
    return user


def create_user(
    chat: Chat,
    username: str,
    *,
    password: str | None,
    name: str = "",
    email: str | None = None,
    roles: Sequence[str] = ("user",),
) -> User:
    """Create an account; one with the role `bot` and no human role is a bot.

    Raises:
        ChatRefused: a name that can't be used or is taken, an unknown role, an empty password.
    """
    username = text.username(username)
    email = text.short_text(email, field="email").lower() if email else None
    for role_id in roles:
        load_role(chat, role_id)
    if find_login(chat, username) or (email and find_login(chat, email)):
        raise ChatRefused("error-field-unavailable", f"{username} is already in use :(")
    user = User(
        username=username,
        name=text.short_text(name, field="name") or username,
        email=email,
        type=_type_of(roles),
        roles=list(dict.fromkeys(roles)),
        password_hash=None if password is None else hash_password(chat, password),
    )
    chat.session.add(user)
    _flush(chat, username)
    chat.announce(signals.USER_CREATED, user=user)
    return user


def hash_password(chat: Chat, password: str) -> str:
    """Return what is stored of a password.

    Raises:
        ChatRefused: it is blank, or longer than anyone types.
    """
    if not password.strip() or len(password) > PASSWORD_LIMIT or not text.is_storable(password):
        raise ChatRefused("error-invalid-password", "The password can't be used")
    return generate_password_hash(password, method=chat.settings.password_hash)


def set_password(chat: Chat, user: User, password: str) -> None:
    """Replace the password, which ends every log-in of the user."""
    user.password_hash = hash_password(chat, password)
    chat.session.execute(delete(AuthToken).where(AuthToken.user_id == user.id))
    chat.session.flush()


def list_users(chat: Chat, *, offset: int, count: int) -> tuple[Sequence[User], int]:
    """Return one page of users by name, and how many there are."""
    page = select(User).order_by(User.username).offset(offset).limit(count)
    total = chat.session.scalar(select(func.count()).select_from(User)) or 0
    return chat.session.scalars(page).all(), total


def set_active(chat: Chat, user: User, *, active: bool) -> None:
    """Activate or deactivate an account; the latter ends every log-in of the user.

    Raises:
        ChatRefused: nobody would be left to administer the server.
    """
    if not active:
        if "admin" in user.roles:
            _keep_an_admin(chat, user)
        chat.session.execute(delete(AuthToken).where(AuthToken.user_id == user.id))
    user.is_active = active
    chat.session.flush()


def add_role(chat: Chat, user: User, role_id: str) -> None:
    """Give the user a role everywhere."""
    load_role(chat, role_id)
    user.roles = [*user.roles, role_id] if role_id not in user.roles else user.roles
    chat.session.flush()


def remove_role(chat: Chat, user: User, role_id: str) -> None:
    """Take a role from the user.

    Raises:
        ChatRefused: nobody would be left to administer the server.
    """
    load_role(chat, role_id)
    if role_id not in user.roles:
        raise ChatRefused("error-user-not-in-role", "User is not in this role")
    if role_id == "admin":
        _keep_an_admin(chat, user)
    user.roles = [role for role in user.roles if role != role_id]
    chat.session.flush()


def delete_user(chat: Chat, user: User) -> None:
    """Delete an account with its messages and its direct rooms.

    Raises:
        ChatRefused: nobody would be left to administer the server.
    """
    if "admin" in user.roles:
        _keep_an_admin(chat, user)
    keep_change_counter(chat)
    own = select(Membership.room_id).where(Membership.user_id == user.id)
    chat.session.execute(delete(Room).where(Room.kind == DIRECT, Room.id.in_(own)))
    chat.session.execute(delete(User).where(User.id == user.id))
    chat.announce(signals.USER_DELETED, user=user)


def _type_of(roles: Sequence[str]) -> str:
    # people get the role too, for they need it to post under an alias
    return BOT if BOT in roles and not {"admin", "user"} & set(roles) else "user"


def _keep_an_admin(chat: Chat, user: User) -> None:
    others = chat.session.execute(select(User.roles).where(User.id != user.id, User.is_active))
    if not any("admin" in roles for (roles,) in others):
        raise ChatRefused(
            "error-action-not-allowed", "Leaving the app without admins is not allowed"
        )


def _flush(chat: Chat, username: str) -> None:
    try:
        chat.session.flush()
    except IntegrityError as error:  # somebody took the name since we looked
        raise ChatRefused("error-field-unavailable", f"{username} is already in use :(") from error
