"""What the build backend runs: bundles JavaScript from npm for wheels and editable installations.

What is bundled is told by a module beside its sources; this one only calls them.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
# The package is not installed yet; these modules need nothing that is not here.
sys.path.insert(0, str(ROOT))

from rc_integrations_plugin.admin.editor.build_editor import EDITOR  # noqa: E402
from rc_integrations_plugin.scripting.javascript.build_libraries import LIBRARIES  # noqa: E402


class BundlesBuildHook(BuildHookInterface[Any]):
    """Puts the script libraries and the script editor in place before a wheel is collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build what is missing or was made from other sources."""
        for bundling in (LIBRARIES, EDITOR):
            files = bundling.build_if_changed()
            build_data["artifacts"] += [path.relative_to(ROOT).as_posix() for path in files]
