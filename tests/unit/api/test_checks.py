"""Checks on a server whose ids hold any character and whose names are not unique."""

import pytest

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.host.port import RoomKind
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.management.channels import Saver, check_rooms
from rc_integrations_plugin.management.checks import find_post_as
from tests.conformance.memory_host import MemoryUser
from tests.conformance.memory_world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def post_as(world: MemoryWorld, reference: str) -> str:
    return find_post_as(world.host, reference, code="error-x", reason="Nobody").id


def owner_of_some(world: MemoryWorld, user: MemoryUser) -> Saver:
    return Saver(world.host, Manager(user, has_everyones=False, has_own=True), {})


def test_a_name_that_several_have_is_refused(world: MemoryWorld) -> None:
    for _ in range(2):
        world.make_user(username="cat")

    with pytest.raises(ApiError, match="More than one") as caught:
        post_as(world, "cat")

    assert caught.value.code == "error-x"


def test_an_id_means_one_user_even_if_others_are_called_so(world: MemoryWorld) -> None:
    wanted = world.make_user(username=None)
    world.make_user(username=wanted.id)

    assert post_as(world, wanted.id) == wanted.id


def test_a_deactivated_namesake_does_not_matter(world: MemoryWorld) -> None:
    gone, wanted = world.make_user(username="cat"), world.make_user(username="cat")
    world.deactivate(gone)

    assert post_as(world, "cat") == wanted.id


def test_being_in_one_of_the_rooms_of_a_name_is_enough(world: MemoryWorld) -> None:
    ann, bob = world.make_user(username="ann"), world.make_user(username="bob")
    world.make_room(RoomKind.CHANNEL, name="ops", owner=bob)

    with pytest.raises(ApiError, match="Invalid Channel"):
        check_rooms(owner_of_some(world, ann), ("#ops",))
    world.make_room(RoomKind.PRIVATE_GROUP, name="ops", owner=ann)
    check_rooms(owner_of_some(world, ann), ("#ops",))


def test_rooms_and_persons_can_be_given_by_id(world: MemoryWorld) -> None:
    ann = world.make_user(username=None)
    room = world.make_room(RoomKind.CHANNEL, name=None, owner=ann)

    check_rooms(owner_of_some(world, ann), (f"#{room.id}", f"@{ann.id}"))


def test_a_room_is_no_person_and_a_person_no_room(world: MemoryWorld) -> None:
    ann = world.make_user(username="ann")
    world.make_room(RoomKind.CHANNEL, name="ops", owner=ann)

    for channel in ("@ops", "#ann"):
        with pytest.raises(ApiError, match="Invalid room"):
            check_rooms(owner_of_some(world, ann), (channel,))
