"""A chat server for the management API."""

import pytest
from flask import Flask

from tests.callers import Caller, Server


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def server(app: Flask) -> Server:
    server = Server(app)
    server.fill()
    return server


@pytest.fixture
def admin(server: Server) -> Caller:
    """Holds all four permissions."""
    return server.caller("admin")


@pytest.fixture
def stranger(server: Server) -> Caller:
    """Logged in, without any permission for integrations."""
    return server.caller("bob")
