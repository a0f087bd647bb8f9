"""Integrations as commands show them: secrets masked, unless somebody asks for them."""

from typing import Any
from urllib.parse import quote

from rc_integrations_plugin.integrations.masks import MASK, Mask
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.documents import integration_document

_MADE_FROM_SCRIPT = "scriptCompiled"


def shown_document(integration: Integration, *, site_url: str, secrets: bool) -> dict[str, Any]:
    """Return an integration in the API's names, with the URL of an incoming one."""
    document = integration_document(integration)
    document.pop(_MADE_FROM_SCRIPT, None)
    if isinstance(integration, OutgoingIntegration):
        _show_outgoing(document, integration, secrets=secrets)
    else:
        token = quote(integration.token, safe="") if secrets else MASK
        document["url"] = f"{site_url}/hooks/{quote(integration.id, safe='')}/{token}"
    if not secrets and document.get("token"):
        document["token"] = MASK
    return document


def masked_url(url: str, integration: OutgoingIntegration) -> str:
    """Return a URL that an integration calls without what opens doors."""
    return Mask(*secrets_of(integration)).text(url)


def secrets_of(integration: Integration) -> set[str]:
    """Return what must not be shown of an integration."""
    secrets = {integration.token or ""}
    if isinstance(integration, OutgoingIntegration):
        pair = integration.basic_auth or ""
        secrets |= {integration.signing_secret or "", pair, pair.partition(":")[2]}
        secrets |= set(integration.headers.values())
    return secrets - {""}


def _show_outgoing(
    document: dict[str, Any], integration: OutgoingIntegration, *, secrets: bool
) -> None:
    if not secrets:
        document["urls"] = [masked_url(url, integration) for url in integration.urls]
        return
    own = {
        "signingSecret": integration.signing_secret,
        "basicAuth": integration.basic_auth,
        "headers": dict(integration.headers) or None,
    }
    document |= {key: value for key, value in own.items() if value is not None}
