from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rc_integrations_plugin.errors import EmptyMessage, IntegrationsError, InvalidRequest
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.messages.payload import Defaults, Payload, read_payload

DEFAULTS = Defaults(channels=("#general",), alias="CI", avatar="/ci.png", emoji=":robot:")


def read(_body: dict[str, Any] | None = None, **fields: Any) -> Payload:
    return read_payload({**(_body or {}), **fields}, defaults=Defaults(), integration_id="i1")


def refusal(**fields: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read(text="hi", **fields)
    return refused.value.reason


def test_the_plainest_body_is_a_message_with_the_usual_answers() -> None:
    assert read(text="hi") == Payload(
        channels=(),
        draft=MessageDraft(text="hi", integration_id="i1", parse_urls=True, groupable=False),
        separate_response=False,
    )


def test_the_integration_fills_in_what_the_body_leaves_out() -> None:
    draft = read_payload({"text": "hi"}, defaults=DEFAULTS, integration_id="i1").draft

    assert (draft.alias, draft.avatar, draft.emoji) == ("CI", "/ci.png", "")


def test_an_emoji_of_the_body_beats_the_integrations_avatar() -> None:
    body = {"text": "hi", "emoji": ":fire:"}

    draft = read_payload(body, defaults=DEFAULTS, integration_id="i1").draft

    assert (draft.avatar, draft.emoji) == ("", ":fire:")


@pytest.mark.parametrize(
    ("body", "alias", "avatar", "emoji"),
    [
        ({"username": "a", "alias": "b"}, "a", "", ""),
        ({"alias": "b"}, "b", "", ""),
        ({"username": "", "alias": "b"}, "b", "", ""),
        ({"icon_url": "http://x.test/1", "avatar": "/2"}, "", "http://x.test/1", ""),
        ({"avatar": "/2", "icon_emoji": ":a:"}, "", "/2", ""),
        ({"icon_emoji": ":a:", "emoji": ":b:"}, "", "", ":a:"),
        ({"emoji": ":b:"}, "", "", ":b:"),
        ({"username": None, "avatar": None, "emoji": None}, "", "", ""),
    ],
)
def test_slacks_names_come_first_and_picture_and_emoji_never_both(
    body: dict[str, Any], alias: str, avatar: str, emoji: str
) -> None:
    draft = read(body, text="hi").draft

    assert (draft.alias, draft.avatar, draft.emoji) == (alias, avatar, emoji)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": "  a  "}, "a"),
        ({"msg": "b"}, "b"),
        ({"text": "", "msg": "b"}, "b"),
        ({"text": "a", "msg": "b"}, "a"),
        ({"text": 5}, "5"),
        ({"text": 2.0}, "2"),
        ({"text": 1.5}, "1.5"),
        ({"text": True}, "true"),
        ({"text": "Title\r\nBody"}, "Title\r\nBody"),
    ],
)
def test_text_is_text_or_msg_as_rocket_chat_takes_it(body: dict[str, Any], text: str) -> None:
    assert read(body).draft.text == text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "   \n"},
        {"text": None},
        {"text": 0},
        {"text": False},
        {"attachments": None},
        {"attachments": []},
        {"attachments": {}},
        {"attachments": [{}]},
        {"attachments": [None]},
        {"attachments": [{"color": "good"}]},
        {"attachments": [{"title": None, "text": None, "ts": None}]},
        {"attachments": ["text", "color"]},
        {"attachments": "text"},
        {"blocks": None},
        {"blocks": []},
        {"blocks": [{"type": "divider"}]},
        {"username": "x", "unknown": "y"},
    ],
)
def test_a_message_with_nothing_to_show_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(EmptyMessage) as refused:
        read(body)

    assert (refused.value.code, refused.value.status) == ("error-message-empty", 400)


@pytest.mark.parametrize(
    ("body", "channels"),
    [
        ({"channel": "#a"}, ("#a",)),
        ({"channel": "#a, @b ,,c"}, ("#a", "@b", "c")),
        ({"channel": ["#a", " @b ", "", "#a"]}, ("#a", "@b")),
        ({"channel": ["x,y"]}, ("x,y",)),
        ({"roomId": "r1"}, ("r1",)),
        ({"roomId": ["r1", "r2"]}, ("r1", "r2")),
        ({"channel": "#a", "roomId": "r1"}, ("#a",)),
        ({"channel": "", "roomId": "r1"}, ("r1",)),
        ({"channel": ""}, ()),
        ({"channel": []}, ()),
        ({"channel": None}, ()),
    ],
)
def test_channels_are_one_or_several_each_once(
    body: dict[str, Any], channels: tuple[str, ...]
) -> None:
    assert read(body, text="hi").channels == channels


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"channel": 5}, "channel "),
        ({"channel": {"a": 1}}, "channel "),
        ({"channel": ["#a", 5]}, "channel[1] "),
        ({"channel": ",".join(f"#{n}" for n in range(200))}, "channel "),
        ({"channel": [f"#{n}" for n in range(200)]}, "channel "),
        ({"channel": "x" * 1000}, "channel "),
        ({"username": 5}, "username "),
        ({"username": "x" * 1000}, "username "),
        ({"alias": []}, "alias "),
        ({"emoji": {}}, "emoji "),
        ({"avatar": 1}, "avatar "),
        ({"tmid": 1}, "tmid "),
        ({"customFields": "x"}, "customFields "),
        ({"customFields": {"a": float("nan")}}, "customFields.a "),
        ({"customFields": {"a": 10**400}}, "customFields.a "),
        ({"parseUrls": "maybe"}, "parseUrls "),
        ({"groupable": 2}, "groupable "),
        ({"separateResponse": []}, "separateResponse "),
        ({"username": "a\0"}, "username "),
        ({"username": "\ud800"}, "username "),
    ],
)
def test_a_wrong_type_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], place: str
) -> None:
    assert refusal(**fields).startswith(place)


@pytest.mark.parametrize("text", [["a"], {"a": 1}, float("nan"), float("inf"), "\0", "a\udfff"])
def test_a_text_that_is_none_is_refused(text: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"^text "):
        read(text=text)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", " JavaScript:x", "data:image/png;x", "java\nscript:x", "\\\\x"]
)
def test_an_avatar_that_is_no_picture_address_is_refused(link: str) -> None:
    assert "Invalid href value provided: avatar" in refusal(avatar=link)


@pytest.mark.parametrize(
    ("meaning", "values"),
    [(True, [True, 1, "true", "1", "True"]), (False, [False, 0, "0", "", None])],
)
def test_switches_may_come_from_form_fields(*, meaning: bool, values: list[Any]) -> None:
    for value in values:
        payload = read(text="hi", groupable=value, separateResponse=value)
        assert payload.draft.groupable is meaning
        assert payload.separate_response is meaning


def test_addresses_are_looked_at_unless_there_are_attachments() -> None:
    assert read(text="hi").draft.parse_urls
    assert not read(text="hi", attachments=[{"text": "a"}]).draft.parse_urls
    assert read(text="hi", attachments=[{"text": "a"}], parseUrls=True).draft.parse_urls


def test_thread_and_custom_fields_are_kept() -> None:
    draft = read(text="hi", tmid="t1", customFields={"a": [1]}).draft

    assert (draft.thread_id, draft.custom_fields) == ("t1", {"a": [1]})


def test_blocks_are_the_text_only_where_there_is_none() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "from <!here> blocks"}}]

    assert read(blocks=blocks).draft.text == "from @here blocks"
    assert read(text="", blocks=blocks).draft.text == "from @here blocks"
    assert read(text="plain", blocks=blocks).draft.text == "plain"


def test_superrockets_form_fields_make_a_message() -> None:
    body = {
        "channel": "#general",
        "text": "proc died & gone",
        "username": "superrocket",
        "emoji": ":rocket:",
        "attachments": ["text", "color"],
    }

    payload = read(body)

    assert payload.draft.text == "proc died & gone"
    assert payload.draft.attachments == ()


def test_deep_and_wide_data_is_refused() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]

    assert "levels deep" in refusal(attachments=deep)
    assert "levels deep" in refusal(customFields={"a": deep})
    assert "values" in refusal(attachments=[{"x": list(range(20_000))}])
    assert "at most 100" in refusal(attachments=[{"text": "a"}] * 101)
    with pytest.raises(InvalidRequest, match="blocks"):
        read(blocks=deep)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    # small ones: drawing large values takes longer than reading them
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=8,
)
KEYS = """
    text msg username alias icon_url avatar emoji channel roomId attachments blocks tmid
    customFields parseUrls groupable separateResponse
"""
PART_KEYS = """
    text msg title color fields actions attachments blocks ts image_url title_link type value short
    url elements style fallback pretext footer accessory
"""
PART = st.dictionaries(st.sampled_from(PART_KEYS.split()), JSON, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(KEYS.split()), JSON, max_size=6)
    | st.fixed_dictionaries({"attachments": st.lists(PART, max_size=3)})
    | st.fixed_dictionaries({"blocks": st.lists(PART, max_size=3)})
)
def test_any_json_is_a_message_or_a_clear_refusal(body: dict[str, Any]) -> None:
    try:
        read_draft = read(body).draft
    except IntegrationsError as error:
        refused: IntegrationsError | None = error
    else:
        refused = None
        assert read_draft.text or read_draft.attachments

    assert refused is None or (refused.status == 400 and refused.reason)
