"""At which field of a form an error stands, and how it is said there."""

from collections.abc import Mapping, Set as AbstractSet
from types import MappingProxyType

from rc_integrations_plugin.errors import ApiError, IntegrationsError, InvalidParams

WHOLE = ""
"""In place of a field: it is about none of them."""
_ROOM = "does not exist, or is not yours to choose: you may choose rooms that you are in."
_NO_USER = "There is no active user of this name."

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "error-invalid-channel": "channel",
        "error-invalid-channel-start-with-chars": "channel",
        "error-invalid-room": "channel",
        "error-invalid-username": "username",
        "error-invalid-user": "username",
        "error-invalid-post-as-user": "username",
        "error-user-lacks-message-impersonate-permission": "username",
        "error-impersonation-not-allowed": "impersonateUser",
        "error-invalid-request": "avatar",
        "error-invalid-event-type": "event",
        "error-invalid-permissions": "event",
        "error-invalid-targetRoom": "targetRoom",
        "error-invalid-urls": "urls",
        "error-invalid-token": "token",
        "error-invalid-retryDelay": "retryDelay",
        "error-invalid-signing-secret": "signingSecret",
        "error-invalid-headers": "headers",
        "error-invalid-basic-auth": "basicAuth",
        "error-script-syntax": "script",
        "error-script-tests-failed": "script",
        "error-scripts-unavailable": "script",
        "integration-scripts-disabled": "script",
    }
)
_SAID: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("error-invalid-room", "Invalid room"): _ROOM,
        ("error-invalid-channel", "Invalid Channel"): _ROOM,
        ("error-invalid-channel", "Invalid channel"): "Say where messages go.",
        (
            "error-invalid-channel-start-with-chars",
            "Invalid channel. Start with @ or #",
        ): "Each must start with # (a room) or @ (a person).",
        ("error-invalid-user", "Invalid user"): _NO_USER,
        (
            "error-invalid-user",
            "Invalid user (did you delete the `rocket.cat` user?)",
        ): _NO_USER,
        ("error-invalid-post-as-user", "Invalid Post As User"): _NO_USER,
        (
            "error-invalid-targetRoom",
            "Invalid Target Room",
        ): "Name a room or person that exists, as #room or @person.",
        (
            "error-invalid-permissions",
            "Invalid permission for required Integration creation.",
        ): "This event is told of the whole server: it takes the permission to manage all outgoing"
        " integrations.",
        (
            "error-invalid-signing-secret",
            "Invalid signingSecret: it is whsec_ and the base64 of 24 to 64 bytes, or true for a"
            " new one",
        ): "It must be whsec_ and the base64 of 24 to 64 bytes.",
        (
            "error-invalid-basic-auth",
            "Invalid basicAuth: it is of the form user:password",
        ): "It must be of the form user:password.",
    }
)


def faults_of(error: IntegrationsError, names: AbstractSet[str]) -> Mapping[str, str]:
    """Return a sentence for each field that an error is about; `WHOLE` where it is about none.

    Args:
        error: of the management.
        names: of the form's fields.
    """
    if isinstance(error, InvalidParams):
        return _of_params(error.reason, names)
    field = _FIELDS.get(error.code, WHOLE)
    said = _SAID.get((error.code, error.reason), error.reason)
    if said == _ROOM:
        said = f"{_channel_of(error)} {said}"
    return {field if field in names else WHOLE: said}


def _channel_of(error: IntegrationsError) -> str:
    details = error.details if isinstance(error, ApiError) else None
    return str(details["channel"]) if details and "channel" in details else "One of these"


def _of_params(reason: str, names: AbstractSet[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for phrase in reason.split("\n"):
        name, _, rest = phrase.strip().partition(" ")
        if name in names:
            found.setdefault(name, f"This {rest.replace('NOT', 'not')}.")
    return found or {WHOLE: reason}
