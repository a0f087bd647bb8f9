"""What other projects test with: a bench for scripts, and the conformance kit for chat servers.

The kit needs the extra `testing` (pytest); the bench needs nothing more.
"""

from typing import TYPE_CHECKING, Any

from rc_integrations_plugin.scripting.bench import ScriptReport, run_script

if TYPE_CHECKING:
    from rc_integrations_plugin.testing.conformance import CHECKS, HostConformance
    from rc_integrations_plugin.testing.world import Feature, Unsupported, World

__all__ = [
    "CHECKS",
    "Feature",
    "HostConformance",
    "ScriptReport",
    "Unsupported",
    "World",
    "run_script",
]


def __getattr__(name: str) -> Any:
    """Import the kit when it is first asked for, since it needs pytest."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Imported here, lest who tries scripts out need pytest.
    from rc_integrations_plugin.testing import conformance, world  # noqa: PLC0415

    return getattr(conformance if hasattr(conformance, name) else world, name)
