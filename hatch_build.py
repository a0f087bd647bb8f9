"""What the build backend runs: bundles JavaScript from npm for wheels and editable installations.

Each bundle is built by a module beside its sources; this one only calls them.
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
# The package is not installed yet; these modules need nothing that is not here.
sys.path.insert(0, str(ROOT))

from rc_integrations_plugin.admin.editor import build_editor  # noqa: E402
from rc_integrations_plugin.scripting.javascript import build_libraries  # noqa: E402


class BundlesBuildHook(build_libraries.LibrariesBuildHook):
    """Puts the script libraries and the script editor in place before a wheel is collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or was made from other sources."""
        super().initialize(version, build_data)
        build_data["artifacts"] += [
            path.relative_to(ROOT).as_posix() for path in build_editor.build_if_changed()
        ]
