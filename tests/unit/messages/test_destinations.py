import pytest

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.messages.destinations import destinations_of
from rc_integrations_plugin.messages.payload import Defaults, Payload


def asking_for(*channels: str) -> Payload:
    draft = MessageDraft(text="hi", integration_id="i1")
    return Payload(channels=channels, draft=draft, separate_response=False)


DEFAULTS = Defaults(channels=("#a", "@b", "#a"))


def test_without_a_wish_it_goes_where_the_integration_says_each_once() -> None:
    for allowed in (True, False):
        found = destinations_of(asking_for(), defaults=DEFAULTS, override_allowed=allowed)
        assert found == ("#a", "@b")


def test_a_wish_is_granted_where_the_integration_allows_it() -> None:
    found = destinations_of(asking_for("#x"), defaults=DEFAULTS, override_allowed=True)

    assert found == ("#x",)


def test_a_wish_is_refused_in_rocket_chats_words_where_it_does_not() -> None:
    with pytest.raises(PostRefused) as refused:
        destinations_of(asking_for("#a"), defaults=DEFAULTS, override_allowed=False)

    assert (
        refused.value.reason
        == refused.value.code
        == "overriding destination channel is disabled for this integration"
    )
    assert refused.value.status == 400


def test_nowhere_to_go_is_an_error() -> None:
    with pytest.raises(PostRefused) as refused:
        destinations_of(asking_for(), defaults=Defaults(), override_allowed=True)

    assert refused.value.code == "error-invalid-channel"
