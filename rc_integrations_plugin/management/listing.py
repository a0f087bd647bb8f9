"""Lists of integrations and of what they did, each user's own part of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import read_manager, type_of, visible_parts
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationState,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.management.attempts import attempt_document, waiting_attempt
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration, find_managed
from rc_integrations_plugin.schemas.documents import (
    call_document,
    history_integration,
    integration_document,
    json_time,
)
from rc_integrations_plugin.schemas.queries import HistoryQuery, ListQuery
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.calls import CallFilter
from rc_integrations_plugin.storage.integration_filter import FAILURES, LAST_AT, IntegrationFilter
from rc_integrations_plugin.storage.overview import MadeBy, Overview, recent

_SORT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "_id": "id",
        "name": "name",
        "type": "type",
        "enabled": "enabled",
        "username": "username",
        "_createdAt": "created_at",
        "_updatedAt": "updated_at",
    }
)
_SORTED_BY_PAST: Mapping[str, str] = MappingProxyType({"lastCallAt": LAST_AT, "failures": FAILURES})
_OF_STATES: Mapping[IntegrationState, Mapping[str, bool]] = MappingProxyType(
    {
        IntegrationState.ON: {"enabled": True},
        IntegrationState.OFF: {"enabled": False},
        IntegrationState.SWITCHED_OFF: {"switched_off": True},
        IntegrationState.FAILING: {"failing": True},
    }
)
_TIMES = ("_updatedAt", "_createdAt")
Documents = Sequence[Mapping[str, Any]]
_Attempt = tuple[DeliveryAttempt, Delivery]


def list_integrations(services: Services, user: User, query: ListQuery) -> tuple[Documents, int]:
    """Return a part of the integrations that the user may see, and how many there are in all."""
    found, total = _page_of_all(services, _made_by(services, user), query, _SORT_KEYS)
    return [integration_document(integration) for integration in found], total


def list_overviews(services: Services, user: User, query: ListQuery) -> tuple[Documents, int]:
    """Return how a part of the integrations is, without secrets and scripts, and their number."""
    made_by = _made_by(services, user)
    found, total = _page_of_all(services, made_by, query, {**_SORT_KEYS, **_SORTED_BY_PAST})
    pasts = services.overview.of_all([one.id for one in found], since=recent(), made_by=made_by)
    return [_overview_document(one, pasts[one.id]) for one in found], total


def _page_of_all(
    services: Services, made_by: MadeBy, query: ListQuery, keys: Mapping[str, str]
) -> tuple[Sequence[Integration], int]:
    # other names are ignored, as Rocket.Chat's database would
    sort = [(keys[name], sign) for name, sign in query.paging.sort if name in keys]
    return services.integrations.page(
        IntegrationFilter(
            name_part=query.name_part,
            type=query.type,
            **filter_of_state(query.state),
            made_by=made_by,
        ),
        sort=sort or [("created_at", -1)],
        offset=query.paging.offset,
        count=query.paging.count,
    )


def _made_by(services: Services, user: User) -> MadeBy:
    return visible_parts(*(read_manager(services.host, user, kind) for kind in IntegrationType))


def _overview_document(integration: Integration, past: Overview) -> dict[str, Any]:
    document = {
        "_id": integration.id,
        "type": type_of(integration).value,
        "name": integration.name,
        "enabled": integration.enabled,
        "disabledReason": integration.disabled_reason,
        "username": integration.username,
        "channel": list(integration.channels),
        "lastCallAt": None if past.last_at is None else json_time(past.last_at),
        "lastOutcome": None if past.last_outcome is None else past.last_outcome.value,
        "failures": past.failures,
    }
    return {key: value for key, value in document.items() if value is not None}


def filter_of_state(state: IntegrationState | None) -> Mapping[str, Any]:
    """Return the fields of an `IntegrationFilter` for integrations that are so."""
    return {} if state is None else _OF_STATES[state]


def list_history(services: Services, user: User, query: HistoryQuery) -> tuple[Documents, int]:
    """Return a part of what an integration did, and how much there is in all.

    An integration that is not the user's to know of has done nothing; one that is his because it is
    about his rooms, nothing before that.
    """
    found = find_managed(services, user, query.integration_id)
    if found is None:
        return [], 0
    past = past_of(read_manager(services.host, user, type_of(found)), found)
    match found:
        case IncomingIntegration() as incoming if _is_one_of(CallOutcome, query.outcome):
            return _list_calls(services, incoming, query, past)
        case OutgoingIntegration() as outgoing if _is_one_of(DeliveryOutcome, query.outcome):
            return _list_attempts(services, outgoing, query, past)
    return [], 0


def _list_calls(
    services: Services,
    integration: IncomingIntegration,
    query: HistoryQuery,
    past: datetime | None,
) -> tuple[Documents, int]:
    outcome = None if query.outcome is None else CallOutcome(query.outcome)
    since = max(filter(None, (query.since, past)), default=None)
    calls, total = services.calls.page(
        CallFilter(integration_id=integration.id, outcome=outcome, since=since, until=query.until),
        offset=query.paging.offset,
        count=query.paging.count,
        oldest_first=_is_oldest_first(query),
    )
    shown = history_integration(integration)
    return [call_document(call, shown) for call in calls], total


def _list_attempts(
    services: Services,
    integration: OutgoingIntegration,
    query: HistoryQuery,
    past: datetime | None,
) -> tuple[Documents, int]:
    """Return attempts, and what waits for its first one as if it were newer than all of them."""
    oldest_first = _is_oldest_first(query)
    parts = [_page_of_waiting, _page_of_attempts]
    found: list[_Attempt] = []
    total = 0
    for page in reversed(parts) if oldest_first else parts:
        some, number = page(
            services,
            integration,
            query,
            past,
            offset=max(query.paging.offset - total, 0),
            count=query.paging.count - len(found),
            oldest_first=oldest_first,
        )
        found += some
        total += number
    shown = history_integration(integration)
    documents = [
        attempt_document(attempt, delivery, integration=integration, shown=shown)
        for attempt, delivery in found
    ]
    return documents, total


def _page_of_attempts(
    services: Services,
    integration: OutgoingIntegration,
    query: HistoryQuery,
    past: datetime | None,
    **page: Any,
) -> tuple[Sequence[_Attempt], int]:
    return services.deliveries.page(_wanted(integration, query, past), **page)


def _page_of_waiting(
    services: Services,
    integration: OutgoingIntegration,
    query: HistoryQuery,
    past: datetime | None,
    **page: Any,
) -> tuple[Sequence[_Attempt], int]:
    if query.outcome not in {None, DeliveryOutcome.WAITING}:
        return [], 0
    found, total = services.deliveries.waiting(_wanted(integration, query, past), **page)
    return [(waiting_attempt(one, integration=integration), one) for one in found], total


def _wanted(
    integration: OutgoingIntegration, query: HistoryQuery, past: datetime | None
) -> AttemptFilter:
    return AttemptFilter(
        integration_id=integration.id,
        outcome=None if query.outcome is None else DeliveryOutcome(query.outcome),
        since=query.since,
        until=query.until,
        events_since=past,
    )


def _is_one_of(outcomes: type[StrEnum], outcome: str | None) -> bool:
    return outcome is None or outcome in list(outcomes)


def _is_oldest_first(query: HistoryQuery) -> bool:
    return next((sign for name, sign in query.paging.sort if name in _TIMES), -1) > 0
