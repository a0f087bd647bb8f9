"""New tokens for incoming integrations, in the place of those that may be known to others."""

import dataclasses
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from rc_integrations_plugin.errors import InvalidParams
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import read_manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.integrations.tokens import LONGEST_OVERLAP, new_token
from rc_integrations_plugin.management.saved import (
    Saved,
    editor_of,
    find_incoming,
    replace_with,
    time_after,
)
from rc_integrations_plugin.services import Services


def hook_url(site_url: str, integration: IncomingIntegration, *, token: str | None = None) -> str:
    """Return where an incoming integration is called.

    Args:
        site_url: where people reach the chat server.
        integration: which one.
        token: what stands in place of its token, as it is; None for its own.
    """
    last = quote(integration.token, safe="") if token is None else token
    return f"{site_url}/hooks/{quote(integration.id, safe='')}/{last}"


def renew_token(
    services: Services, user: User, integration_id: str, *, overlap: timedelta
) -> IncomingIntegration:
    """Give an incoming integration a new token, and return it.

    A token that went on from before ends now, also where this one goes on.

    Args:
        services: where it is stored.
        user: who wants it.
        integration_id: which one.
        overlap: how long the token that it has now is good as well; may be nothing.

    Raises:
        NothingFound: there is none, or the user may not manage it.
        InvalidParams: it is an outgoing one, or the overlap is too long.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidParams(f"A token goes on for at most {LONGEST_OVERLAP.days} days.")
    manager = read_manager(services.host, user, IntegrationType.INCOMING)

    def change(old: IncomingIntegration) -> Saved[IncomingIntegration]:
        now = datetime.now(UTC)
        new = dataclasses.replace(
            old,
            token=new_token(),
            previous_token=old.token if overlap else None,
            previous_token_until=now + overlap if overlap else None,
            updated_at=time_after(old.updated_at),
            updated_by=editor_of(manager.user),
        )
        return Saved(new, None)

    return replace_with(
        services,
        find=lambda: find_incoming(services, manager, integration_id),
        change=change,
    ).integration
