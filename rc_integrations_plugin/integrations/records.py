"""Integrations as values: what the store gives and takes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IntegrationType(StrEnum):
    """Rocket.Chat's names of the two kinds."""

    INCOMING = "webhook-incoming"
    OUTGOING = "webhook-outgoing"


@dataclass(frozen=True)
class Editor:
    """Who made or changed an integration."""

    id: str
    username: str


@dataclass(frozen=True)
class ScriptError:
    """Why a saved script could not be compiled."""

    name: str
    message: str
    stack: str


@dataclass(frozen=True, kw_only=True)
class IncomingIntegration:
    """A hook that posts what outside services send."""

    id: str
    name: str
    enabled: bool
    username: str
    """As given when it was saved, for people; posting uses `user_id`."""
    user_id: str
    channels: tuple[str, ...]
    token: str
    created_at: datetime
    created_by: Editor
    updated_at: datetime
    updated_by: Editor | None = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    override_destination: bool = False
    allow_get: bool = False
    script_enabled: bool = False
    script: str | None = None
    script_compiled: str | None = None
    script_error: ScriptError | None = None
    script_engine: str = "isolated-vm"
    skip_transpile: bool = False
