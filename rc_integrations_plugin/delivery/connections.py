"""Connections to other servers: made only to addresses that the guard lets pass, kept, and reused.

The guard is asked about the address that a socket is opened for, not about a name: a name whose
address changes between the question and the call gains nothing.
"""

import socket
import ssl
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import (
    AddrInfoType,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult

from rc_integrations_plugin.delivery.guard import LOOPBACK, AddressGuard, is_localhost

USER_AGENT = "rc-integrations-plugin"
# Servers close what is idle, many after 5 s; a call that meets the closing would fail.
_KEEP_SECONDS = 4
_LONGEST_HEADER = 64 * 1024


class AddressRefused(OSError):  # aiohttp and asyncio let nothing else through
    """The guard lets no connection be made to there; the text says what kind of address it is."""


class GuardedResolver(AbstractResolver):
    """Looks names up and forgets the addresses that are refused."""

    def __init__(self, guard: AddressGuard, lookup: AbstractResolver) -> None:
        self._guard = guard
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name that may be connected to.

        Raises:
            AddressRefused: it has addresses, and none of them may.
            OSError: it has none.
        """
        found = _loopback(host, port) if is_localhost(host) else None
        if found is None:
            found = await self._lookup.resolve(host, port, family)
        refusals = [self._guard.refusal_of_address(one["host"]) for one in found]
        passed = [one for one, refusal in zip(found, refusals, strict=True) if refusal is None]
        if found and not passed:
            raise AddressRefused(next(filter(None, refusals)))
        return passed

    async def close(self) -> None:
        """Close the resolver behind this one."""
        await self._lookup.close()


@dataclass(frozen=True)
class Connections:
    """Both ways out, each with its kept connections. Belongs to one event loop."""

    guarded: ClientSession
    chosen: ClientSession
    """Without the guard: for proxies, and for hosts that the operator opened by name."""
    resolver: GuardedResolver

    @classmethod
    def open(
        cls, guard: AddressGuard, *, tls: ssl.SSLContext, lookup: AbstractResolver | None = None
    ) -> Self:
        """Return the ways out of the running event loop.

        Args:
            guard: what is refused.
            tls: whom to trust.
            lookup: finds the addresses of names; None for the system's way.
        """
        lookup = lookup or ThreadedResolver()
        resolver = GuardedResolver(guard, lookup)

        def open_socket(address: AddrInfoType) -> socket.socket:
            family, type_, proto, _, (host, *_) = address
            refusal = guard.refusal_of_address(str(host))
            if refusal is not None:
                raise AddressRefused(refusal)
            return socket.socket(family, type_, proto)

        guarded = _connector(tls, resolver=resolver, socket_factory=open_socket)
        return cls(_session(guarded), _session(_connector(tls, resolver=lookup)), resolver)

    async def close(self) -> None:
        """Close all connections."""
        await self.guarded.close()
        await self.chosen.close()
        await self.resolver.close()


def _connector(tls: ssl.SSLContext, **options: Any) -> TCPConnector:
    return TCPConnector(ssl=tls, limit=0, keepalive_timeout=_KEEP_SECONDS, **options)


def _session(connector: TCPConnector) -> ClientSession:
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),  # one integration's cookies are not for another
        headers={"User-Agent": USER_AGENT},
        skip_auto_headers=["Content-Type"],
        timeout=ClientTimeout(),  # none here: the client limits a call as a whole
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    )


def _loopback(host: str, port: int) -> list[ResolveResult]:
    return [
        ResolveResult(
            hostname=host,
            host=address,
            port=port,
            family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            proto=0,
            flags=socket.AI_NUMERICHOST,
        )
        for address in LOOPBACK
    ]
