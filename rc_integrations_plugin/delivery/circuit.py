"""A receiver that fails for long is left alone for a while. Rules only: time is passed in.

The circuit of an integration is closed while calls go out, open while they wait, and half open when
one call, the probe, may find out whether the receiver is back. Calls that wait use up no retry.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class CircuitState(StrEnum):
    """What an integration's calls may do now."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    """One of them may go out; the others wait for what becomes of it."""


@dataclass(frozen=True, kw_only=True)
class CircuitPolicy:
    """How much failing opens a circuit, and how much more ends in switching off."""

    failures: int = 10
    """So many calls in a row must fail ..."""
    failing_for: timedelta = timedelta(minutes=1)
    """... and over at least this long: many calls in one bad second are no bad receiver."""
    open_for: timedelta = timedelta(minutes=1)
    """The first time; each further opening lasts twice as long."""
    longest_open: timedelta = timedelta(hours=1)
    openings: int = 10
    """So many without a success between them, and the integration is switched off."""


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """What is remembered of an integration's last calls."""

    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    openings: int = 0
    """Since the last success."""
    open_until: datetime | None = None
    """Set from the first opening until a success."""
    probe_until: datetime | None = None
    """Somebody makes the probe; after this he is taken for lost."""


CLOSED = Circuit()
"""Also what a success leaves: all is forgotten."""


def state_of(circuit: Circuit, *, now: datetime) -> CircuitState:
    """Return what calls may do now."""
    if circuit.open_until is None:
        return CircuitState.CLOSED
    return CircuitState.OPEN if wait_of(circuit, now=now) else CircuitState.HALF_OPEN


def wait_of(circuit: Circuit, *, now: datetime) -> timedelta:
    """Return how long a call must wait until it may ask again; zero if it may go out."""
    if circuit.open_until is None:
        return timedelta(0)
    until = max(circuit.open_until, circuit.probe_until or circuit.open_until)
    return max(until - now, timedelta(0))


def after_failure(circuit: Circuit, policy: CircuitPolicy, *, now: datetime) -> Circuit:
    """Return the circuit after a call failed."""
    failed = replace(
        circuit, failures=circuit.failures + 1, failing_since=circuit.failing_since or now
    )
    match state_of(circuit, now=now), circuit.probe_until:
        case (CircuitState.CLOSED, _) if not _is_failing(failed, policy, now=now):
            return failed
        case CircuitState.OPEN, None:
            # it was under way when the circuit opened: no news
            return failed
    return replace(
        failed,
        openings=failed.openings + 1,
        open_until=now + _open_for(policy, failed.openings),
        probe_until=None,
    )


def is_hopeless(circuit: Circuit, policy: CircuitPolicy) -> bool:
    """Return whether the integration is to be switched off."""
    return circuit.openings >= policy.openings


def _is_failing(circuit: Circuit, policy: CircuitPolicy, *, now: datetime) -> bool:
    since = circuit.failing_since or now
    return circuit.failures >= policy.failures and now - since >= policy.failing_for


def _open_for(policy: CircuitPolicy, openings: int) -> timedelta:
    return min(policy.open_for * (1 << min(openings, 30)), policy.longest_open)
