import pytest

from rc_integrations_plugin.integrations.text import is_storable, storable


@pytest.mark.parametrize("text", ["", "plain", "Ünïcode \N{ROCKET}", "\x01\x7f\uffff"])
def test_text_is_stored_as_it_is(text: str) -> None:
    assert is_storable(text)
    assert storable(text) == text


@pytest.mark.parametrize("text", ["a\x00b", "a\udfffb"])
def test_what_no_database_takes_is_replaced(text: str) -> None:
    assert not is_storable(text)
    assert storable(text) == "a\ufffdb"


def test_nothing_stays_nothing() -> None:
    assert storable(None) is None
