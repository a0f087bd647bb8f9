import json
from typing import Any

import pytest

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.outgoing.data import build_data, encode_data
from tests.factories import NOON, make_outgoing
from tests.unit.messages.memory_host import MemoryRoom, MemoryUser
from tests.unit.outgoing.chat import ANN, DIRECT, ROBOT, make_event, make_message

WHEN = "2026-03-01T12:00:00.000Z"
BASE = {"token": "t", "bot": False}
CHANNEL = {"channel_id": "r-gen", "channel_name": "general"}
PERSON = {"user_id": "u-ann", "user_name": "ann"}
MESSAGE = {"message_id": "m1", "timestamp": WHEN, "text": "hello"}
ANN_DOCUMENT = {"_id": "u-ann", "username": "ann"}
ROOM_DOCUMENT = {"_id": "r-gen", "t": "c"}
SITE = {"siteUrl": "http://chat.test"}


def data_of(event: ChatEvent, **options: Any) -> dict[str, Any]:
    integration = make_outgoing(token="t", event=event.name)
    return build_data(event, integration, site_url="http://chat.test", **options)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(make_event(), BASE | CHANNEL | MESSAGE | PERSON | SITE, id="sendMessage"),
        pytest.param(
            make_event(EventName.FILE_UPLOADED),
            BASE
            | CHANNEL
            | MESSAGE
            | PERSON
            | {
                "user": ANN_DOCUMENT,
                "room": ROOM_DOCUMENT,
                "message": {"_id": "m1", "msg": "hello"},
            },
            id="fileUploaded",
        ),
        pytest.param(
            make_event(
                EventName.ROOM_CREATED,
                room=MemoryRoom("r-gen", "general", document=ROOM_DOCUMENT | {"ts": "2026-02"}),
            ),
            BASE
            | CHANNEL
            | PERSON
            | {
                "timestamp": "2026-02",
                "owner": ANN_DOCUMENT,
                "room": ROOM_DOCUMENT | {"ts": "2026-02"},
            },
            id="roomCreated",
        ),
        *(
            pytest.param(
                make_event(name),
                BASE
                | CHANNEL
                | PERSON
                | {"timestamp": WHEN, "user": ANN_DOCUMENT, "room": ROOM_DOCUMENT},
                id=name.value,
            )
            for name in (EventName.ROOM_ARCHIVED, EventName.ROOM_JOINED, EventName.ROOM_LEFT)
        ),
        pytest.param(
            make_event(
                EventName.USER_CREATED,
                user=MemoryUser("u-ann", "ann", document=ANN_DOCUMENT | {"createdAt": "2026-01"}),
            ),
            BASE
            | PERSON
            | {"timestamp": "2026-01", "user": ANN_DOCUMENT | {"createdAt": "2026-01"}},
            id="userCreated",
        ),
    ],
)
def test_each_event_is_told_whole(event: ChatEvent, expected: dict[str, Any]) -> None:
    assert data_of(event) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"alias": "CI"}, {"alias": "CI"}),
        ({"alias": ""}, {}),
        ({"edited_at": NOON}, {"isEdited": True}),
        ({"thread_id": "m0"}, {"tmid": "m0"}),
        ({"integration_id": "i"}, {"bot": True}),
        ({"document": {"bot": {"i": "app"}}}, {"bot": True}),
        ({"text": ""}, {"text": ""}),
    ],
    ids=["alias", "empty alias", "edited", "in a thread", "an integration's", "a bot's", "no text"],
)
def test_a_message_is_told_with_what_it_has(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    data = data_of(make_event(message=make_message(**fields)))

    assert data == BASE | CHANNEL | MESSAGE | PERSON | SITE | expected


def test_an_edited_file_in_a_thread_is_told_without_these_two() -> None:
    message = make_message(edited_at=NOON, thread_id="m0")

    data = data_of(make_event(EventName.FILE_UPLOADED, message=message))

    assert not {"isEdited", "tmid", "siteUrl"} & set(data)


@pytest.mark.parametrize(
    "name",
    [
        EventName.ROOM_ARCHIVED,
        EventName.ROOM_JOINED,
        EventName.ROOM_LEFT,
        EventName.USER_CREATED,
    ],
)
def test_a_bot_s_doing_is_marked(name: EventName) -> None:
    assert data_of(make_event(name, user=ROBOT))["bot"] is True


def test_a_direct_room_has_no_name() -> None:
    data = data_of(make_event(room=DIRECT))

    assert data["channel_id"] == "r-direct"
    assert "channel_name" not in data


def test_a_user_without_username_has_none() -> None:
    data = data_of(make_event(EventName.USER_CREATED, user=MemoryUser("u1")))

    assert data == BASE | {"timestamp": WHEN, "user_id": "u1", "user": {}}


def test_the_word_that_was_found_is_told() -> None:
    assert data_of(make_event(), trigger_word="hel")["trigger_word"] == "hel"
    assert "trigger_word" not in data_of(make_event())


def test_an_integration_without_token_sends_none() -> None:
    data = build_data(make_event(), make_outgoing(), site_url="http://chat.test")

    assert "token" not in data


@pytest.mark.parametrize("name", [name for name in EventName if name != EventName.USER_CREATED])
def test_where_a_host_names_no_room_only_the_base_is_told(name: EventName) -> None:
    assert data_of(make_event(name, room=None, message=None)) == BASE


@pytest.mark.parametrize("name", [EventName.MESSAGE_SENT, EventName.FILE_UPLOADED])
def test_where_a_host_names_no_message_only_the_base_is_told(name: EventName) -> None:
    assert data_of(make_event(name, message=None)) == BASE


@pytest.mark.parametrize("name", EventName)
def test_the_data_is_json_and_no_later_change_reaches_it(name: EventName) -> None:
    room = MemoryRoom("r", "n", document={"topics": ["old"]})
    user = MemoryUser("u", document={"roles": ["user"]})
    event = make_event(name, user=user, room=room)

    data = data_of(event)
    before = json.dumps(data)
    room.document["topics"].append("new")
    user.document["roles"].append("admin")

    assert json.dumps(data) == before


def test_nobody_s_passwords_are_told() -> None:
    assert "services" in ANN.document
    for name in EventName:
        assert "services" not in json.dumps(data_of(make_event(name)))


def test_characters_that_are_none_do_not_stop_a_message() -> None:
    data = data_of(make_event(message=make_message("half \ud83d and \x00")))

    assert json.loads(encode_data(data))["text"] == "half \ud83d and \x00"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": "ü", "b": [1, None]}, '{"a":"ü","b":[1,null]}'.encode()),
        ({"a": "\ud800"}, b'{"a":"\\ud800"}'),
        ({"a": 2**70}, b'{"a":1180591620717411303424}'),
    ],
)
def test_data_is_written_as_javascript_writes_it(data: Any, expected: bytes) -> None:
    assert encode_data(data) == expected
