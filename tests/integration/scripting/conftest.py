"""A runner with real processes."""

from tests.script_fixtures import http, local_runner, runner

__all__ = ["http", "local_runner", "runner"]
