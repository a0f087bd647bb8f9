"""Integrations as commands show them: secrets masked, unless somebody asks for them."""

from typing import Any

from rc_integrations_plugin.integrations.masks import MASK
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.secrets import masked_script, masked_url
from rc_integrations_plugin.management.tokens import hook_url
from rc_integrations_plugin.schemas.documents import integration_document

_MADE_FROM_SCRIPT = "scriptCompiled"


def shown_document(integration: Integration, *, site_url: str, secrets: bool) -> dict[str, Any]:
    """Return an integration in the API's names, with the URL of an incoming one."""
    document = integration_document(integration)
    document.pop(_MADE_FROM_SCRIPT, None)
    if isinstance(integration, OutgoingIntegration):
        _show_outgoing(document, integration, secrets=secrets)
    else:
        document["url"] = hook_url(site_url, integration, token=None if secrets else MASK)
    if not secrets and document.get("token"):
        document["token"] = MASK
    if not secrets and document.get("script"):
        document["script"] = masked_script(document["script"], integration)
    return document


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
