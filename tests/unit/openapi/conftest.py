"""The description, and a chat server that it should fit."""

from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.openapi.description import describe_api
from tests.callers import Caller, Server


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    return describe_api("")


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def server(app: Flask) -> Server:
    server = Server(app)
    server.fill()
    server.grant("message-impersonate", ["bot", "admin"])
    return server


@pytest.fixture
def admin(server: Server) -> Caller:
    return server.caller("admin")
