"""What is bundled for the script editor of the pages: CodeMirror, and the files in `src`."""

import shutil
from pathlib import Path

from rc_integrations_plugin.npm_bundles import Bundling

HERE = Path(__file__).parent
BUNDLE = HERE.parent / "static" / "built" / "editor.js"


def _collect(workplace: Path) -> None:
    shutil.copy(workplace / BUNDLE.name, BUNDLE)


EDITOR = Bundling(
    what="The script editor",
    home=HERE,
    builder=Path(__file__),
    made=(BUNDLE,),
    collect=_collect,
)
"""It is in `admin/static/built/`, which pages may load from."""
