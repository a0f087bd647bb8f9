"""What making and changing have in common for both types of integrations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from rc_integrations_plugin.errors import (
    ApiError,
    ChangedMeanwhile,
    InvalidParams,
    NothingFound,
)
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import (
    Manager,
    Scope,
    read_manager,
    type_of,
)
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.scripting.protocol import Finding
from rc_integrations_plugin.services import Services

_ATTEMPTS = 5
"""How often a change is tried anew because somebody else changed the same integration."""
_WRONG_TYPE = "Invalid integration type."

Integration = IncomingIntegration | OutgoingIntegration
_Integration = TypeVar("_Integration", IncomingIntegration, OutgoingIntegration)


@dataclass(frozen=True)
class Saved(Generic[_Integration]):
    """An integration as it was stored, and what only this answer tells."""

    integration: _Integration
    findings: tuple[Finding, ...] | None
    """What was found in its script, if that was looked at."""
    signing_secret: str | None = field(default=None, repr=False)
    """The one that was set now."""
    broken_tests: tuple[str, ...] = ()
    """Names of the tests that its script breaks: it was stored all the same."""


def require_some_scope(manager: Manager, *, method: str) -> None:
    """Do nothing for a user who may manage integrations of the manager's type.

    Raises:
        ApiError: he may manage none.
    """
    if manager.scope is Scope.NONE:
        raise ApiError("Unauthorized", code="not_authorized", details={"method": method})


def may_manage_some(services: Services, user: User) -> bool:
    """Return whether the user may manage integrations of any type."""
    managers = (read_manager(services.host, user, kind) for kind in IntegrationType)
    return any(manager.scope is not Scope.NONE for manager in managers)


def find_managed(services: Services, user: User, integration_id: str) -> Integration | None:
    """Return the integration with this id, if the user may manage it."""
    found = services.integrations.find_any(integration_id)
    if found is None or not read_manager(services.host, user, type_of(found)).may_manage(found):
        return None
    return found


def find_incoming(services: Services, manager: Manager, integration_id: str) -> IncomingIntegration:
    """Return an incoming integration that the user may manage.

    Raises:
        NothingFound: there is none; nothing tells whether the id exists.
        InvalidParams: it is an outgoing one.
    """
    found = find_managed(services, manager.user, integration_id)
    if isinstance(found, OutgoingIntegration):
        raise InvalidParams(_WRONG_TYPE)
    if found is None:
        raise nothing_found()
    return found


def find_outgoing(
    services: Services, manager: Manager, integration_id: str | None, target_url: str | None
) -> OutgoingIntegration:
    """Return an outgoing integration that the user may manage, by its id or by a URL that it calls.

    Raises:
        NothingFound: there is none; nothing tells whether the id or the URL exists.
        InvalidParams: it is an incoming one.
        ApiError: he may manage several that call this URL.
    """
    if integration_id is not None:
        found = find_managed(services, manager.user, integration_id)
        if isinstance(found, IncomingIntegration):
            raise InvalidParams(_WRONG_TYPE)
        if found is None:
            raise nothing_found()
        return found
    if not target_url:
        raise NothingFound("An integrationId or target_url needs to be provided.")
    return only_one(
        [
            integration
            for integration in services.integrations.outgoing_by_url(target_url)
            if manager.may_manage(integration)
        ]
    )


def only_one(found: list[OutgoingIntegration]) -> OutgoingIntegration:
    """Return the one that calls a URL.

    Raises:
        NothingFound: there is none.
        ApiError: there are several: it is not for us to guess which is meant.
    """
    if not found:
        raise nothing_found()
    if len(found) > 1:
        raise ApiError(
            "Several integrations call this URL; give the integrationId instead",
            code="error-ambiguous-integration",
        )
    return found[0]


def nothing_found() -> NothingFound:
    """Return the error for an integration that is not there, or not to be known of."""
    return NothingFound("No integration found.")


def of_version(found: _Integration, version: datetime | None) -> _Integration:
    """Return an integration, if it is the version that somebody has seen; None is any.

    Raises:
        ChangedMeanwhile: it is another one.
    """
    if version is not None and found.updated_at != version:
        raise ChangedMeanwhile("Somebody else has changed this integration")
    return found


def replace_with(
    services: Services,
    *,
    find: Callable[[], _Integration],
    change: Callable[[_Integration], Saved[_Integration]],
) -> Saved[_Integration]:
    """Store a changed integration; anew from what is there then, if somebody else was faster.

    Raises:
        ApiError: somebody else was faster again and again.
    """
    for _ in range(_ATTEMPTS):
        old = find()
        saved = change(old)
        broken = saved.broken_tests
        if services.integrations.replace(old, saved.integration, broken_tests=broken):
            return saved
    raise ApiError(
        "Somebody else is changing this integration; try again", code="error-integration-changed"
    )


def time_after(updated_at: datetime) -> datetime:
    """Return the time of a change, which tells versions of a script apart.

    It is later than the one before even when the clock went back.
    """
    return max(datetime.now(UTC), updated_at + timedelta(microseconds=1))


def editor_of(user: User) -> Editor:
    """Return who makes or changes an integration."""
    return Editor(user.id, user.username or "")
