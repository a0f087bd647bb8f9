"""How long modules and functions may be (style: aim at 250 and 25 lines, split at 400 and 40)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
USUAL_MODULE = 250
"""Nine in ten modules are shorter."""
USUAL_FUNCTION = 25
"""Nine in ten functions are shorter."""
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager"}


def modules() -> list[Path]:
    """Return our Python files."""
    return sorted(
        path
        for folder in ("rc_integrations_plugin", "host_stub")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    )


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function's name and how many lines it has, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                docstring = node.body[0]
                lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
            yield node.name, lines


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    too_long = {name: lines for name, lines in functions(path) if lines > LONGEST_FUNCTION}
    assert too_long == {}


def test_most_modules_are_much_shorter() -> None:
    lengths = [len(path.read_text().splitlines()) for path in modules()]

    assert sum(length <= USUAL_MODULE for length in lengths) >= 0.9 * len(lengths)


def test_most_functions_are_much_shorter() -> None:
    lengths = [lines for path in modules() for _, lines in functions(path)]

    assert sum(length <= USUAL_FUNCTION for length in lengths) >= 0.9 * len(lengths)


def test_no_module_is_named_for_nothing() -> None:
    assert [path for path in modules() if path.stem in FORBIDDEN_NAMES] == []


def test_a_package_s_first_file_holds_a_docstring_at_most() -> None:
    full = []
    for path in modules():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text()).body
            if any(not isinstance(node, ast.Expr) for node in body):
                full.append(path)

    # `rc_integrations_plugin.testing` is imported by other projects, from one place
    assert [path for path in full if path.parent.name != "testing"] == []
