"""What is bundled for scripts: the world that they find, and the checker that reads them before.

Both hold packages from npm, and the files in `src`.
"""

import hashlib
import shutil
from pathlib import Path

from rc_integrations_plugin.npm_bundles import Bundling

HERE = Path(__file__).parent
_FOLDER = HERE / "libraries"
BUNDLES = (_FOLDER / "world.js", _FOLDER / "checker.js")
REWRITER = _FOLDER / "rewriter"
"""A hash of all that rewrites scripts: what it made of them may be kept as long as that is so."""


def _collect(workplace: Path) -> None:
    for bundle in BUNDLES:
        shutil.copy(workplace / bundle.name, bundle)
    rewriter = (workplace / "rewriter.js").read_bytes()
    REWRITER.write_text(hashlib.sha256(rewriter).hexdigest())


LIBRARIES = Bundling(
    what="The script libraries",
    home=HERE,
    builder=Path(__file__),
    made=(*BUNDLES, REWRITER),
    collect=_collect,
)
