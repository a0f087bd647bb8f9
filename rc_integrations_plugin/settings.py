"""The plugin's settings, read once at start-up from the host's `app.config`.

Each key is `RC_INTEGRATIONS_` and the field's name in capitals; docs/settings.md explains them.
"""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from rc_integrations_plugin.errors import SettingsError

PREFIX = "RC_INTEGRATIONS_"
# The engine of scripts takes no more memory; deeper results could not be written down again.
_MOST = {"script_memory_mb": 112, "script_nesting": 180}

_LOGIN_URL = re.compile(r"(/(?![/\\\\])|https?://[^\s/]|$)")


class ScriptsAllowed(StrEnum):
    """What scripts may do on this server."""

    ON = "on"
    FROZEN = "frozen"
    """The stored ones run, and can't be changed."""
    OFF = "off"
    """None runs."""


class ScriptPlace(StrEnum):
    """Where the scripts of incoming integrations run."""

    WEB = "web"
    """Beside the web process."""
    RQ = "rq"
    """On workers, as jobs of RQ."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, each with its default."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    max_body_bytes: int = 1024 * 1024
    rate_limit_calls: int = 0
    rate_limit_seconds: int = 60
    auto_migrate: bool = True
    history_body_bytes: int = 32 * 1024
    history_days: int = 30
    history_rows: int = 1000
    audit_days: int = 365
    scripts: ScriptsAllowed = ScriptsAllowed.ON
    incoming_scripts: ScriptPlace = ScriptPlace.WEB
    script_wait_seconds: float = 5.0
    script_threads: int = 16
    script_call_seconds: float = 3.0
    script_processor_seconds: float = 3.0
    script_memory_mb: int = 64
    script_processes: int = 64
    script_idle_seconds: float = 600.0
    script_input_bytes: int = 4 * 1024 * 1024
    script_output_bytes: int = 1024 * 1024
    script_nesting: int = 100
    script_console_lines: int = 200
    script_console_bytes: int = 64 * 1024
    script_http_calls: int = 10
    script_http_seconds: float = 20.0
    script_trial_seconds: float = 20.0
    allowed_networks: tuple[str, ...] = ()
    http_timeout_seconds: float = 10.0
    response_max_bytes: int = 10 * 1024 * 1024
    follow_redirects: bool = True
    http_proxy_from_environment: bool = False
    ca_file: str = ""
    deliveries_at_once: int = 256
    calls_at_once: int = 32
    delivery_lease_seconds: float = 30.0
    delivery_sweep_seconds: float = 5.0
    own_messages: bool = False
    chain_depth: int = 5
    circuit_failures: int = 10
    circuit_failing_seconds: float = 60.0
    circuit_open_seconds: float = 60.0
    circuit_longest_open_seconds: float = 3600.0
    circuit_openings: int = 10
    base_template: str = ""
    login_url: str = ""

    @classmethod
    def from_mapping(cls, config: Mapping[str, Any]) -> Self:
        """Return the settings that a Flask config holds.

        Raises:
            SettingsError: a key with our prefix is unknown, or a value is not of its field's type.
        """
        known = {field.name: field for field in fields(cls)}
        given = {}
        for key, value in config.items():
            if not key.startswith(PREFIX):
                continue
            name = key.removeprefix(PREFIX).lower()
            if name not in known or key != key.upper():
                raise SettingsError(f"Unknown setting {key}; docs/settings.md lists all of them")
            given[name] = _checked(key, value, field=known[name])
        return cls(**given)


def _checked(key: str, value: Any, *, field: Field[Any]) -> Any:
    wanted: Any = field.type
    if wanted == tuple[str, ...]:
        return _checked_list(key, value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if issubclass(wanted, StrEnum):
        return _checked_choice(key, value, choices=wanted)
    if type(value) is not wanted:
        raise SettingsError(f"{key} must be of type {wanted.__name__}")
    if field.name == "login_url" and not _LOGIN_URL.match(value):
        raise SettingsError(f"{key} must be a path of this server, or an http(s) address")
    # 0 is meant only where it is the default: it switches something off
    if wanted in {int, float} and value <= 0 and (value, field.default) != (0, 0):
        raise SettingsError(f"{key} must be above 0")
    most = _MOST.get(field.name)
    if most is not None and value > most:
        raise SettingsError(f"{key} must be at most {most}")
    return value


def _checked_choice(key: str, value: Any, *, choices: type[StrEnum]) -> StrEnum:
    try:
        return choices(value)
    except ValueError:
        raise SettingsError(f"{key} must be one of {', '.join(choices)}") from None


def _checked_list(key: str, value: Any) -> tuple[str, ...]:
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(one, str) for one in entries):
        raise SettingsError(f"{key} must be a list of texts, or one text with commas")
    return tuple(one.strip() for one in entries if one.strip())
