"""Who writes the message of a call."""

from collections.abc import Sequence
from typing import Any

from rc_integrations_plugin.errors import PostAsUserMissing, PostRefused
from rc_integrations_plugin.host.port import Host, User
from rc_integrations_plugin.integrations.permissions import IMPERSONATE
from rc_integrations_plugin.integrations.records import IncomingIntegration

LACKS_PERMISSION = "error-user-lacks-message-impersonate-permission"


def load_post_as_user(host: Host, integration: IncomingIntegration) -> User:
    """Return the user that the integration posts as.

    Raises:
        PostAsUserMissing: the account is gone or deactivated.
    """
    user = host.find_user(integration.user_id)
    if user is None or not user.is_active:
        raise PostAsUserMissing("The user that this integration posts as is gone or deactivated")
    return user


def check_may_be_posted_as(host: Host, user: User) -> None:
    """Do nothing if integrations may post as this user.

    Raises:
        PostRefused: the user does not hold the permission.
    """
    if not host.has_permission(user, IMPERSONATE):
        raise PostRefused(
            f"The user that this integration posts as lacks the permission {IMPERSONATE}",
            code=LACKS_PERMISSION,
        )


def load_author_named(host: Host, named: Any, *, post_as_user: User) -> User:
    """Return the user that a script wants as the author.

    It has no more choice than whoever saves the integration: the user must be active and hold the
    permission that a "Post as" user needs. `named` is what the script returned: `{_id}`,
    `{username}` or a username. The integration's own `post_as_user` is checked already.

    Raises:
        PostRefused: nobody, or more than one user, is called that, or the user is not allowed.
    """
    user_id = named.get("_id") if isinstance(named, dict) else None
    if user_id is not None and user_id == post_as_user.id:
        return post_as_user
    users = _find(host, user_id, named.get("username") if isinstance(named, dict) else named)
    if len(users) != 1 or not users[0].is_active:
        raise PostRefused("The script names no active user to post as", code="error-invalid-user")
    check_may_be_posted_as(host, users[0])
    return users[0]


def _find(host: Host, user_id: Any, username: Any) -> Sequence[User]:
    if isinstance(user_id, str):
        user = host.find_user(user_id)
        return [] if user is None else [user]
    if isinstance(username, str):
        return host.find_users(username.removeprefix("@"))
    return []
