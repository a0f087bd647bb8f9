"""Tests of scripts that live with an integration: a sample call, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rc_integrations_plugin.integrations.records import Editor


@dataclass(frozen=True, kw_only=True)
class ScriptTest:
    """One test."""

    id: str
    integration_id: str
    created_at: datetime
    """When it was made, or last changed."""
    created_by: Editor
    name: str
    """No other test of the integration has it."""
    sample: Mapping[str, Any] = field(repr=False)
    """With the keys of docs/script-tests.md: `request` or `argument`, `expected`, and so on."""
