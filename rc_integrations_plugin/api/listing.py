"""Lists of integrations and of their calls, each user's own part of them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import (
    Manager,
    Scope,
    list_scopes,
    read_manager,
)
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.schemas.documents import (
    call_document,
    history_integration,
    integration_document,
)
from rc_integrations_plugin.schemas.queries import HistoryQuery, ListQuery
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.calls import CallFilter
from rc_integrations_plugin.storage.integrations import IntegrationFilter

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
_TIMES = ("_updatedAt", "_createdAt")
Documents = Sequence[Mapping[str, Any]]


def list_integrations(services: Services, user: User, query: ListQuery) -> tuple[Documents, int]:
    """Return a part of the integrations that the user may see, and how many there are in all."""
    scopes = list_scopes(
        read_manager(services.host, user, IntegrationType.INCOMING),
        read_manager(services.host, user, IntegrationType.OUTGOING),
    )
    scope = scopes[IntegrationType.INCOMING]
    if scope is Scope.NONE:
        return [], 0
    # other names are ignored, as Rocket.Chat's database would
    sort = [(_SORT_KEYS[name], sign) for name, sign in query.paging.sort if name in _SORT_KEYS]
    found, total = services.integrations.page(
        IntegrationFilter(
            name_part=query.name_part,
            type=query.type,
            # documents of outgoing integrations are not written yet
            made_by={IntegrationType.INCOMING: user.id if scope is Scope.OWN else None},
        ),
        sort=sort or [("created_at", -1)],
        offset=query.paging.offset,
        count=query.paging.count,
    )
    incoming = (one for one in found if isinstance(one, IncomingIntegration))
    return [integration_document(integration) for integration in incoming], total


def list_history(
    services: Services, manager: Manager, query: HistoryQuery
) -> tuple[Documents, int]:
    """Return a part of an integration's calls, and how many there are in all.

    An integration that is not the user's to know of has none.
    """
    integration = services.integrations.find(query.integration_id)
    if integration is None or not manager.may_manage(integration):
        return [], 0
    sign = next((sign for name, sign in query.paging.sort if name in _TIMES), -1)
    calls, total = services.calls.page(
        CallFilter(integration_id=integration.id, outcome=query.outcome),
        offset=query.paging.offset,
        count=query.paging.count,
        oldest_first=sign > 0,
    )
    shown = history_integration(integration)
    return [call_document(call, shown) for call in calls], total
