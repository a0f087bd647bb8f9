"""A chat server for the management API."""

from pathlib import Path

import pytest
from flask import Flask

from tests.callers import Caller, Server
from tests.databases import restore_server


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


@pytest.fixture
def admin(server: Server) -> Caller:
    """Holds all four permissions."""
    return server.caller("admin")


@pytest.fixture
def stranger(server: Server) -> Caller:
    """Logged in, without any permission for integrations."""
    return server.caller("bob")
