"""Senders for tests, with their rules, and name servers that say what the test wants."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from rc_integrations_plugin.delivery.guard import AddressGuard
from rc_integrations_plugin.delivery.http import (
    FailureKind,
    HttpFailure,
    HttpRequest,
    HttpResponse,
)
from rc_integrations_plugin.delivery.proxies import Proxies
from rc_integrations_plugin.delivery.rules import Rules, read_rules
from rc_integrations_plugin.delivery.sender import HttpSender
from rc_integrations_plugin.settings import Settings

THIS_MACHINE = ("127.0.0.0/8", "::1")


@contextmanager
def sender(
    *allowed: str,
    lookup: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
    proxies: Mapping[str, str] | None = None,
    **settings: Any,
) -> Iterator[HttpSender]:
    """Give a sender that may call the networks and names in `allowed`."""
    rules: Rules = read_rules(Settings(**settings))
    rules = replace(rules, guard=AddressGuard.from_entries(allowed), tls=tls or rules.tls)
    if proxies is not None:
        rules = replace(rules, proxies=Proxies(proxies))
    made = HttpSender(rules, lookup=lookup)
    try:
        yield made
    finally:
        made.close()


def get(url: str, **options: Any) -> HttpRequest:
    """Return a GET request."""
    return HttpRequest(method="GET", url=url, **options)


def answered(found: HttpResponse | HttpFailure) -> HttpResponse:
    """Return the answer, or fail."""
    assert isinstance(found, HttpResponse), found
    return found


def failed(found: HttpResponse | HttpFailure) -> FailureKind:
    """Return what kind of failure it is, or fail."""
    assert isinstance(found, HttpFailure), found
    return found.kind


class NameServer(AbstractResolver):
    """Answers each question about a name with the next of its lists; the last one stays."""

    def __init__(self, **names: list[list[str]]) -> None:
        self._names = {name.replace("_", "."): answers for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._names.get(host)
        if answers is None:
            raise OSError(None, f"{host} is not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass
