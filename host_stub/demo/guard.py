"""The process that ends all others of a demo when its launcher is gone, even by SIGKILL.

It leads the process group that the servers run in, and waits on a pipe whose other end only the
launcher holds: when that end closes, the launcher is dead. Run as a file of its own; it imports
nothing of the package.
"""

import os
import select
import shutil
import signal
import sys

GRACE_SECONDS = 1.5


def main(scratch: str) -> None:
    """Wait for the launcher's end, then end the group.

    Args:
        scratch: a folder to delete with it; empty for none.
    """
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.read(sys.stdin.fileno(), 1)
    os.killpg(0, signal.SIGTERM)
    select.select([], [], [], GRACE_SECONDS)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
