"""A runner with real processes."""

from tests.script_fixtures import http, runner

__all__ = ["http", "runner"]
