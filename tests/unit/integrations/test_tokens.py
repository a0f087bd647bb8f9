from rc_integrations_plugin.integrations.tokens import ALPHABET, new_id, new_token, same_token


def test_ids_and_tokens_look_like_rocket_chats() -> None:
    identifier, token = new_id(), new_token()

    assert (len(identifier), len(token)) == (17, 48)
    assert set(identifier + token) <= set(ALPHABET)


def test_no_two_are_alike() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000


def test_tokens_are_compared_as_a_whole() -> None:
    assert same_token("abc", "abc")
    assert not same_token("abc", "abd")
    assert not same_token("ab", "abc")
    assert not same_token("", "abc")
    assert not same_token("\ud800", "abc")
    assert same_token("tökén", "tökén")
