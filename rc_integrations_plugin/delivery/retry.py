"""When a failed call is made again. Rules only: time and chance are passed in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from werkzeug.http import parse_date

_SECONDS = re.compile(r"\d{1,12}(\.\d*)?", re.ASCII)
_MOST_JITTER = 0.1


class RetryDelay(StrEnum):
    """Rocket.Chat's names of the three formulas, in which n is 0 before the first retry."""

    POWERS_OF_TEN = "powers-of-ten"
    """10 ^ (n + 2) milliseconds: 0.1 s, 1 s, 10 s ..."""
    POWERS_OF_TWO = "powers-of-two"
    """2 ^ (n + 1) seconds: 2 s, 4 s, 8 s ..."""
    INCREMENTS_OF_TWO = "increments-of-two"
    """(n + 1) * 2 seconds: 2 s, 4 s, 6 s ..."""


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often and how late."""

    retries: int
    """After the first call; 0 for none."""
    delay: RetryDelay
    longest_delay: timedelta = timedelta(days=30)
    """Formulas that grow faster stop growing here: the history is not kept longer either."""
    longest_wish: timedelta = timedelta(days=1)
    """How far a receiver's Retry-After may put the next call off."""


def next_delay(
    policy: RetryPolicy, *, attempt: int, wish: timedelta | None = None, chance: float = 0.0
) -> timedelta | None:
    """Return how long to wait after a failed attempt, or None to stop.

    Args:
        policy: the integration's.
        attempt: 0 for the first call, 1 for the first retry.
        wish: what the receiver asks for by Retry-After; it makes the wait longer, never shorter.
        chance: from 0 to 1; calls that failed together come back up to a tenth later, each at
            another time, and none too early.
    """
    if attempt >= policy.retries:
        return None
    wait = _wait(policy, attempt)
    if wish is not None:
        wait = max(wait, min(wish, policy.longest_wish))
    return wait * (1 + _MOST_JITTER * chance)


def read_retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for: seconds, or a date; None for anything else."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return timedelta(seconds=float(value))
    try:
        moment = parse_date(value)
        return None if moment is None else max(moment.astimezone(UTC) - now, timedelta(0))
    except OverflowError:  # a zone that leads beyond the first or the last year
        return None


def _wait(policy: RetryPolicy, attempt: int) -> timedelta:
    # more is no time that could be waited for, nor one that a timedelta could hold
    attempt = min(attempt, 10**6)
    match policy.delay:
        case RetryDelay.POWERS_OF_TEN:
            milliseconds = 10 ** min(attempt + 2, 15)
        case RetryDelay.POWERS_OF_TWO:
            milliseconds = 2 ** min(attempt + 1, 40) * 1000
        case RetryDelay.INCREMENTS_OF_TWO:
            milliseconds = (attempt + 1) * 2 * 1000
    return min(timedelta(milliseconds=milliseconds), policy.longest_delay)
