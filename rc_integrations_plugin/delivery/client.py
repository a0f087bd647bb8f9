"""Makes one call: guard, connection, redirects, limits. Belongs to one event loop."""

import asyncio
from dataclasses import replace

import aiohttp
from aiohttp import ClientResponse, ClientSession
from aiohttp.abc import AbstractResolver
from yarl import URL

from rc_integrations_plugin.delivery.connections import AddressRefused, Connections
from rc_integrations_plugin.delivery.failures import failure_of
from rc_integrations_plugin.delivery.headers import (
    headers_for_another_origin,
    refusal_of_request,
    sendable_headers,
)
from rc_integrations_plugin.delivery.http import (
    FailureKind,
    HttpFailure,
    HttpRequest,
    HttpResponse,
)
from rc_integrations_plugin.delivery.rules import Rules
from rc_integrations_plugin.delivery.target import Target, follow_location, read_target

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpClient:
    """Makes calls side by side on the event loop it was made in."""

    def __init__(self, rules: Rules, *, lookup: AbstractResolver | None = None) -> None:
        self._rules = rules
        self._connections = Connections.open(rules.guard, tls=rules.tls, lookup=lookup)

    async def send(self, request: HttpRequest) -> HttpResponse | HttpFailure:
        """Make a call, follow its redirects, and return what came of it; nothing is raised."""
        refusal = refusal_of_request(request)
        if refusal is not None:
            return refusal
        seconds = request.timeout_seconds or self._rules.timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(request)
        except TimeoutError:
            return HttpFailure(
                kind=FailureKind.TIMEOUT, message=f"there was no whole answer within {seconds:g} s"
            )

    async def close(self) -> None:
        """Close all connections."""
        await self._connections.close()

    async def _follow(self, request: HttpRequest) -> HttpResponse | HttpFailure:
        target = read_target(request.url)
        if isinstance(target, HttpFailure):
            return target
        headers = sendable_headers(request.headers)
        follows = request.follow_redirects and self._rules.follow_redirects
        for hop in range(MOST_REDIRECTS + 1):
            found = await self._hop(request, target, headers, follows=follows)
            match found:
                case HttpResponse():
                    return replace(found, redirected=hop > 0)
                case HttpFailure():
                    return found
            if found.origin != target.origin:
                headers = headers_for_another_origin(headers, secret=request.secret_headers)
            elif found.authorization is None:
                found = replace(found, authorization=target.authorization)
            target = found
        return HttpFailure(
            kind=FailureKind.TOO_MANY_REDIRECTS,
            message=f"there were more than {MOST_REDIRECTS} redirects",
        )

    async def _hop(
        self, request: HttpRequest, target: Target, headers: dict[str, str], *, follows: bool
    ) -> HttpResponse | HttpFailure | Target:
        """Return the answer of one server, or where it sends us."""
        names = {name.lower() for name in headers}
        if target.authorization is not None and "authorization" not in names:
            headers = {**headers, "Authorization": target.authorization}
        try:
            session, proxy = await self._way_to(target)
            async with session.request(
                request.method,
                target.url,
                headers=headers,
                data=request.body,
                allow_redirects=False,
                proxy=proxy,
            ) as answer:
                location = answer.headers.get("Location")
                if follows and answer.status in _REDIRECTS and location:
                    return follow_location(target, location)
                return await self._read(answer)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return failure_of(error)

    async def _way_to(self, target: Target) -> tuple[ClientSession, URL | None]:
        """Return how to get there.

        Raises:
            AddressRefused: the guard lets nobody get there.
        """
        guard = self._rules.guard
        proxy = self._rules.proxies.proxy_for(target)
        if guard.opens_name(target.host):
            return self._connections.chosen, proxy
        refusal = guard.refusal_of_name(target.host)
        if refusal is not None:
            raise AddressRefused(refusal)
        if proxy is None:
            return self._connections.guarded, None
        await self._check_before_proxy(target)
        return self._connections.chosen, proxy

    async def _check_before_proxy(self, target: Target) -> None:
        """Refuse a name that leads to a refused address as far as this machine can tell."""
        try:
            await self._connections.resolver.resolve(target.host, target.url.port or 0)
        except AddressRefused:
            raise
        except OSError:
            return  # behind a proxy, names are often the proxy's to look up

    async def _read(self, answer: ClientResponse) -> HttpResponse | HttpFailure:
        limit = self._rules.response_bytes
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > limit:
                answer.close()
                return HttpFailure(
                    kind=FailureKind.TOO_LARGE, message=f"the answer is larger than {limit} bytes"
                )
        return HttpResponse(
            status=answer.status,
            reason=_storable(answer.reason or ""),
            headers={
                name.lower(): _storable(", ".join(answer.headers.getall(name)))
                for name in answer.headers
            },
            body=bytes(body),
            url=str(answer.url),
        )


def _storable(text: str) -> str:
    """Return a header as text of whole characters; aiohttp keeps odd bytes as half ones."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
