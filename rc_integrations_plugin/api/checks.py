"""What an integration is checked for when it is saved, in Rocket.Chat's order and words."""

from dataclasses import dataclass

from rc_integrations_plugin.errors import ApiError, ScriptsUnavailable
from rc_integrations_plugin.host.port import Host, Room, User
from rc_integrations_plugin.integrations.channels import (
    MOST_CHANNELS,
    split_channels,
    starts_properly,
)
from rc_integrations_plugin.integrations.permissions import IMPERSONATE, Manager
from rc_integrations_plugin.integrations.records import ScriptError
from rc_integrations_plugin.messages.links import check_picture_link
from rc_integrations_plugin.scripting.protocol import (
    Finding,
    ScriptFault,
    ScriptRunner,
    describe_fault,
)


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
    if not all(starts_properly(channel) for channel in channels):
        raise ApiError(
            "Invalid channel. Start with @ or #", code="error-invalid-channel-start-with-chars"
        )
    if len(channels) > MOST_CHANNELS:
        raise ApiError(f"At most {MOST_CHANNELS} channels", code="error-invalid-channel")
    return channels


def check_rooms(host: Host, channels: tuple[str, ...], *, chosen_by: Manager) -> None:
    """Do nothing if all channels exist and the one who saves may choose them.

    Raises:
        ApiError: one does not.
    """
    for channel in channels:
        if channel.startswith("@"):
            _check_person(host, channel)
        else:
            _check_room(host, channel, chosen_by)


def find_post_as(host: Host, username: str, *, code: str, reason: str) -> User:
    """Return the user as whom an integration shall post.

    Raises:
        ApiError: there is none, or more than one; with this code.
    """
    users = [user for user in host.find_users(username) if user.is_active]
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


def _does_not_compile(fault: ScriptFault) -> ApiError:
    return ApiError(
        f"The script does not compile: {describe_fault(fault)}",
        code="error-script-syntax",
        details={"line": fault.line, "column": fault.column, "name": fault.name},
    )


def _check_room(host: Host, channel: str, chosen_by: Manager) -> None:
    rooms = _find_rooms(host, channel)
    if not rooms:
        raise ApiError("Invalid room", code="error-invalid-room")
    if chosen_by.may_choose_any_room:
        return
    if not any(host.is_member(chosen_by.user, room) for room in rooms):
        raise ApiError("Invalid Channel", code="error-invalid-channel")


def _find_rooms(host: Host, channel: str) -> list[Room]:
    # an id may begin with # itself
    references = [reference for reference in (channel[1:], channel) if reference]
    return [room for reference in references for room in host.find_rooms(reference)]


def _check_person(host: Host, channel: str) -> None:
    # whoever may save an integration may write to this person himself, so nothing more is asked;
    # Rocket.Chat asks for a membership here that nobody can have
    references = [reference for reference in (channel[1:], channel) if reference]
    found = [user for reference in references for user in host.find_users(reference)]
    if not any(user.is_active for user in found):
        raise ApiError("Invalid room", code="error-invalid-room")
