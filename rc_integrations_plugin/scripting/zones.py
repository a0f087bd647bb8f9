"""Time zones for scripts, read beforehand: their processes can open no file."""

import contextlib
import io
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

_SAME_AS_UTC = frozenset({"utc", "etc/utc", "etc/gmt", "gmt", "etc/uct", "uct", "zulu"})
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC).timestamp()
_LATEST = datetime(9999, 12, 30, tzinfo=UTC).timestamp()


class Zones:
    """All time zones that this machine, or the package `tzdata`, knows."""

    def __init__(self, *, rule: str) -> None:
        """Read the files of all zones.

        Args:
            rule: the scripts' own zone, as the variable TZ has it: `UTC0` or `:` and a file.
        """
        self._files = _read_files()
        self._zones: dict[str, ZoneInfo] = {}
        self.own = self._name_of(rule)

    def find(self, name: str) -> str | None:
        """Return how a zone is spelt, or None if there is none of this name."""
        key = name.lower()
        if key in _SAME_AS_UTC:
            return "UTC"
        known = self._files.get(key)
        return known[0] if known else None

    def offset_minutes(self, name: str, milliseconds: float) -> float:
        """Return how far a zone is ahead of UTC at a time; 0 if there is no such zone."""
        known = self._files.get(name.lower())
        if known is None or name == "UTC":
            return 0
        zone = self._zones.get(name)
        if zone is None:
            zone = self._zones[name] = ZoneInfo.from_file(io.BytesIO(known[1]), key=known[0])
        seconds = min(max(milliseconds / 1000, _EARLIEST), _LATEST)
        offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
        return offset.total_seconds() / 60 if offset else 0

    def _name_of(self, rule: str) -> str:
        parts = rule.removeprefix(":").split("/")
        names = ["/".join(parts[at:]) for at in range(len(parts))]
        return next((name for name in names if name and self.find(name)), "UTC")


def _read_files() -> dict[str, tuple[str, bytes]]:
    """Return the name and the content of each zone's file, by the name in lower case."""
    folders = _folders()
    files = {}
    for name in available_timezones():
        for folder in folders:
            file = folder.joinpath(*name.split("/"))
            if file.is_file():
                files[name.lower()] = (name, file.read_bytes())
                break
    return files


def _folders() -> list[Path | Traversable]:
    folders: list[Path | Traversable] = [Path(folder) for folder in TZPATH]
    # The package is only needed where the machine has no files of its own.
    with contextlib.suppress(ModuleNotFoundError):
        folders.append(resources.files("tzdata") / "zoneinfo")
    return folders
