"""Logging in: passwords are stored hashed, and so are the tokens that clients get."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from werkzeug.security import check_password_hash, generate_password_hash

from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.chat.users import PASSWORD_LIMIT, find_login
from host_stub.models.schema import now
from host_stub.models.users import AuthToken, User


def log_in(chat: Chat, login: str, password: str) -> tuple[User, str]:
    """Return the user and a new token.

    Raises:
        ChatRefused: no such user, a wrong password, or an account that is switched off.
    """
    user = find_login(chat, login)
    # an unknown name takes as long as a wrong password, so that nobody can tell them apart
    known = user.password_hash if user and user.password_hash else _decoy(chat)
    matches = len(password) <= PASSWORD_LIMIT and check_password_hash(known, password)
    if user is None or user.password_hash is None or not matches or not user.is_active:
        raise ChatRefused("Unauthorized", status=401)
    return user, create_token(chat, user)


def create_token(chat: Chat, user: User) -> str:
    """Return a new token for the user; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    is_stale = (AuthToken.user_id == user.id) & (AuthToken.expires_at <= now())
    chat.session.execute(delete(AuthToken).where(is_stale))
    expires_at = now() + timedelta(days=chat.settings.token_days)
    chat.session.add(AuthToken(digest=_digest(token), user_id=user.id, expires_at=expires_at))
    chat.session.flush()
    return token


def find_token_owner(chat: Chat, user_id: str, token: str) -> User | None:
    """Return the active user who holds this token."""
    query = (
        select(User)
        .join(AuthToken, AuthToken.user_id == User.id)
        .where(
            AuthToken.digest == _digest(token),
            AuthToken.expires_at > now(),
            User.is_active,
        )
    )
    user = chat.session.scalars(query).first()
    return user if user is not None and user.id == user_id else None


def delete_token(chat: Chat, token: str) -> None:
    """Make a token worthless."""
    chat.session.execute(delete(AuthToken).where(AuthToken.digest == _digest(token)))


def _digest(token: str) -> str:
    # a random token needs no salt and no slow hash
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


_decoys: dict[str, str] = {}


def _decoy(chat: Chat) -> str:
    method = chat.settings.password_hash
    if method not in _decoys:
        _decoys[method] = generate_password_hash(secrets.token_hex(), method=method)
    return _decoys[method]
