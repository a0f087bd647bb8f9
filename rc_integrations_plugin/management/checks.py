"""What an integration is checked for when it is saved, in Rocket.Chat's order and words."""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass

from rc_integrations_plugin.errors import ApiError, ScriptsUnavailable
from rc_integrations_plugin.host.port import Host, User
from rc_integrations_plugin.integrations.channels import (
    MOST_CHANNELS,
    split_channels,
    starts_properly,
)
from rc_integrations_plugin.integrations.permissions import IMPERSONATE
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    OutgoingIntegration,
    ScriptError,
)
from rc_integrations_plugin.messages.links import check_picture_link
from rc_integrations_plugin.scripting.protocol import (
    Finding,
    ScriptFault,
    ScriptRunner,
    describe_fault,
)

Integration = IncomingIntegration | OutgoingIntegration


@dataclass(frozen=True)
class Compiled:
    """What is stored beside a script."""

    script_compiled: str | None = None
    script_error: ScriptError | None = None
    findings: tuple[Finding, ...] | None = None
    """What its author should know of; None if it was not looked through now. Not stored."""


def read_channels(csv: str) -> tuple[str, ...]:
    """Return the channels of a comma-separated list.

    Raises:
        ApiError: there is none, one starts with neither @ nor #, or there are too many.
    """
    if not csv.strip():
        raise ApiError("Invalid channel", code="error-invalid-channel")
    channels = split_channels(csv)
    check_channels(channels)
    return channels


def check_channels(channels: Sequence[str], *, other_words: AbstractSet[str] = frozenset()) -> None:
    """Do nothing if all are written as rooms or persons, or are one of the other words.

    Raises:
        ApiError: one is not, or there are too many.
    """
    if not all(starts_properly(name) or name.lower() in other_words for name in channels):
        raise ApiError(
            "Invalid channel. Start with @ or #", code="error-invalid-channel-start-with-chars"
        )
    if len(channels) > MOST_CHANNELS:
        raise ApiError(f"At most {MOST_CHANNELS} channels", code="error-invalid-channel")


def require_username(username: str | None) -> None:
    """Do nothing if there is the name of a user to post as.

    Raises:
        ApiError: it is blank.
    """
    if not (username or "").strip():
        raise ApiError("Invalid username", code="error-invalid-username")


def find_post_as(
    host: Host, username: str, *, code: str, reason: str, known_id: str | None = None
) -> User:
    """Return the user as whom an integration shall post.

    Args:
        host: where to look.
        username: or an id.
        code: of the error.
        reason: of the error, where nobody is found.
        known_id: whom this name meant before; counts where nobody has the name any more.

    Raises:
        ApiError: there is none, or more than one.
    """
    users = [user for user in host.find_users(username) if user.is_active]
    if not users and known_id is not None:
        known = host.find_user(known_id)
        users = [known] if known is not None and known.is_active else []
    # usernames need not be unique; an id is
    users = [user for user in users if user.id == username] or users
    if len(users) > 1:
        raise ApiError("More than one user is called so; give an id instead", code=code)
    if not users:
        raise ApiError(reason, code=code)
    return users[0]


def check_may_impersonate(host: Host, user: User) -> None:
    """Do nothing if an integration may post as this user under other names.

    Raises:
        ApiError: it may not.
    """
    if not host.has_permission(user, IMPERSONATE):
        raise ApiError(
            "User selected for the incoming integration lacks the"
            " 'message-impersonate' permission.",
            code="error-user-lacks-message-impersonate-permission",
        )


def check_avatar(avatar: str | None) -> None:
    """Do nothing if a picture's address may stand in a message: http(s), or a path.

    Raises:
        InvalidRequest: it may not.
    """
    check_picture_link(avatar or "", "avatar")


def compile_script(
    scripts: ScriptRunner, source: str | None, *, enabled: bool, skip_transpile: bool
) -> Compiled:
    """Return what to store beside a script.

    A script that is switched off is not compiled, but its error is noted, if it has one.

    Raises:
        ApiError: it is switched on and does not compile; the details say where.
        ScriptsUnavailable: it is switched on and nothing can check it now.
    """
    if source is None or not source.strip():
        return Compiled()
    try:
        review = scripts.review(source, skip_transpile=skip_transpile)
    except ScriptsUnavailable:
        if enabled:
            raise
        return Compiled()
    fault = review.fault
    if fault is None:
        return Compiled(review.compiled if enabled else None, findings=review.findings)
    if enabled:
        raise _does_not_compile(fault)
    error = ScriptError(fault.name, fault.message, fault.stack)
    return Compiled(script_error=error, findings=review.findings)


def compile_changed(
    scripts: ScriptRunner, old: Integration, wanted: Integration, *, frozen: bool
) -> Compiled:
    """Return what to store beside the script of a changed integration; as `compile_script`.

    Args:
        scripts: checks it, if need be.
        old: as it was.
        wanted: as it is to be.
        frozen: whether scripts can't be changed.
    """
    same = (old.script, old.skip_transpile) == (wanted.script, wanted.skip_transpile)
    if frozen or (same and (old.script_compiled is not None or not wanted.script_enabled)):
        return Compiled(old.script_compiled, old.script_error)
    return compile_script(
        scripts,
        wanted.script,
        enabled=wanted.script_enabled,
        skip_transpile=wanted.skip_transpile,
    )


def _does_not_compile(fault: ScriptFault) -> ApiError:
    return ApiError(
        f"The script does not compile: {describe_fault(fault)}",
        code="error-script-syntax",
        details={"line": fault.line, "column": fault.column, "name": fault.name},
    )
