"""Waking workers up, without saying how."""

from datetime import datetime
from typing import Protocol


class WakeUp(Protocol):
    """Tells workers that there is something to deliver.

    Nothing depends on it but how soon that happens: workers also look by themselves now and then.
    """

    def ring(self) -> None:
        """Wake a worker now; called after the commit, returns at once, raises nothing."""

    def ring_at(self, moment: datetime) -> None:
        """Wake a worker at this time, or soon after it."""

    def close(self) -> None:
        """Let go of what it holds."""
