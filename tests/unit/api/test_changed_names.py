"""Rooms and users that are renamed after an integration was saved."""

from collections.abc import Mapping
from typing import Any

import pytest

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.port import RoomKind
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.management.channels import (
    Saver,
    check_rooms,
    find_listened,
    find_target,
)
from tests.callers import Caller, Server, change_body
from tests.conformance.memory_host import MemoryUser
from tests.conformance.memory_world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def saver(
    world: MemoryWorld,
    user: MemoryUser,
    *,
    everyones: bool = False,
    known_ids: Mapping[str, str] | None = None,
) -> Saver:
    manager = Manager(user, has_everyones=everyones, has_own=True)
    return Saver(world.host, manager, known_ids or {})


def change(caller: Caller, document: dict[str, Any], **fields: Any) -> None:
    response = caller.send("update", change_body(document, **fields))
    assert response.status_code == 200, response.json


def test_an_incoming_one_is_stored_with_ids(server: Server, admin: Caller) -> None:
    document = admin.create(channel="#general,@alice")

    stored = server.stored(document)
    assert stored is not None
    assert stored.channel_ids == {
        "#general": server.room_id("general"),
        "@alice": server.user_id("alice"),
    }


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_a_renamed_room_and_a_renamed_user_stay_the_ones_that_were_meant(
    server: Server, admin: Caller, kind: str
) -> None:
    make = admin.create if kind == "incoming" else admin.create_outgoing
    document = make(channel="#general,@alice")
    before = server.services.integrations.find_any(document["_id"])
    server.rename_room("general", "town")
    server.rename_user("alice", "alicia")
    server.rename_user("rocket.cat", "tom")

    change(admin, document, username="rocket.cat", name="New")

    after = server.services.integrations.find_any(document["_id"])
    assert before is not None
    assert after is not None
    assert after.name == "New"
    assert after.channel_ids == before.channel_ids != {}
    assert after.user_id == before.user_id
    assert getattr(after, "listens_to", None) == getattr(before, "listens_to", None)


def test_a_name_that_another_room_has_by_now_means_that_one_when_it_is_saved(
    server: Server, admin: Caller
) -> None:
    document = admin.create_outgoing(channel="#general")
    server.rename_room("general", "town")
    server.rename_room("alerts", "general")

    change(admin, document)

    stored = server.stored_outgoing(document)
    assert stored.listens_to == (f"#{server.room_id('general')}",)


def test_the_target_of_answers_is_kept_too(server: Server, admin: Caller) -> None:
    document = admin.create_outgoing(targetRoom="#alerts")
    alerts = server.room_id("alerts")
    server.rename_room("alerts", "alarms")

    change(admin, document)

    assert server.stored_outgoing(document).channel_ids["#alerts"] == alerts


def test_all_rooms_of_a_name_are_listened_to(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    rooms = [world.make_room(RoomKind.CHANNEL, name="ops", owner=ann) for _ in range(2)]

    listened = find_listened(saver(world, ann), ["#ops"])

    assert listened.listens_to == tuple(f"#{room.id}" for room in rooms)
    assert listened.channel_ids == {}


def test_nobody_listens_to_a_namesake_of_his_room(world: MemoryWorld) -> None:
    ann, bob = world.make_user(username="ann"), world.make_user(username="bob")
    own = world.make_room(RoomKind.CHANNEL, name="ops", owner=ann)
    secret = world.make_room(RoomKind.PRIVATE_GROUP, name="ops", owner=bob)

    limited = find_listened(saver(world, ann), ["#ops"])
    unlimited = find_listened(saver(world, ann, everyones=True), ["#ops"])

    assert limited.listens_to == (f"#{own.id}",)
    assert set(unlimited.listens_to) == {f"#{own.id}", f"#{secret.id}"}


def test_a_room_s_id_means_it_alone(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    wanted = world.make_room(RoomKind.CHANNEL, name=None, owner=ann)
    world.make_room(RoomKind.CHANNEL, name=wanted.id, owner=ann)

    listened = find_listened(saver(world, ann), [f"#{wanted.id}"])

    assert listened.listens_to == (f"#{wanted.id}",)


def test_two_names_of_a_room_are_one_bucket(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    room = world.make_room(RoomKind.CHANNEL, name="ops", owner=ann)

    assert find_listened(saver(world, ann), ["#ops", f"#{room.id}"]).listens_to == (f"#{room.id}",)


def test_a_name_that_several_share_has_no_id_to_post_to(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    for _ in range(2):
        world.make_room(RoomKind.CHANNEL, name="ops", owner=ann)
    other = world.make_room(RoomKind.CHANNEL, name="dev", owner=ann)

    assert check_rooms(saver(world, ann), ["#ops", "#dev"]) == {"#dev": other.id}


def test_a_target_may_be_a_person(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")

    for target in ("@ann", f"@{ann.id}"):
        assert find_target(saver(world, ann), target) == {target: ann.id}
    with pytest.raises(ApiError, match="Invalid Target Room"):
        find_target(saver(world, ann), "ann")


def test_what_is_known_of_a_room_that_is_gone_helps_nobody(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    known = {"#ops": "gone", "@bob": "gone"}

    for channel in known:
        with pytest.raises(ApiError, match="Invalid room"):
            find_listened(saver(world, ann, known_ids=known), [channel])
