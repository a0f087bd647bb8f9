from typing import Any

import pytest
from flask import Flask

from host_stub.chat.server import Chat
from tests.unit.host_stub.conftest import PASSWORD, Api

FORBIDDEN = (403, "error-unauthorized")
NOT_FOUND = (400, "error-room-not-found")
FAMILIES = pytest.mark.parametrize(
    ("family", "one"), [("channels", "channel"), ("groups", "group")]
)


def make(api: Api, family: str = "channels", name: str = "news", **fields: Any) -> str:
    room = api.post(f"{family}.create", name=name, **fields)[family.removesuffix("s")]
    room_id: str = room["_id"]
    return room_id


def names_in(api: Api, family: str, room_id: str) -> list[str]:
    return [user["username"] for user in api.get(f"{family}.members", roomId=room_id)["members"]]


@FAMILIES
def test_a_room_is_made_with_its_first_members(ann: Api, family: str, one: str) -> None:
    room = ann.post(f"{family}.create", name=" my news ", members=["bob", "nobody"])[one]

    assert (room["name"], room["usersCount"], room["msgs"]) == ("my-news", 2, 0)
    assert room["t"] == ("c" if family == "channels" else "p")
    assert room["u"] == {"_id": ann.user_id, "username": "ann"}
    assert names_in(ann, family, room["_id"]) == ["ann", "bob"]


@FAMILIES
@pytest.mark.parametrize("by", ["roomId", "roomName"])
def test_a_room_is_described_by_id_and_by_name(ann: Api, family: str, one: str, by: str) -> None:
    room_id = make(ann, family)

    query = {by: room_id if by == "roomId" else "news"}

    assert ann.get(f"{family}.info", **query)[one]["_id"] == room_id
    assert ann.get("rooms.info", **query)["room"]["_id"] == room_id


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "error-roomid-param-not-provided"),
        ({"roomId": "news"}, "error-room-not-found"),
        ({"roomName": "nothing"}, "error-room-not-found"),
        ({"roomName": "a\0"}, "invalid-params"),
    ],
)
def test_no_room_is_described(ann: Api, query: dict[str, str], code: str) -> None:
    make(ann)

    for method in ("channels.info", "groups.info", "rooms.info"):
        assert ann.get(method, **query).refusal == (400, code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid-params"),
        (None, "invalid-params"),
        (7, "invalid-params"),
        (["a"], "invalid-params"),
        ("x" * 101, "error-invalid-room-name"),
        ("a/b", "error-invalid-room-name"),
        ("#news", "error-invalid-room-name"),
        ("news", "error-duplicate-channel-name"),
    ],
)
def test_a_name_that_makes_no_sense_is_refused(ann: Api, name: Any, code: str) -> None:
    room_id = make(ann)
    other_id = make(ann, name="other")

    assert ann.post("channels.create", name=name).refusal == (400, code)
    assert ann.post("groups.create", name=name).refusal == (400, code)
    assert ann.post("channels.rename", roomId=other_id, name=name).refusal == (400, code)
    assert ann.get("channels.list")["total"] == 2
    assert ann.post("channels.rename", roomId=room_id, name="news").status == 200


def test_a_group_is_secret_to_others(ann: Api, bob: Api, admin: Api) -> None:
    group_id = make(ann, "groups")

    for api in (bob, admin):
        for method in ("info", "messages", "history", "members"):
            assert api.get(f"groups.{method}", roomId=group_id).refusal == NOT_FOUND
        for method in ("invite", "kick", "archive", "rename", "delete", "leave", "join"):
            body = {"roomId": group_id, "userId": bob.user_id, "name": "x"}
            assert api.post(f"groups.{method}", **body).refusal == NOT_FOUND
        assert api.get("rooms.info", roomId=group_id).refusal == (400, "error-not-allowed")
        assert api.get("groups.list")["groups"] == []
    assert bob.get("groups.listAll").refusal == FORBIDDEN
    assert admin.get("groups.listAll")["total"] == 1


def test_a_channels_method_knows_no_groups(ann: Api) -> None:
    group_id = make(ann, "groups")

    assert ann.get("channels.info", roomId=group_id).refusal == NOT_FOUND
    assert ann.post("channels.delete", roomName="news").refusal == NOT_FOUND


def test_channels_are_joined_and_left(ann: Api, bob: Api) -> None:
    room_id = make(ann)

    bob.post("channels.join", roomId=room_id, joinCode="")
    assert bob.post("channels.join", roomId=room_id)["channel"]["usersCount"] == 2
    assert [room["name"] for room in bob.get("channels.list.joined")["channels"]] == ["news"]

    assert bob.post("channels.leave", roomId=room_id)["channel"]["usersCount"] == 1
    assert bob.post("channels.leave", roomId=room_id).refusal == (400, "error-user-not-in-room")
    assert bob.get("channels.list.joined")["channels"] == []


def test_a_group_is_entered_by_invitation_only(ann: Api, bob: Api) -> None:
    group_id = make(ann, "groups")
    ann.post("groups.invite", roomId=group_id, userId=bob.user_id)

    assert names_in(bob, "groups", group_id) == ["ann", "bob"]
    bob.post("groups.leave", roomId=group_id)
    assert bob.post("groups.join", roomId=group_id).refusal == NOT_FOUND


@FAMILIES
@pytest.mark.parametrize(
    "who", [{"username": "bob"}, {"usernames": ["bob", "admin"]}, {"usernames": "bob"}]
)
def test_members_are_invited_and_kicked(
    ann: Api, family: str, one: str, who: dict[str, Any]
) -> None:
    room_id = make(ann, family)

    ann.post(f"{family}.invite", roomId=room_id, **who)
    assert "bob" in names_in(ann, family, room_id)

    ann.post(f"{family}.kick", roomId=room_id, **who)
    assert names_in(ann, family, room_id) == ["ann"]


def test_several_are_invited_or_nobody(ann: Api) -> None:
    room_id = make(ann)

    answer = ann.post("channels.invite", roomId=room_id, usernames=["bob", "nobody"])

    assert answer.refusal == (400, "error-invalid-user")
    assert names_in(ann, "channels", room_id) == ["ann"]


def test_who_may_invite(ann: Api, bob: Api, admin: Api) -> None:
    room_id = make(ann)
    who = {"roomId": room_id, "username": "rocket.cat"}

    assert bob.post("channels.invite", **who).refusal == (400, "error-not-allowed")
    bob.post("channels.join", roomId=room_id)
    assert bob.post("channels.invite", **who).refusal == FORBIDDEN
    assert admin.post("channels.invite", **who).status == 200


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("kick", {"username": "ann"}),
        ("archive", {}),
        ("rename", {"name": "other"}),
        ("setTopic", {"topic": "x"}),
        ("setReadOnly", {"readOnly": True}),
        ("delete", {}),
        ("addOwner", {"username": "bob"}),
    ],
)
def test_a_plain_member_changes_nothing(
    ann: Api, bob: Api, method: str, body: dict[str, Any]
) -> None:
    room_id = make(ann, members=["bob"])

    assert bob.post(f"channels.{method}", roomId=room_id, **body).refusal == FORBIDDEN


def test_the_only_owner_stays_until_there_is_another(ann: Api, bob: Api) -> None:
    room_id = make(ann, members=["bob"])
    last = (400, "error-you-are-last-owner")

    assert ann.post("channels.leave", roomId=room_id).refusal == last
    removal = ann.post("channels.removeOwner", roomId=room_id, userId=ann.user_id)
    assert removal.refusal == (400, "error-remove-last-owner")

    ann.post("channels.addOwner", roomId=room_id, userId=bob.user_id)
    assert ann.post("channels.leave", roomId=room_id).status == 200
    assert bob.post("channels.setTopic", roomId=room_id, topic="mine")["channel"]["topic"] == "mine"


def test_an_archived_room_is_closed_until_it_is_opened_again(
    ann: Api, bob: Api, admin: Api
) -> None:
    room_id = make(ann)
    assert ann.post("channels.archive", roomId=room_id)["channel"]["archived"] is True

    blocked = ann.post("chat.postMessage", roomId=room_id, text="hi")
    assert blocked.refusal == (400, "room_is_blocked")
    again = ann.post("channels.archive", roomId=room_id)
    assert again.refusal == (400, "error-room-archived")
    joined = bob.post("channels.join", roomId=room_id)
    assert joined.refusal == (400, "error-room-archived")
    invited = ann.post("channels.invite", roomId=room_id, username="bob")
    assert invited.refusal == (400, "error-room-archived")

    admin.post("channels.unarchive", roomId=room_id)
    assert ann.post("chat.postMessage", roomId=room_id, text="hi").status == 200
    assert admin.post("channels.unarchive", roomId=room_id).refusal == (
        400,
        "error-room-not-archived",
    )


def test_a_read_only_room_is_written_by_its_owner(ann: Api, bob: Api) -> None:
    room_id = make(ann, members=["bob"], readOnly=True)

    answer = bob.post("chat.postMessage", roomId=room_id, text="hi")

    assert answer.refusal == (400, "You can't send messages because the room is readonly.")
    assert ann.post("chat.postMessage", roomId=room_id, text="hi").status == 200
    ann.post("channels.setReadOnly", roomId=room_id, readOnly=False)
    assert bob.post("chat.postMessage", roomId=room_id, text="hi").status == 200


def test_a_muted_member_is_silent_until_he_is_unmuted(ann: Api, bob: Api) -> None:
    room_id = make(ann, members=["bob"])
    assert bob.post("rooms.muteUser", roomId=room_id, username="ann").refusal == FORBIDDEN

    ann.post("rooms.muteUser", roomId=room_id, username="bob")
    answer = bob.post("chat.postMessage", roomId=room_id, text="hi")
    assert answer.refusal == (400, "You_have_been_muted")

    ann.post("rooms.unmuteUser", roomId=room_id, userId=bob.user_id)
    assert bob.post("chat.postMessage", roomId=room_id, text="hi").status == 200
    stranger = ann.post("rooms.muteUser", roomId=room_id, username="admin")
    assert stranger.refusal == (400, "error-user-not-in-room")


@FAMILIES
@pytest.mark.parametrize("by", ["roomId", "roomName"])
def test_a_room_is_deleted_with_its_messages(ann: Api, family: str, one: str, by: str) -> None:
    room_id = make(ann, family)
    message_id = ann.post("chat.postMessage", roomId=room_id, text="hi")["message"]["_id"]

    ann.post(f"{family}.delete", **{by: room_id if by == "roomId" else "news"})

    assert ann.get("rooms.info", roomId=room_id).refusal == NOT_FOUND
    assert ann.get("chat.getMessage", msgId=message_id).status == 400
    assert make(ann, family)


@FAMILIES
def test_rooms_are_listed_in_pages_by_name(ann: Api, family: str, one: str) -> None:
    for name in ("c", "a", "b"):
        make(ann, family, name)

    first, second = (ann.get(f"{family}.list", offset=at, count=2) for at in (0, 2))

    assert [room["name"] for page in (first, second) for room in page[family]] == ["a", "b", "c"]
    assert (first["total"], first["count"], second["count"]) == (3, 2, 1)


def test_all_rooms_of_a_user(ann: Api, bob: Api) -> None:
    make(ann, name="b", members=["bob"])
    make(ann, "groups", "a", members=["bob"])
    make(ann, name="c")
    bob.post("dm.create", username="ann")

    rooms = bob.get("rooms.get")["update"]

    assert [room.get("name", room.get("usernames")) for room in rooms] == ["a", "b", ["ann", "bob"]]


def test_a_conversation_is_the_same_from_both_sides(ann: Api, bob: Api) -> None:
    room = ann.post("dm.create", username="bob")["room"]

    assert (room["t"], room["rid"]) == ("d", room["_id"])
    assert room["usernames"] == ["ann", "bob"]
    assert bob.post("im.create", username="ann")["room"]["_id"] == room["_id"]
    assert ann.post("dm.create", usernames="ann,bob")["room"]["_id"] == room["_id"]
    assert [one["_id"] for one in bob.get("im.list")["ims"]] == [room["_id"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid-params"),
        ({"username": "nobody"}, "error-invalid-user"),
        ({"usernames": "bob,admin"}, "invalid-params"),
        ({"username": ["bob"]}, "invalid-params"),
    ],
)
def test_a_conversation_that_makes_no_sense(ann: Api, body: dict[str, Any], code: str) -> None:
    assert ann.post("dm.create", **body).refusal == (400, code)
    assert ann.get("dm.list")["ims"] == []


def test_a_conversation_is_private(ann: Api, bob: Api, admin: Api) -> None:
    ann.post("chat.postMessage", channel="@bob", text="psst")
    room_id = ann.get("dm.list")["ims"][0]["_id"]

    for query in ({"roomId": room_id}, {"username": "ann"}):
        assert [one["msg"] for one in bob.get("dm.messages", **query)["messages"]] == ["psst"]
    assert admin.get("dm.messages", roomId=room_id).refusal == (400, "error-not-allowed")
    assert admin.get("dm.messages", username="ann").refusal == (400, "invalid-params")
    assert admin.post("chat.postMessage", roomId=room_id, text="hi").status == 400
    assert [one["username"] for one in bob.get("dm.members", roomId=room_id)["members"]] == [
        "ann",
        "bob",
    ]


def test_a_conversation_with_oneself(ann: Api) -> None:
    room_id = ann.post("dm.create", username="ann")["room"]["_id"]

    assert ann.post("chat.postMessage", roomId=room_id, text="remember").status == 200


def test_conversations_have_no_name_to_change(ann: Api, chat: Chat, app: Flask) -> None:
    room_id = ann.post("dm.create", username="bob")["room"]["_id"]

    assert ann.post("channels.rename", roomId=room_id, name="x").refusal == NOT_FOUND
    assert ann.post("rooms.leave", roomId=room_id).refusal == (400, "error-not-allowed")


def test_a_conversation_is_deleted_by_an_administrator_in_it(ann: Api, admin: Api) -> None:
    room_id = admin.post("dm.create", username="ann")["room"]["_id"]

    assert ann.post("dm.delete", roomId=room_id).refusal == FORBIDDEN
    assert admin.post("dm.delete", roomId=room_id).status == 200
    assert ann.get("dm.list")["ims"] == []


def test_who_is_switched_off_is_not_written_to_nor_invited(ann: Api, admin: Api) -> None:
    room_id = make(ann)
    admin.post("users.setActiveStatus", username="bob", activeStatus=False)
    refused = (400, "error-not-allowed")

    assert ann.post("dm.create", username="bob").refusal == refused
    assert ann.post("channels.invite", roomId=room_id, username="bob").refusal == refused


def test_roles_in_a_room_are_for_its_members(ann: Api) -> None:
    room_id = make(ann)

    answer = ann.post("channels.addOwner", roomId=room_id, username="bob")

    assert answer.refusal == (400, "error-user-not-in-room")


def test_who_may_not_see_channels_gets_to_know_and_to_enter_none(admin: Api, stranger: Api) -> None:
    room_id = make(admin)
    admin.post("users.create", username="guest", password=PASSWORD, roles=["guest"])
    guest = stranger.log_in("guest")

    assert guest.get("channels.list")["channels"] == []
    assert guest.get("channels.listAll")["channels"] == []
    assert guest.get("channels.info", roomId=room_id).refusal == NOT_FOUND
    assert guest.post("channels.join", roomId=room_id).refusal == NOT_FOUND
    refused = guest.post("chat.postMessage", channel="#news", text="I am in")
    assert refused.refusal == (400, "error-not-allowed")
    assert names_in(admin, "channels", room_id) == ["admin"]


def test_a_guest_is_invited_into_a_channel(admin: Api, stranger: Api) -> None:
    room_id = make(admin)
    admin.post("users.create", username="guest", password=PASSWORD, roles=["guest"])
    guest = stranger.log_in("guest")

    admin.post("channels.invite", roomId=room_id, userId=guest.user_id)

    assert [room["name"] for room in guest.get("channels.list")["channels"]] == ["news"]
    assert guest.post("chat.postMessage", channel="#news", text="hello").status == 200
