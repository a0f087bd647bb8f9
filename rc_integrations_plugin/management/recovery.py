"""Failed calls that are made again, all at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.permissions import Manager, read_manager
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.replay import open_replay
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.schemas.documents import json_time
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter

MOST_AT_ONCE = 500
"""So many are made again by one request, which somebody waits for."""
_BATCH = 200
_UNUSED: Mapping[str, Any] = MappingProxyType(
    {
        "sent": None,
        "response_headers": None,
        "response_body": None,
        "console": (),
        "results": (),
        "messages": None,
    }
)
"""Of attempts; thousands of them would fill the memory with it."""


@dataclass(frozen=True)
class Lost:
    """A delivery that failed, and was not made again since."""

    integration: OutgoingIntegration
    attempt: DeliveryAttempt
    """Without what was sent, answered and written to the console."""
    reason: str | None = None
    """Why it can't be made again now; None if it can."""


@dataclass(frozen=True)
class Recovery:
    """What came of making calls again."""

    tried: Sequence[tuple[Lost, str | None]]
    """Each with the reason why it is not made again all the same, or None."""
    remaining: int
    """How many can be made again by another request."""
    impossible: int
    """How many cannot be made again."""

    @property
    def made(self) -> int:
        """How many are made again."""
        return sum(reason is None for _, reason in self.tried)


def find_lost(
    services: Services,
    user: User,
    *,
    since: datetime,
    integrations: Sequence[OutgoingIntegration] | None = None,
) -> Sequence[Lost]:
    """Return the deliveries that failed since a time, the oldest first.

    Those that somebody made again already are left out, whatever came of that.

    Args:
        services: where to look.
        user: who wants them made again.
        since: when the last attempt was made.
        integrations: whose; None for all that the user may manage.
    """
    some = _all_managed(services, user) if integrations is None else integrations
    manager = read_manager(services.host, user, IntegrationType.OUTGOING)
    lost = [one for each in some for one in _lost_of(services, manager, each, since)]
    return sorted(lost, key=lambda one: (one.attempt.started_at, one.attempt.id))


def make_again(services: Services, user: User, lost: Lost) -> Delivery:
    """Store that a failed call shall be made again, and wake a worker.

    Raises:
        ApiError: it cannot, by now; somebody else may have been faster.
    """
    manager = read_manager(services.host, user, IntegrationType.OUTGOING)
    return open_replay(services, manager, lost.integration.id, lost.attempt.id, once=True)


def try_again(services: Services, user: User, lost: Lost) -> str | None:
    """Make a failed call again; return why that cannot be, or None if it is done."""
    if lost.reason is not None:
        return lost.reason
    try:
        make_again(services, user, lost)
    except IntegrationsError as error:
        return error.reason
    return None


def recover(services: Services, user: User, lost: Sequence[Lost]) -> Recovery:
    """Make failed calls again, the first of them, and return what came of it."""
    hopeful = [one for one in lost if one.reason is None]
    now = hopeful[:MOST_AT_ONCE]
    return Recovery(
        tried=[(one, try_again(services, user, one)) for one in now],
        remaining=len(hopeful) - len(now),
        impossible=len(lost) - len(hopeful),
    )


def lost_document(lost: Lost, reason: str | None, *, is_made: bool) -> dict[str, Any]:
    """Return a failed call as JSON.

    Args:
        lost: which one.
        reason: why it is not made again, or cannot be; None otherwise.
        is_made: whether it was to be made again now.
    """
    attempt = lost.attempt
    return {
        "integrationId": lost.integration.id,
        "name": lost.integration.name,
        "historyId": attempt.id,
        "startedAt": json_time(attempt.started_at),
        "status": attempt.status,
        "failure": attempt.failure,
        "replayed": reason is None and is_made,
        "error": reason,
    }


def _all_managed(services: Services, user: User) -> Iterator[OutgoingIntegration]:
    manager = read_manager(services.host, user, IntegrationType.OUTGOING)
    wanted, offset = IntegrationFilter(type=IntegrationType.OUTGOING), 0
    while True:
        found, _ = services.integrations.page(
            wanted, sort=[("created_at", 1)], offset=offset, count=_BATCH
        )
        for one in found:
            if isinstance(one, OutgoingIntegration) and manager.may_manage(one):
                yield one
        if len(found) < _BATCH:
            return
        offset += _BATCH


def _lost_of(
    services: Services, manager: Manager, integration: OutgoingIntegration, since: datetime
) -> Iterator[Lost]:
    replayed = services.state.replayed_attempts(integration.id)
    wanted = AttemptFilter(
        integration_id=integration.id,
        outcome=DeliveryOutcome.FAILED,
        since=since,
        events_since=past_of(manager, integration),
    )
    for attempt in _failed(services, wanted):
        if attempt.id not in replayed:
            yield Lost(integration, attempt, _reason(integration, attempt))


def _failed(services: Services, wanted: AttemptFilter) -> Iterator[DeliveryAttempt]:
    offset = 0
    while True:
        found, _ = services.deliveries.page(wanted, offset=offset, count=_BATCH)
        yield from (replace(attempt, **_UNUSED) for attempt, _delivery in found)
        if len(found) < _BATCH:
            return
        offset += _BATCH


def _reason(integration: OutgoingIntegration, attempt: DeliveryAttempt) -> str | None:
    if not integration.enabled:
        return "the integration is switched off"
    if Step.BEFORE_CALL not in attempt.steps:
        return "nothing was sent then"
    return None
