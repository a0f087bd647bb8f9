from types import MappingProxyType
from typing import Any

import pytest

from rc_integrations_plugin.storage.json_text import (
    from_json,
    from_json_or_none,
    to_json,
    to_json_or_none,
)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "Ünïcode \N{ROCKET}",
        "\x00",
        "\ud800",
        {"\x00": ["\udfff\ud800", 1, 2.5, None, {"deep": []}]},
    ],
    ids=ascii,
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert from_json(to_json(value)) == value


def test_no_character_is_left_that_a_database_refuses() -> None:
    written = to_json({"\x00": "\ud800\udfff\x00"})

    assert written.isascii()
    assert "\x00" not in written


def test_any_mapping_and_any_tuple_can_be_written() -> None:
    value = MappingProxyType({"a": (MappingProxyType({"b": 1}), "\ud800")})

    assert from_json(to_json(value)) == {"a": [{"b": 1}, "\ud800"]}


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object is not JSON"):
        to_json({"a": object()})


def test_numbers_beyond_64_bits_can_be_written() -> None:
    assert from_json(to_json([10**30])) == pytest.approx([10**30])


def test_none_may_mean_nothing() -> None:
    assert to_json_or_none(None) is None
    assert from_json_or_none(None) is None
    assert from_json_or_none(to_json_or_none({"a": 1})) == {"a": 1}
