"""How often a hook may be called, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a budget after one more call."""

    granted: bool
    first_refusal: bool
    """Whether this is the first call of its window that was too many."""
    limit: int
    remaining: int
    reset_at: float
    """When the next window begins, in seconds since 1970."""
