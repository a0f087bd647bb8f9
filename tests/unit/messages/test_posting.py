from typing import Any

import pytest

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.host.port import Capability, MessageDraft
from rc_integrations_plugin.messages.posting import PostResult, post_all
from tests.unit.messages.memory_host import ANN, BOT, MemoryHost, MemoryUser, Refused


@pytest.fixture
def chat() -> MemoryHost:
    return MemoryHost()


def post(
    chat: MemoryHost, *channels: str, separate: bool = False, **fields: Any
) -> tuple[PostResult, ...]:
    draft = MessageDraft(**{"text": "hi", "integration_id": "i1", **fields})
    return post_all(chat, draft, channels, as_user=BOT, topic="CI", separate=separate)


def posted_rooms(chat: MemoryHost) -> list[str]:
    return [room_id for room_id, _ in chat.state.messages]


@pytest.mark.parametrize("channel", ["#general", "general", "r-general", "#r-general"])
def test_a_room_is_found_by_name_or_id_with_or_without_hash(chat: MemoryHost, channel: str) -> None:
    (result,) = post(chat, channel)

    assert (result.channel, result.error_code) == (channel, None)
    assert posted_rooms(chat) == ["r-general"]


@pytest.mark.parametrize("channel", ["@ann", "@u-ann", "u-ann"])
def test_a_person_gets_a_direct_message(chat: MemoryHost, channel: str) -> None:
    post(chat, channel)

    assert posted_rooms(chat) == ["d-u-bot-u-ann"]


@pytest.mark.parametrize("channel", ["ann", "#ann", "@general", "#", "@", "#nowhere", "nowhere"])
def test_a_channel_that_means_nothing_is_an_invalid_channel(chat: MemoryHost, channel: str) -> None:
    with pytest.raises(PostRefused) as refused:
        post(chat, channel)

    assert refused.value.code == "invalid-channel"


def test_ids_may_begin_with_the_signs_of_channels_and_users(chat: MemoryHost) -> None:
    chat.users.append(MemoryUser("@kim:example.org"))
    chat.add_room("#ops:example.org")
    chat.add_room("!x$y:example.org")

    post(chat, "@kim:example.org", "#ops:example.org", "!x$y:example.org")

    assert posted_rooms(chat) == [
        "d-u-bot-@kim:example.org",
        "#ops:example.org",
        "!x$y:example.org",
    ]


def test_two_rooms_of_one_name_are_an_error_and_nothing_is_posted(chat: MemoryHost) -> None:
    chat.add_room("r-other", "general")

    with pytest.raises(PostRefused, match="More than one") as refused:
        post(chat, "#general")

    assert refused.value.code == "error-ambiguous-channel"
    assert chat.state.messages == []


def test_two_users_of_one_name_are_an_error(chat: MemoryHost) -> None:
    chat.users.append(MemoryUser("u-ann2", "ann"))

    with pytest.raises(PostRefused) as refused:
        post(chat, "@ann")

    assert refused.value.code == "error-ambiguous-channel"


def test_an_id_wins_over_a_room_that_took_it_as_its_name(chat: MemoryHost) -> None:
    chat.add_room("r-mallory", "r-general")

    post(chat, "r-general")

    assert posted_rooms(chat) == ["r-general"]


def test_a_public_channel_is_joined(chat: MemoryHost) -> None:
    chat.add_room("r-alerts", "alerts", member=False)

    post(chat, "#alerts")

    assert posted_rooms(chat) == ["r-alerts"]
    assert (BOT.id, "r-alerts") in chat.state.members


def test_a_private_group_is_not_joined(chat: MemoryHost) -> None:
    chat.add_room("r-secret", "secret", "p", member=False)

    with pytest.raises(PostRefused) as refused:
        post(chat, "#secret")

    assert refused.value.code == "error-not-allowed"


def test_a_read_only_channel_stays_refused_for_a_member(chat: MemoryHost) -> None:
    chat.read_only.add("r-general")

    with pytest.raises(PostRefused):
        post(chat, "#general")

    assert chat.asked["is_member"] == 1
    assert posted_rooms(chat) == []


def test_one_refused_room_keeps_the_message_out_of_all(chat: MemoryHost) -> None:
    chat.add_room("r-alerts", "alerts", member=False)
    chat.add_room("r-secret", "secret", "p", member=False)

    with pytest.raises(PostRefused):
        post(chat, "#general", "#alerts", "@ann", "#secret")

    assert chat.state.messages == []
    assert (BOT.id, "r-alerts") not in chat.state.members
    assert [room.id for room in chat.state.rooms if room.kind == "d"] == []


def test_a_refusal_after_the_check_said_yes_undoes_all(chat: MemoryHost) -> None:
    chat.add_room("r-alerts", "alerts")
    chat.failing["r-alerts"] = Refused("error-archived", "Archived just now.")

    with pytest.raises(PostRefused, match="Archived just now") as refused:
        post(chat, "#general", "#alerts")

    assert refused.value.code == "error-archived"
    assert chat.state.messages == []


def test_an_unexpected_error_of_the_host_goes_up_and_undoes_all(chat: MemoryHost) -> None:
    chat.add_room("r-alerts", "alerts")
    chat.failing["r-alerts"] = OSError("disk")

    with pytest.raises(OSError, match="disk"):
        post(chat, "#general", "#alerts")

    assert chat.state.messages == []


def test_separate_rooms_each_have_their_result(chat: MemoryHost) -> None:
    chat.add_room("r-secret", "secret", "p", member=False)
    chat.add_room("r-alerts", "alerts")
    chat.failing["r-alerts"] = Refused("error-archived")

    results = post(chat, "#secret", "#general", "#nowhere", "#alerts", separate=True)

    assert [(result.channel, result.error_code) for result in results] == [
        ("#secret", "error-not-allowed"),
        ("#general", None),
        ("#nowhere", "invalid-channel"),
        ("#alerts", "error-archived"),
    ]
    assert posted_rooms(chat) == ["r-general"]


def test_two_names_of_one_room_get_one_message(chat: MemoryHost) -> None:
    results = post(chat, "#general", "r-general")

    assert posted_rooms(chat) == ["r-general"]
    assert [result.message.id if result.message else None for result in results] == ["m1", "m1"]


def test_two_names_of_one_room_get_one_message_also_when_rooms_are_separate(
    chat: MemoryHost,
) -> None:
    results = post(chat, "#general", "#nowhere", "r-general", separate=True)

    assert posted_rooms(chat) == ["r-general"]
    assert [result.message.id if result.message else None for result in results] == [
        "m1",
        None,
        "m1",
    ]
    assert [result.channel for result in results] == ["#general", "#nowhere", "r-general"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("#secret", "error-not-allowed"),
        ("#nowhere", "invalid-channel"),
        ("#twice", "error-ambiguous-channel"),
        ("#archived", "error-archived"),
    ],
)
def test_of_several_rooms_the_one_that_refuses_is_named(
    chat: MemoryHost, channel: str, code: str
) -> None:
    chat.add_room("r-secret", "secret", "p", member=False)
    chat.add_room("r-1", "twice")
    chat.add_room("r-2", "twice")
    chat.add_room("r-archived", "archived")
    chat.failing["r-archived"] = Refused("error-archived")

    with pytest.raises(PostRefused, match=f"^{channel}: ") as refused:
        post(chat, "#general", channel)

    assert (refused.value.code, refused.value.channel) == (code, channel)


@pytest.mark.parametrize("fields", [{"alias": "CI"}, {"avatar": "/a.png"}])
def test_another_name_or_picture_takes_a_permission(
    chat: MemoryHost, fields: dict[str, Any]
) -> None:
    chat.permissions.clear()

    with pytest.raises(PostRefused) as refused:
        post(chat, "#general", **fields)

    assert refused.value.code == "Not enough permission"


def test_an_emoji_takes_no_permission(chat: MemoryHost) -> None:
    chat.permissions.clear()

    post(chat, "#general", emoji=":ghost:")

    assert posted_rooms(chat) == ["r-general"]


@pytest.mark.parametrize(("text", "fits"), [("é" * 10, True), ("😀" * 5, True), ("😀" * 6, False)])
def test_size_is_counted_in_utf16_units(chat: MemoryHost, *, text: str, fits: bool) -> None:
    chat.message_size_limit = 10

    (result,) = post(chat, "#general", text=text, separate=True)

    assert result.error_code == (None if fits else "error-message-size-exceeded")


def test_a_usual_post_asks_the_host_little(chat: MemoryHost) -> None:
    post(chat, "#general", alias="CI")

    assert chat.asked == {"transaction": 1, "find_rooms": 1, "has_permission": 1}


def test_several_rooms_are_asked_before_one_gets_the_message(chat: MemoryHost) -> None:
    chat.add_room("r-alerts", "alerts")

    post(chat, "#general", "#alerts")

    assert chat.asked["check_may_post"] == 2


def test_a_host_that_can_do_nothing_gets_everything_as_text(chat: MemoryHost) -> None:
    chat.capabilities = set()
    attachment = {
        "pretext": "Look:",
        "title": "Build 7",
        "title_link": "http://ci.test/7",
        "text": "failed",
        "fields": [{"title": "Tries", "value": 0}, {"title": "Last", "value": False}],
        "image_url": "http://ci.test/7.png",
        "color": "#D30230",
        "attachments": [{"text": "inner"}],
    }

    post(
        chat,
        "#general",
        alias="C*I\nbot",
        avatar="/a.png",
        thread_id="t1",
        custom_fields={"a": 1},
        attachments=(attachment,),
    )

    ((_, draft),) = chat.state.messages
    assert draft.text == (
        "**CI bot**: hi\n\nLook:\n*[Build 7](http://ci.test/7)*\nfailed\n*Tries*: 0\n"
        "*Last*: false\nhttp://ci.test/7.png\ninner"
    )
    assert draft == MessageDraft(text=draft.text, integration_id="i1")


def test_a_topic_is_given_only_to_a_host_that_has_topics(chat: MemoryHost) -> None:
    post(chat, "#general")
    chat.capabilities = set(Capability)
    post(chat, "#general")

    assert [draft.topic for _, draft in chat.state.messages] == [None, "CI"]


def test_a_topic_is_never_empty(chat: MemoryHost) -> None:
    chat.capabilities = set(Capability)
    draft = MessageDraft(text="x", integration_id="i")

    post_all(chat, draft, ["#general"], as_user=BOT, topic="")

    assert [draft.topic for _, draft in chat.state.messages] == ["(no name)"]


def test_attachments_as_text_are_cut_where_the_message_would_grow_too_long(
    chat: MemoryHost,
) -> None:
    chat.capabilities -= {Capability.ATTACHMENTS}
    chat.message_size_limit = 20

    post(chat, "#general", attachments=({"text": "😀" * 30},))

    ((_, draft),) = chat.state.messages
    assert draft.text.startswith("hi\n\n😀")
    assert draft.text.endswith("…")
    assert len(draft.text.encode("utf-16-le")) // 2 <= 20


def test_a_direct_room_can_be_named_by_its_id(chat: MemoryHost) -> None:
    chat.open_direct_room(BOT, ANN)

    post(chat, "@d-u-bot-u-ann", "d-u-bot-u-ann")

    assert posted_rooms(chat) == ["d-u-bot-u-ann"]


@pytest.mark.parametrize(
    ("channel", "known_id", "room_id"),
    [
        ("#town", "r-general", "r-general"),
        ("#general", "r-other", "r-other"),
        ("#general", "r-gone", "r-general"),
        ("#general", "", "r-general"),
        ("@nan", "u-ann", "d-u-bot-u-ann"),
        ("@ann", "u-gone", "d-u-bot-u-ann"),
    ],
    ids=[
        "the room has another name now",
        "another room has its name now",
        "another room is in its place",
        "no id is known",
        "the person has another name now",
        "another person is in its place",
    ],
)
@pytest.mark.parametrize("separate", [False, True])
def test_a_known_id_counts_before_a_name_as_long_as_it_exists(
    chat: MemoryHost,
    channel: str,
    known_id: str,
    room_id: str,
    separate: bool,  # noqa: FBT001 a parameter of the table
) -> None:
    chat.add_room("r-other")
    draft = MessageDraft(text="hi", integration_id="i1")

    (result,) = post_all(
        chat, draft, {channel: known_id}, as_user=BOT, topic=None, separate=separate
    )

    assert result.channel == channel
    assert posted_rooms(chat) == [room_id]


def test_a_known_id_is_no_name(chat: MemoryHost) -> None:
    draft = MessageDraft(text="hi", integration_id="i1")

    with pytest.raises(PostRefused, match="#town"):
        post_all(chat, draft, {"#town": "general"}, as_user=BOT, topic=None)
