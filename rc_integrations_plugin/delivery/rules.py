"""What holds for all calls of a process, read from the settings."""

import functools
import ssl
from dataclasses import dataclass

from rc_integrations_plugin.delivery.guard import AddressGuard
from rc_integrations_plugin.delivery.proxies import Proxies
from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What holds for all calls."""

    guard: AddressGuard
    tls: ssl.SSLContext
    proxies: Proxies
    timeout_seconds: float
    response_bytes: int
    follow_redirects: bool


def read_rules(settings: Settings) -> Rules:
    """Return the rules for calls that the settings make.

    Raises:
        SettingsError: a setting cannot be used.
    """
    return Rules(
        guard=AddressGuard.from_entries(settings.allowed_networks),
        tls=read_tls(settings.ca_file),
        proxies=Proxies.from_environment() if settings.http_proxy_from_environment else Proxies({}),
        timeout_seconds=settings.http_timeout_seconds,
        response_bytes=settings.response_max_bytes,
        follow_redirects=settings.follow_redirects,
    )


@functools.cache  # reading the system's authorities takes longer than all else at start-up
def read_tls(ca_file: str) -> ssl.SSLContext:
    """Return whom to trust: the system's authorities and those in the file, if one is named.

    Raises:
        SettingsError: the file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise SettingsError(f"RC_INTEGRATIONS_CA_FILE cannot be used: {error}") from error
    return context
