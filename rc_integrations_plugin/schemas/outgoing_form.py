"""An outgoing integration as somebody wants it, whichever way he says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rc_integrations_plugin.integrations.records import RetryOn

GENERATE = "generate"
"""In place of a signing secret: one shall be made."""


@dataclass(frozen=True, kw_only=True)
class OutgoingForm:
    """An outgoing integration as somebody wants it; None is what he did not say."""

    name: str
    enabled: bool
    script_enabled: bool
    channel: str | None = None
    integration_id: str | None = None
    target_url: str | None = None
    event: str | None = None
    username: str | None = None
    urls: tuple[str, ...] | None = None
    trigger_words: tuple[str, ...] | None = None
    trigger_word_anywhere: bool | None = None
    token: str | None = field(default=None, repr=False)
    target_room: str | None = None
    run_on_edits: bool | None = None
    impersonate_user: bool | None = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    retry_failed_calls: bool | None = None
    retry_count: float | None = None
    retry_delay: str | None = None
    retry_on: RetryOn | None = None
    timeout_seconds: float | None = None
    calls_at_once: float | None = None
    signing_secret: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    basic_auth: str | None = field(default=None, repr=False)
    script: str | None = None
    script_engine: str | None = None
    skip_transpile: bool | None = None
    force_script: bool | None = None
    """Only of an update: store a script that breaks its tests."""
    removed: frozenset[str] = frozenset()
    """Names of fields that shall have no value any more."""
