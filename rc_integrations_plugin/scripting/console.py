"""What a script wrote to its console in one call, up to a limit."""

import json


class ConsoleLines:
    """The lines of a call: those that are too many are left out, and a line says so."""

    def __init__(self, most_lines: int, most_bytes: int) -> None:
        self._most_lines, self._most_bytes = most_lines, most_bytes
        self.clear()

    def clear(self) -> None:
        """Begin another call."""
        self._lines: list[dict[str, str]] = []
        self._bytes = 0
        self._is_full = False

    def add(self, level: str, text: str) -> None:
        """Note a line; the last that has room becomes the one that says that there were more."""
        if self._is_full:
            return
        room = self._most_bytes - self._bytes
        if len(self._lines) == self._most_lines - 1 or len(text) > room:
            self._is_full = True
            limits = f"{self._most_lines} lines or {self._most_bytes} bytes"
            level, text = "warn", f"{text[:room]}... (more than {limits}: the rest is left out)"
        self._bytes += len(text)
        self._lines.append({"level": level, "text": text})

    def as_json(self) -> bytes:
        """Return the lines as a JSON array."""
        return json.dumps(self._lines).encode() if self._lines else b"[]"
