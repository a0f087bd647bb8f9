"""Every error the plugin raises on purpose.

    IntegrationsError
    +-- SettingsError            a setting is unknown or makes no sense; start-up stops
    +-- HookNotFound             no integration has this id and token
    +-- HookDisabled             the integration is switched off
    +-- PostAsUserMissing        nobody active is left to post as
    +-- TooManyCalls             the hook was called more often than its budget allows
    +-- MethodNotAllowed         the hook takes POST only
    +-- InvalidRequest           the request's body cannot be understood
    +-- BodyTooLarge             the request's body is larger than the setting allows
    +-- EmptyMessage             neither text nor attachments
    +-- PostRefused              a message cannot go where it should
    +-- ScriptFailed             the operator's script threw, hung or gave nonsense
    +-- ScriptsUnavailable       no script process can be had now
    +-- ApiError                 the management API says no
        +-- NotLoggedIn          nobody who is logged in sent the call
        +-- PermissionMissing    the caller holds none of the permissions that the call takes
        +-- InvalidParams        the call's JSON or query is not of the documented form
        +-- NothingFound         there is no such integration, for this caller
        +-- ChangedMeanwhile     somebody else changed the integration since it was looked at
        +-- NotFromPage          what changes something was not sent by one of our pages

`code` is Rocket.Chat's string for what happened, `status` the HTTP status of the answer. Texts name
no token, no secret and no line of a script.
"""

from collections.abc import Mapping
from typing import Any


class IntegrationsError(Exception):
    """Something the plugin refuses or cannot do."""

    status = 400
    code = "error-integrations"

    def __init__(self, reason: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code or type(self).code
        self.status = status or type(self).status


class SettingsError(IntegrationsError):
    """A setting is unknown or has a value that makes no sense."""

    status = 500
    code = "error-settings"


class HookNotFound(IntegrationsError):
    """No incoming integration has this id and token."""

    status = 404
    code = "error-invalid-hook"


class HookDisabled(IntegrationsError):
    """The integration is switched off."""

    status = 503
    code = "error-hook-disabled"


class PostAsUserMissing(IntegrationsError):
    """The user that the integration posts as is gone or deactivated."""

    status = 401
    code = "error-invalid-post-as-user"


class TooManyCalls(IntegrationsError):
    """The hook was called more often than its budget allows."""

    status = 429
    code = "error-too-many-requests"


class MethodNotAllowed(IntegrationsError):
    """The hook does not take this HTTP method."""

    status = 405
    code = "error-method-not-allowed"


class InvalidRequest(IntegrationsError):
    """The body of a request cannot be understood, or a part of it is of the wrong type."""

    code = "error-invalid-request"


class BodyTooLarge(IntegrationsError):
    """The body of a request is larger than the setting allows."""

    status = 413
    code = "error-body-too-large"


class EmptyMessage(IntegrationsError):
    """The message has neither text nor attachments."""

    code = "error-message-empty"


class PostRefused(IntegrationsError):
    """The message cannot go to one of its rooms; `code` says why, `channel` which it was."""

    code = "error-not-allowed"

    def __init__(self, reason: str, *, code: str | None = None, channel: str | None = None) -> None:
        super().__init__(reason if channel is None else f"{channel}: {reason}", code=code)
        self.channel = channel


class ScriptFailed(IntegrationsError):
    """The operator's script threw, ran too long, took too much memory or gave nonsense."""

    code = "error-running-script"


class ScriptsUnavailable(IntegrationsError):
    """No process can be had to run the script in; the caller may try again."""

    status = 503
    code = "error-scripts-unavailable"


class ApiError(IntegrationsError):
    """The management API refuses a call; `code` is Rocket.Chat's `errorType`."""

    code = "error-invalid-params"

    def __init__(
        self, reason: str, *, code: str | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(reason, code=code)
        self.details = details


class NotLoggedIn(ApiError):
    """Nobody who is logged in sent the call."""

    status = 401
    code = "error-not-logged-in"


class PermissionMissing(ApiError):
    """The caller holds none of the permissions that the call takes."""

    status = 403
    code = "error-unauthorized"


class InvalidParams(ApiError):
    """The call's JSON or query is not of the documented form."""

    code = "invalid-params"


class NothingFound(ApiError):
    """There is no such integration, or it is not the caller's to know of."""

    code = "error-integration-not-found"


class ChangedMeanwhile(ApiError):
    """Somebody else changed the integration since the caller looked at it."""

    code = "error-integration-changed"


class NotFromPage(ApiError):
    """A request that may change something came from elsewhere than from one of our pages."""

    status = 403
    code = "error-not-from-page"
