"""The page of one integration."""

from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.admin.instructions import build_exchange, build_instructions
from rc_integrations_plugin.admin.rendering import render
from rc_integrations_plugin.admin.viewers import Viewer
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from rc_integrations_plugin.storage.calls import CallFilter

_LATEST = 10


def render_details(
    services: Services,
    viewer: Viewer,
    found: IncomingIntegration | OutgoingIntegration,
    **shown: Any,
) -> str:
    """Return the page of an integration, without its secrets.

    Args:
        services: where its history is.
        viewer: who looks at it.
        found: the integration.
        shown: `notice`, what was done just now; `failed`, a sentence about what was not;
            `secret`, which was made just now and is shown this once.
    """
    since = past_of(viewer.managers[type_of(found)], found)
    if isinstance(found, IncomingIntegration):
        calls, total = services.calls.page(
            CallFilter(integration_id=found.id, since=since), offset=0, count=_LATEST
        )
        instructions = build_instructions(found, site_url=services.host.site_url)
        is_good = len(found.tokens_at(datetime.now(UTC))) > 1
        past: dict[str, Any] = {
            "calls": calls,
            "total": total,
            "instructions": instructions,
            "overlaps": texts.OVERLAPS,
            "former_until": found.previous_token_until if is_good else None,
        }
        return render("incoming.html", viewer, integration=found, **past, **shown)
    attempts, total = services.deliveries.page(
        AttemptFilter(integration_id=found.id, events_since=since), offset=0, count=_LATEST
    )
    past = {
        "attempts": attempts,
        "total": total,
        "exchange": build_exchange(services, found),
    }
    return render("outgoing.html", viewer, integration=found, **past, **shown)
