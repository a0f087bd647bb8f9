"""One server for many tests: to make a server takes longer than most tests run."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from rc_integrations_plugin.services import EXTENSION, Services
from tests.databases import restore
from tests.fakes import ScriptedRunner


@pytest.fixture(scope="session")
def shared_server(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[tuple[Flask, Path]]:
    """A server with default settings, and the file of its database."""
    from host_stub.app import create_app  # noqa: PLC0415 tests of rules need no server

    path = tmp_path_factory.mktemp("shared") / "chat.db"
    path.write_bytes(empty_database.read_bytes())
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"})
    services: Services = app.extensions[EXTENSION]
    yield app, path
    services.scripts.close()
    services.sender.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def shared_app(
    shared_server: tuple[Flask, Path], empty_database: Path, scripted: ScriptedRunner
) -> Iterator[Flask]:
    """The shared server, with nothing in its database and `scripted` for its scripts."""
    app, path = shared_server
    restore(path, empty_database)
    services: Services = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = dataclasses.replace(services, scripts=scripted)
    yield app
    app.extensions[EXTENSION] = services
