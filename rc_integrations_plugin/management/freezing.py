"""Scripts that nobody may change, in Rocket.Chat's way: what is saved with `frozen`."""

import dataclasses
from typing import TypeVar

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.settings import ScriptsAllowed, Settings

_CODE = "integration-scripts-disabled"
_Integration = TypeVar("_Integration", IncomingIntegration, OutgoingIntegration)


def is_frozen(settings: Settings) -> bool:
    """Return whether stored scripts run and none may be changed."""
    return settings.scripts is ScriptsAllowed.FROZEN


def check_new_script(settings: Settings, source: str | None) -> None:
    """Do nothing if an integration may be made with this script.

    Raises:
        ApiError: it may not.
    """
    if is_frozen(settings) and _trimmed(source):
        raise _refusal()


def keep_script(settings: Settings, old: _Integration, wanted: _Integration) -> _Integration:
    """Return a changed integration, with the script of the old one where scripts are frozen.

    Raises:
        ApiError: another script is wanted.
    """
    if not is_frozen(settings):
        return wanted
    if _trimmed(wanted.script) != _trimmed(old.script):
        raise _refusal()
    if _trimmed(old.script) and wanted.script_engine != old.script_engine:
        raise _refusal()
    return dataclasses.replace(
        wanted,
        script=old.script,
        script_enabled=old.script_enabled,
        script_engine=old.script_engine,
        skip_transpile=old.skip_transpile,
    )


def _trimmed(source: str | None) -> str:
    return (source or "").strip()


def _refusal() -> ApiError:
    return ApiError("Scripts cannot be changed on this server", code=_CODE)
