"""A chat server and its command line."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from rc_integrations_plugin.services import EXTENSION, Services
from tests.callers import Server
from tests.databases import restore_server
from tests.fakes import RecordingWakeUp


@dataclass
class Console:
    """Runs `flask integrations ...`."""

    app: Flask

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        return self.app.test_cli_runner().invoke(args=["integrations", *arguments], input=stdin)

    def ok(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command that must go well, and return what it printed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def fails(self, status: int, *arguments: str, stdin: str | None = None) -> str:
        """Run a command that must end with a status, and return what it told on stderr."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == status, result.output
        return result.stderr


@pytest.fixture
def app(shared_app: Flask, wake_up: RecordingWakeUp) -> Iterator[Flask]:
    services: Services = shared_app.extensions[EXTENSION]
    shared_app.extensions[EXTENSION] = dataclasses.replace(services, wake_up=wake_up)
    yield shared_app
    shared_app.extensions[EXTENSION] = services


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


@pytest.fixture
def console(server: Server) -> Console:
    return Console(server.app)
