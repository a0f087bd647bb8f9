from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from host_stub.chat import rooms
from host_stub.chat.server import current_chat
from tests.unit.host_stub.web.people import Chatter


def room_at(browser: FlaskClient, path: str) -> dict[str, Any]:
    answer = browser.get("/web/room", query_string={"path": path})
    assert answer.status_code == 200, answer.text
    room: dict[str, Any] = answer.get_json()["room"]
    return room


def test_the_side_lists_the_rooms_that_one_is_in(anna: FlaskClient, carla: FlaskClient) -> None:
    listed = [(room["title"], room["path"]) for room in anna.get("/web/rooms").get_json()["rooms"]]

    assert listed == [
        ("Ben", "/direct/ben"),
        ("general", "/channel/general"),
        ("secret", "/group/secret"),
    ]
    assert carla.get("/web/rooms").get_json()["rooms"] == []


@pytest.mark.parametrize("path", ["/channel/general", "/group/secret", "/direct/ben"])
def test_rooms_are_found_by_their_address(anna: FlaskClient, path: str) -> None:
    room = room_at(anna, path)

    assert room["path"] == path
    assert room["isMember"]
    assert room["mayPost"]
    assert room_at(anna, f"{path.rpartition('/')[0]}/{room['id']}") == room


@pytest.mark.parametrize(
    "path",
    [
        *("/group/secret", "/direct/ben", "/direct/anna", "/channel/secret", "/group/general"),
        *("/channel/nothing", "/channel/", "/channel", "general", "", "/channel/a%00b"),
        *("/x/general", "/channel/%ff"),
    ],
)
def test_rooms_that_are_not_open_to_someone_do_not_exist_for_him(
    carla: FlaskClient, path: str
) -> None:
    assert carla.get("/web/room", query_string={"path": path}).status_code == 404


def test_a_channel_may_be_read_by_who_is_not_in_it(carla: FlaskClient) -> None:
    room = room_at(carla, "/channel/general")

    assert not room["isMember"]
    assert not room["mayPost"]
    assert not room["mayDelete"]


def test_an_owner_may_do_what_a_member_may_not(anna: FlaskClient, ben: FlaskClient) -> None:
    rights = ("mayArchive", "mayDelete", "mayInvite", "mayRemove")

    assert [room_at(anna, "/group/secret")[right] for right in rights] == [True] * 4
    assert [room_at(ben, "/group/secret")[right] for right in rights] == [False] * 4


def test_nobody_may_write_into_an_archived_room(app: Flask, anna: FlaskClient) -> None:
    with app.app_context(), current_chat().transaction():
        room = rooms.load_room(current_chat(), name="general")
        rooms.archive_room(current_chat(), room, by=room.creator)  # type: ignore[arg-type]

    found = room_at(anna, "/channel/general")

    assert found["archived"]
    assert not found["mayPost"]


def test_a_thread_is_its_first_message_and_the_replies(ben: FlaskClient, chatter: Chatter) -> None:
    first = chatter.write("secret", "first")
    chatter.write("secret", "aside")
    chatter.write("secret", "reply", thread_id=first)

    thread = ben.get("/web/thread", query_string={"messageId": first}).get_json()["messages"]

    assert [message["msg"] for message in thread] == ["first", "reply"]


def test_a_thread_in_a_closed_room_does_not_open(carla: FlaskClient, chatter: Chatter) -> None:
    first = chatter.write("secret", "first")

    answer = carla.get("/web/thread", query_string={"messageId": first})

    assert answer.status_code == 400
    assert "first" not in answer.text


@pytest.mark.parametrize("address", ["/web/rooms", "/web/room", "/web/thread", "/web/changes"])
def test_strangers_are_told_to_log_in(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)

    assert answer.status_code == 401
    assert answer.get_json()["success"] is False
