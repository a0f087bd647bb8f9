"""Compiled routes, kept for the next server: to compile them is most of what making one takes."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.routing import Rule


def keep_compiled_routes(patch: pytest.MonkeyPatch) -> None:
    """Let Werkzeug compile how a rule's address is built once, as long as `patch` holds.

    What it compiles depends on nothing but the rule's text: converters come from the rule at hand.
    """
    compile_builder = Rule._compile_builder
    kept: dict[Any, Callable[..., tuple[str, str]]] = {}

    def builder(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 Werkzeug's
        if self.defaults:
            return compile_builder(self, append_unknown)
        key = self.rule, tuple(self._trace), append_unknown
        if key not in kept:
            kept[key] = compile_builder(self, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", builder)
