"""Schemathesis calls the running server in right and wrong ways, with all of its checks.

No 5xx, no status, field or media type that is not described, nothing wrong accepted and nothing
right refused, nothing without log-in. Longer runs by hand: `tests/fuzzing/run.py`.
"""

from pathlib import Path

import pytest
from flask import Flask

from tests.callers import Server
from tests.fuzzing.stage import build_stage, fuzz, holder, serve

pytestmark = pytest.mark.integration


def test_the_running_server_is_as_it_is_described(app: Flask, tmp_path: Path) -> None:
    server = Server(app)
    server.fill()
    stage = build_stage(server, holder(server))
    few = ["--phases", "examples,fuzzing", "--max-examples", "4", "--no-shrink"]
    # the old form of hooks' URLs leads to the same views
    few += ["--exclude-operation-id-regex", "WithUserId$"]

    with serve(app.config["SQLALCHEMY_DATABASE_URI"], log=tmp_path / "log") as url:
        done = fuzz(url, stage, *few, "--generation-deterministic", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 31" in done.stdout
