"""Scripts as they are run: with the sloppy mode written into them, which takes long, so it is kept.

What a script was compiled to is stored beside it, under a mark that says from what and by what it
was made. Where there is none, or an older one, the script is compiled again, and kept in memory.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rc_integrations_plugin.scripting.protocol import Script

KEPT_CHARACTERS = 8 * 1024 * 1024
_REWRITER = Path(__file__).parent / "javascript" / "libraries" / "rewriter"
_START, _END = "/*compiled ", "*/"


@dataclass(frozen=True)
class Compiled:
    """A script as it is run: lines are those of the script, columns may differ."""

    code: str
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else the engine must know: which globals to declare, where columns went."""


def mark_of(source: str, *, skip_transpile: bool) -> str:
    """Return what tells compilations apart: by the script, its mode, and who compiled it."""
    digest = hashlib.sha256(f"{_rewriter()}\0{skip_transpile}\0".encode())
    digest.update(source.encode(errors="surrogatepass"))
    return digest.hexdigest()[:32]


@cache
def _rewriter() -> str:
    """Return what changes whenever the same script would be compiled to something else."""
    return _REWRITER.read_text(encoding="ascii")


def write_compiled(compiled: Compiled, mark: str) -> str:
    """Return the text that is stored: a comment in front of the code."""
    # Names, numbers and truth values: nothing in the JSON can end the comment.
    return f"{_START}{mark} {json.dumps(compiled.notes)}{_END}{compiled.code}"


def read_compiled(text: str, mark: str) -> Compiled | None:
    """Return what was stored under this mark; None if it is something else, or nothing."""
    head, end, code = text.partition(_END)
    start = f"{_START}{mark} "
    if not end or not head.startswith(start):
        return None
    try:
        notes = json.loads(head.removeprefix(start))
    except ValueError:
        return None
    return Compiled(code, notes) if isinstance(notes, dict) else None


class CompiledScripts:
    """Remembers what was compiled in this process, up to a size; the least recently used go."""

    def __init__(self, *, most_characters: int = KEPT_CHARACTERS) -> None:
        self._room = most_characters
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Compiled] = OrderedDict()

    def find(self, script: Script) -> Compiled | None:
        """Return what is stored beside a script or was remembered."""
        if script.skip_transpile:
            return Compiled(script.source)
        mark = mark_of(script.source, skip_transpile=False)
        stored = read_compiled(script.compiled, mark)
        if stored is not None:
            return stored
        with self._lock:
            found = self._kept.get(mark)
            if found is not None:
                self._kept.move_to_end(mark)
            return found

    def keep(self, source: str, compiled: Compiled) -> None:
        """Remember what a script was compiled to that is not run as it is."""
        mark = mark_of(source, skip_transpile=False)
        with self._lock:
            before = self._kept.pop(mark, None)
            self._room += len(before.code) if before else 0
            self._kept[mark] = compiled
            self._room -= len(compiled.code)
            while self._room < 0:
                _, oldest = self._kept.popitem(last=False)
                self._room += len(oldest.code)
