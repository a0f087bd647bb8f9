"""An attempt under way: what its steps share, and what they are given to wait with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rc_integrations_plugin.delivery.http import HttpFailure, HttpRequest, HttpResponse
from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.record import AttemptNotes
from rc_integrations_plugin.outgoing.request import current_url
from rc_integrations_plugin.services import Services

_Result = TypeVar("_Result")
Send = Callable[[HttpRequest], Awaitable[HttpResponse | HttpFailure]]


class Blocking(Protocol):
    """Runs what takes its time on a thread, within the host's app context."""

    def __call__(
        self, work: Callable[[], _Result], /, *, script_of: str | None = None
    ) -> Awaitable[_Result]:
        """Return what the work returns, or raise what it raises.

        Args:
            work: what to do.
            script_of: the integration whose script it runs. An integration's script runs once at a
                time, and whoever waits for it must hold up nobody else.
        """


@dataclass(frozen=True, kw_only=True)
class Call:
    """An attempt under way."""

    services: Services
    integration: OutgoingIntegration
    notes: AttemptNotes
    send: Send
    blocking: Blocking

    @property
    def delivery(self) -> Delivery:
        """What it is an attempt of."""
        return self.notes.delivery

    @property
    def url(self) -> str | None:
        """Where it goes; None if the integration has no such URL any more."""
        if self.delivery.replay is not None:
            return self.delivery.url
        return current_url(self.integration, self.delivery.url)
