"""What of an integration must not be shown, and its texts without that."""

import re
from collections.abc import Mapping

from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.saved import Integration

_SHORTEST = 4
"""A shorter secret would be found everywhere."""
_PLACE = re.compile(r"<<(?:(?:previous )?token|signingSecret|basicAuth|password|header [^<>]+)>>")


def secrets_of(integration: Integration) -> Mapping[str, str]:
    """Return the secrets of an integration, by their names; parts that are as good as it, too."""
    secrets = {"token": integration.token or ""}
    if isinstance(integration, IncomingIntegration):
        secrets["previous token"] = integration.previous_token or ""
    if isinstance(integration, OutgoingIntegration):
        pair, signing = integration.basic_auth or "", integration.signing_secret or ""
        secrets |= {"signingSecret": signing, "basicAuth": pair}
        secrets["password"] = pair.partition(":")[2]
        for name, value in integration.headers.items():
            secrets |= {f"header {name}": value, f"header {name}, 2": value.partition(" ")[2]}
    return {name: secret for name, secret in secrets.items() if len(secret) >= _SHORTEST}


def masked_url(url: str, integration: Integration) -> str:
    """Return a URL without secrets of the integration, passwords and what looks like a token."""
    return Mask(*secrets_of(integration).values()).text(url)


def masked_script(source: str, integration: Integration) -> str:
    """Return a script with `<<token>>` and the like in place of its integration's secrets."""
    secrets = sorted(secrets_of(integration).items(), key=lambda item: -len(item[1]))
    for name, secret in secrets:
        source = source.replace(secret, f"<<{name}>>")
    return source


def whole_script(source: str, integration: Integration | None) -> str:
    """Return a script with its integration's secrets in their places, as far as it has them."""
    secrets = {} if integration is None else secrets_of(integration)
    for name, secret in secrets.items():
        source = source.replace(f"<<{name}>>", secret)
    return source


def missing_secret(source: str) -> str | None:
    """Return the first place of a secret that a script holds, or None."""
    found = _PLACE.search(source)
    return None if found is None else found[0]
