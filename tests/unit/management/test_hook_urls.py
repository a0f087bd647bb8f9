"""Where a hook is called, as pages, the API and commands tell it."""

from rc_integrations_plugin.management.tokens import hook_url
from tests.factories import make_incoming


def test_an_address_has_the_id_and_the_token_of_the_integration() -> None:
    hook = make_incoming(id="abc", token="s3cret")

    assert hook_url("https://chat.example", hook) == "https://chat.example/hooks/abc/s3cret"


def test_an_id_and_a_token_from_elsewhere_are_quoted() -> None:
    hook = make_incoming(id="a b/c", token="d?e")

    assert hook_url("", hook) == "/hooks/a%20b%2Fc/d%3Fe"


def test_what_stands_in_place_of_the_token_is_left_as_it_is() -> None:
    hook = make_incoming(id="abc", token="s3cret")

    assert hook_url("", hook, token="{token}") == "/hooks/abc/{token}"
