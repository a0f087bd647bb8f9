"""A chat server with hooks."""

from tests.hooks import stage

__all__ = ["stage"]
