"""A long run by hand: `python -m tests.fuzzing.run owner --max-examples 500 --workers 2`.

The first word says who calls: `holder` may manage everything, `owner` only what he made. What
follows are options of `st run`.
"""

import sys
import tempfile
from pathlib import Path

from host_stub.app import create_app
from tests.callers import Server
from tests.fuzzing.stage import build_stage, fuzz, holder, owner, serve

_CALLERS = {"holder": holder, "owner": owner}


def main() -> int:
    """Run Schemathesis, show what it says, and return 0 if it found nothing."""
    who, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/chat.db"
        server = Server(create_app({"SQLALCHEMY_DATABASE_URI": database}))
        server.fill()
        stage = build_stage(server, _CALLERS[who](server))
        log = Path(folder) / "log"
        with serve(database, log=log) as url:
            done = fuzz(url, stage, *options, folder=Path(folder))
        sys.stdout.write(done.stdout + done.stderr + log.read_text())
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
