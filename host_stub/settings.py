"""The server's settings, read once at start-up from `app.config`.

Each key is `HOST_STUB_` and the field's name in capitals. The database has its own key,
`SQLALCHEMY_DATABASE_URI`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

PREFIX = "HOST_STUB_"


@dataclass(frozen=True, kw_only=True)
class StubSettings:
    """All settings, each with its default."""

    data: str = "host_stub_data"
    """Folder of the SQLite file, where no `SQLALCHEMY_DATABASE_URI` is set."""
    site_url: str = "http://localhost:3000"
    message_size: int = 5000
    """How long a text may be, in UTF-16 code units."""
    upload_bytes: int = 10 * 1024 * 1024
    body_bytes: int = 1024 * 1024
    """How long the body of any other request may be."""
    password_hash: str = "scrypt:16384:8:1"  # noqa: S105 -- a method of werkzeug.security
    token_days: int = 90
    stream_listeners: int = 16
    """How many pages each server process tells of new messages as they come; others ask every few
    seconds. Each takes a thread: at most a quarter of them is a good number."""
    load_plugins: bool = True

    @classmethod
    def from_mapping(cls, config: Mapping[str, Any]) -> Self:
        """Return the settings that a Flask config holds.

        Raises:
            ValueError: a key with our prefix is unknown, or a value is not of its field's type.
        """
        wanted = {field.name: field.type for field in fields(cls)}
        given = {}
        for key, value in config.items():
            if not key.startswith(PREFIX):
                continue
            name = key.removeprefix(PREFIX).lower()
            if name not in wanted:
                raise ValueError(f"Unknown setting {key}")
            if type(value) is not wanted[name]:
                raise ValueError(f"{key} must be of type {getattr(wanted[name], '__name__', '')}")
            given[name] = value.rstrip("/") if name == "site_url" else value
        return cls(**given)
