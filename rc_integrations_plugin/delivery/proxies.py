"""The proxies that the environment names, in the usual variables, read once."""

from collections.abc import Mapping
from typing import Self
from urllib.request import (  # type: ignore[attr-defined]  # not in the stubs
    getproxies_environment,
    proxy_bypass_environment,
)

from yarl import URL

from rc_integrations_plugin.delivery.target import Target
from rc_integrations_plugin.errors import SettingsError


class Proxies:
    """Says for each call through which proxy it goes, if through any."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._urls = {
            scheme: _read_proxy(variables[name])
            for scheme in ("http", "https")
            if (name := scheme if scheme in variables else "all") in variables
        }

    @classmethod
    def from_environment(cls) -> Self:
        """Return what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say.

        Raises:
            SettingsError: one of them names a proxy that cannot be used.
        """
        return cls(getproxies_environment())

    def proxy_for(self, target: Target) -> URL | None:
        """Return the proxy of a call, or None if it goes straight."""
        proxy = self._urls.get(target.url.scheme)
        if proxy is None or proxy_bypass_environment(target.host, self._variables):
            return None
        return proxy


def _read_proxy(text: str) -> URL:
    try:
        proxy = URL(text if "://" in text else f"http://{text}")
    except ValueError:
        proxy = URL()
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise SettingsError("The environment names a proxy that is no http:// or https:// URL")
    return proxy
