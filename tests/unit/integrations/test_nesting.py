"""How deeply JSON data is nested, and where."""

from time import process_time
from typing import Any

import pytest

from rc_integrations_plugin.integrations.nesting import is_deeper, path_below


@pytest.mark.parametrize(
    ("value", "levels", "deeper"),
    [
        (1, 0, False),
        ("[[", 0, False),
        ([], 0, True),
        ([], 1, False),
        ([1, "x"], 1, False),
        ([[]], 1, True),
        ([1, [2], 3], 2, False),
        ({"a": [{}]}, 2, True),
        ({"a": [{}]}, 3, False),
        ([[]] * 1000, 2, False),
    ],
)
def test_depth_is_counted_in_levels(value: Any, levels: int, *, deeper: bool) -> None:
    assert is_deeper(value, levels) is deeper


@pytest.mark.parametrize(
    ("value", "levels", "path"),
    [
        ([], 0, "result"),
        ({"a": 1, "b": [1, {}]}, 2, "result.b[1]"),
        ({"a": [], "b-c": {"$d_1": {}}}, 2, 'result["b-c"].$d_1'),
        ({"1": {"ä": []}}, 2, 'result["1"]["ä"]'),
    ],
)
def test_the_first_part_that_is_too_deep_is_named(value: Any, levels: int, path: str) -> None:
    assert is_deeper(value, levels)
    assert path_below(value, levels, name="result") == path


def test_each_part_is_looked_at_once() -> None:
    value: Any = [[]]
    for _ in range(99):
        value = [*({"a": 0} for _ in range(1000)), value]
    started = process_time()

    path = path_below(value, 100, name="result")

    assert path == "result" + "[1000]" * 99 + "[0]"
    # a tenth of a second; it was three seconds as long as each level looked at all below
    assert process_time() - started < 1
