from typing import Any

import pytest

from rc_integrations_plugin.messages.payload import Defaults
from rc_integrations_plugin.outgoing.reply import build_reply
from tests.factories import make_outgoing

DATA = {"channel_id": "r-gen", "user_id": "u-ann", "user_name": "ann", "message_id": "m1"}
TEXT = {"text": "hello"}


@pytest.mark.parametrize(
    ("impersonate", "data", "expected"),
    [
        pytest.param(False, DATA, ("bot",), id="the integration's user"),
        pytest.param(True, DATA, ("u-ann", "bot"), id="who triggered it, else the integration's"),
        pytest.param(True, {}, ("bot",), id="nobody did"),
        pytest.param(True, {"user_id": 7}, ("bot",), id="nobody who could"),
        pytest.param(True, {"user_id": "bot"}, ("bot",), id="it did itself"),
    ],
)
def test_this_is_who_posts(
    data: dict[str, Any], expected: tuple[str, ...], *, impersonate: bool
) -> None:
    integration = make_outgoing(user_id="bot", impersonate_user=impersonate)

    assert build_reply(TEXT, integration, data).author_ids == expected


def test_a_receiver_does_not_choose_whom_it_speaks_as() -> None:
    integration = make_outgoing(user_id="bot", impersonate_user=True)
    answer = TEXT | {"user_name": "admin", "user_id": "u-admin"}

    assert build_reply(answer, integration, DATA).author_ids == ("u-ann", "bot")


@pytest.mark.parametrize(
    ("target_room", "data", "expected"),
    [
        pytest.param(None, DATA, {"#r-gen": "r-gen"}, id="the event's room"),
        pytest.param("", DATA, {"#r-gen": "r-gen"}, id="blank"),
        pytest.param("#ops", DATA, {"#ops": "", "#r-gen": "r-gen"}, id="another, else the event's"),
        pytest.param(" #ops ", {}, {"#ops": ""}, id="an event without room"),
        pytest.param("#qa", {}, {"#qa": "r-qa"}, id="another whose id is known"),
        pytest.param(None, {}, {}, id="nowhere"),
        pytest.param(None, {"channel_id": ["r"]}, {}, id="no id"),
    ],
)
def test_this_is_where_it_goes(
    target_room: str | None, data: dict[str, Any], expected: dict[str, str]
) -> None:
    integration = make_outgoing(target_room=target_room, channel_ids={"#qa": "r-qa"})

    channels = build_reply(TEXT, integration, data).channels

    assert list(channels.items()) == list(expected.items())


def test_the_integration_s_alias_and_picture_are_defaults() -> None:
    integration = make_outgoing(alias="CI", avatar="/a.png", emoji=":ghost:")

    assert build_reply(TEXT, integration, DATA).defaults == Defaults(
        alias="CI", avatar="/a.png", emoji=":ghost:"
    )
    assert build_reply(TEXT, make_outgoing(), DATA).defaults == Defaults()


COMMENT = {"text": "hello", "response_type": "comment"}


@pytest.mark.parametrize(
    ("content", "fields", "data", "thread"),
    [
        pytest.param(TEXT, {}, DATA, None, id="not asked for"),
        pytest.param(TEXT, {}, DATA | {"tmid": "m0"}, None, id="not even in a thread"),
        pytest.param(COMMENT, {}, DATA, "m1", id="below the message"),
        pytest.param(COMMENT, {}, DATA | {"tmid": "m0"}, "m0", id="in the message's thread"),
        pytest.param(COMMENT | {"tmid": "m7"}, {}, DATA, "m7", id="the answer says which"),
        pytest.param(TEXT | {"tmid": "m7"}, {}, DATA, "m7", id="Rocket.Chat's own way"),
        pytest.param(COMMENT, {"target_room": "#ops"}, DATA, None, id="another room"),
        pytest.param(COMMENT | {"channel": "#ops"}, {}, DATA, None, id="another channel"),
        pytest.param(COMMENT | {"roomId": ["r1"]}, {}, DATA, None, id="other rooms"),
        pytest.param(COMMENT, {}, {"channel_id": "r-gen"}, None, id="an event without message"),
        pytest.param(TEXT | {"response_type": ["comment"]}, {}, DATA, None, id="odd type"),
    ],
)
def test_a_comment_goes_into_the_thread(
    content: dict[str, Any], fields: dict[str, Any], data: dict[str, Any], thread: str | None
) -> None:
    reply = build_reply(content, make_outgoing(**fields), data)

    assert reply.content.get("tmid") == thread
    assert reply.content["text"] == "hello"
