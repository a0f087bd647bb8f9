"""The data folder of a demo: who uses it, what is in it, what the demo remembers."""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from host_stub.demo.errors import CannotStart

LOCK = "host-stub-demo.lock"
MEMORY = "demo.json"
CONFIG = "config.json"
_FRESH = "fresh.json"
_SOCKET = "redis.sock"
_MADE_BY_US = (
    MEMORY,
    CONFIG,
    _FRESH,
    "chat.db",
    "chat.db-wal",
    "chat.db-shm",
    "chat.db-journal",
    "uploads",
    "redis",
    "logs",
    _SOCKET,
)
# sun_path holds 108 bytes on Linux and 104 on macOS, with a NUL at the end
_SOCKET_PATH_BYTES = 103


@dataclass
class Hook:
    """An incoming integration of the demo."""

    integration_id: str
    token: str


@dataclass
class Receiver:
    """What the receiver of the demo's outgoing integrations and these know of each other."""

    port: int = 0
    token: str = ""
    signing_secret: str = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Memory:
    """What survives from one start to the next and is in no database that we can read it from."""

    admin_password: str = ""
    hooks: dict[str, Hook] = field(default_factory=dict)
    outgoing: dict[str, str] = field(default_factory=dict)
    """Ids of the outgoing integrations, by their keys."""
    receiver: Receiver = field(default_factory=Receiver)


@dataclass(frozen=True)
class DataFolder:
    """A folder that is ours and that no other demo uses now."""

    path: Path
    lock: int
    """Descriptor of the locked file: the folder is in use as long as one process holds it."""

    @property
    def logs(self) -> Path:
        """Where the servers log to."""
        return self.path / "logs"

    @property
    def redis(self) -> Path:
        """Where Redis keeps its append-only file."""
        return self.path / "redis"

    def read_memory(self) -> Memory:
        """Return what the last start left.

        Raises:
            CannotStart: it cannot be read.
        """
        file = self.path / MEMORY
        try:
            kept = json.loads(file.read_bytes())
            return Memory(
                admin_password=kept["admin_password"],
                hooks={name: Hook(**hook) for name, hook in kept["hooks"].items()},
                # older demos had none
                outgoing=dict(kept.get("outgoing", {})),
                receiver=Receiver(**kept.get("receiver", {})),
            )
        except FileNotFoundError:
            return Memory()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotStart(f"{file} cannot be read; --reset makes everything new") from error

    def write_memory(self, memory: Memory) -> None:
        """Keep what the next start needs, readable for nobody else."""
        self._write_private(MEMORY, asdict(memory))

    def write_config(self, config: dict[str, Any]) -> Path:
        """Write the file from which the servers are configured and return its path."""
        return self._write_private(CONFIG, config)

    def _write_private(self, name: str, content: dict[str, Any]) -> Path:
        fresh = self.path / _FRESH
        fresh.unlink(missing_ok=True)
        with open(fresh, "x", opener=_open_private) as file:
            json.dump(content, file, indent=1)
        return fresh.replace(self.path / name)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def open_folder(path: Path, *, reset: bool) -> Iterator[DataFolder]:
    """Make the folder if it is missing and keep others out of it.

    Args:
        path: where it is.
        reset: delete what an earlier demo made in it.

    Raises:
        CannotStart: it is not a folder, not ours, not writable, or in use.
    """
    path = path.absolute()
    try:
        lock = _lock(path)
    except BlockingIOError as error:
        raise CannotStart(f"Another demo is running on {path}") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotStart(f"{path} is not a folder") from error
    except OSError as error:
        raise CannotStart(f"Cannot write into {path}: {error.strerror}") from error
    try:
        if reset:
            _wipe(path)
        folder = DataFolder(path, lock)
        folder.logs.mkdir(exist_ok=True)
        folder.redis.mkdir(exist_ok=True)
        yield folder
    finally:
        os.close(lock)


def _lock(path: Path) -> int:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (path / LOCK).exists() and any(path.iterdir()):
        raise CannotStart(f"{path} holds other things: give a new or empty folder with --data")
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def _wipe(path: Path) -> None:
    for name in _MADE_BY_US:
        made = path / name
        if made.is_dir() and not made.is_symlink():
            shutil.rmtree(made)
        else:
            made.unlink(missing_ok=True)


@contextlib.contextmanager
def short_socket_path(folder: DataFolder) -> Iterator[tuple[Path, Path | None]]:
    """Give a path for Redis's socket, and the temporary folder it is in, if there is one.

    The socket lies in the data folder, unless that path is longer than an address may be.
    """
    socket = folder.path / _SOCKET
    if len(os.fsencode(socket)) <= _SOCKET_PATH_BYTES:
        yield socket, None
        return
    scratch = Path(tempfile.mkdtemp(prefix="host-stub-", dir="/tmp"))
    try:
        yield scratch / _SOCKET, scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
