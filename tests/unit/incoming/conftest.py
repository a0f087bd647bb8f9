"""A chat server with hooks."""

import pytest
from flask import Flask

from tests.hooks import stage

__all__ = ["stage"]


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
