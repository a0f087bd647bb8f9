"""The part of time that a page shows: from and to, or the last hour, day or week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from rc_integrations_plugin.integrations.times import read_time

LAST: Mapping[str, tuple[str, timedelta]] = MappingProxyType(
    {
        "hour": ("Last hour", timedelta(hours=1)),
        "day": ("Last day", timedelta(days=1)),
        "week": ("Last week", timedelta(weeks=1)),
    }
)
"""By the word that an address has for it: how that is said, and how long it is."""


@dataclass(frozen=True)
class Span:
    """A part of time; without anything, all of it."""

    last: str = ""
    """A key of `LAST`: then `since` moves on with each request."""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_limited(self) -> bool:
        """Whether something may be out of it."""
        return self.since is not None or self.until is not None

    @property
    def address(self) -> Mapping[str, str]:
        """What an address says of it."""
        if self.last:
            return {"last": self.last}
        return {
            name: f"{moment:%Y-%m-%dT%H:%M:%SZ}"
            for name, moment in (("from", self.since), ("to", self.until))
            if moment is not None
        }


def read_span(query: Mapping[str, str]) -> Span:
    """Return what an address says with `from`, `to` and `last`; what makes no sense is not said."""
    since, until = (_read(query.get(name, "")) for name in ("from", "to"))
    last = query.get("last", "")
    if since is None and until is None and last in LAST:
        return Span(last, datetime.now(UTC) - LAST[last][1])
    return Span("", since, until)


def field_value(moment: datetime | None) -> str:
    """Return a time as a field for times holds it, in UTC."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}"


def _read(text: str) -> datetime | None:
    try:
        # strftime and browsers want four digits of a year
        moment = read_time(text)
    except ValueError:
        return None
    return moment if moment.year >= 1000 else None
