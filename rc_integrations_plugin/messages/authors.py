"""Who messages can be posted as, without asking the host each time."""

import threading
import time
from collections.abc import Callable

from rc_integrations_plugin.host.port import Host

_SECONDS = 5.0
_MOST_USERS = 10_000


class ActiveUsers:
    """Remembers for a few seconds that users are there and active, and nothing else of them."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, at_most: int = _MOST_USERS
    ) -> None:
        self._clock = clock
        self._at_most = at_most
        self._known_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def knows(self, user_id: str) -> bool:
        """Return whether the user was there and active a moment ago; False: ask `look_up`."""
        return self._clock() < self._known_until.get(user_id, 0.0)

    def look_up(self, host: Host, user_id: str) -> bool:
        """Return whether the user is there and active; many callers at once ask the host once."""
        with self._lock:
            if self.knows(user_id):
                return True
            user = host.find_user(user_id)
            if user is None or not user.is_active:
                # not remembered: who is let in again counts at once
                self._known_until.pop(user_id, None)
                return False
            if len(self._known_until) >= self._at_most:
                self._known_until.clear()
            self._known_until[user_id] = self._clock() + _SECONDS
            return True
