"""Deliveries for a chat server that shares no session: it tells of events after its commit."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin import wiring
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.host.port import MessageDraft, RoomKind
from rc_integrations_plugin.services import EXTENSION, Services
from tests.conformance.memory_host import MemoryRoom, MemoryUser
from tests.conformance.memory_world import MemoryWorld
from tests.factories import make_outgoing
from tests.fakes import RecordingWakeUp
from tests.listening import listen_again, stored_deliveries


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def wake_up() -> RecordingWakeUp:
    return RecordingWakeUp()


@pytest.fixture
def services(world: MemoryWorld, tmp_path: Path, wake_up: RecordingWakeUp) -> Iterator[Services]:
    world.app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'plugin.db'}"
    services = dataclasses.replace(wiring.install(world.app, world.host), wake_up=wake_up)
    world.app.extensions[EXTENSION] = services
    listen_again(world.app)
    yield services
    services.scripts.close()
    services.sender.close()
    with world.app.app_context():
        world.app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def engine(world: MemoryWorld, services: Services) -> Engine:
    with world.app.app_context():
        found: Engine = world.app.extensions["sqlalchemy"].engine
        return found


@pytest.fixture
def ann(world: MemoryWorld, services: Services) -> MemoryUser:
    return world.make_user(username="ann")


@pytest.fixture
def room(world: MemoryWorld, ann: MemoryUser) -> MemoryRoom:
    return world.make_room(RoomKind.CHANNEL, name="alerts", owner=ann)


def test_a_message_is_told_after_the_commit(
    world: MemoryWorld,
    services: Services,
    engine: Engine,
    ann: MemoryUser,
    room: MemoryRoom,
    wake_up: RecordingWakeUp,
) -> None:
    services.integrations.add(make_outgoing(channels=(f"#{room.id}",), listens_to=(f"#{room.id}",)))

    world.send_message(ann, room, "hello")

    (delivery,) = stored_deliveries(engine)
    assert (delivery.data["channel_id"], delivery.data["text"]) == (room.id, "hello")
    assert wake_up.rings == 1


def test_a_message_that_is_undone_is_told_to_nobody(
    world: MemoryWorld,
    services: Services,
    engine: Engine,
    ann: MemoryUser,
    room: MemoryRoom,
    wake_up: RecordingWakeUp,
) -> None:
    services.integrations.add(make_outgoing())

    def post_and_fail() -> None:
        with services.host.transaction():
            draft = MessageDraft(text="undone", integration_id="i", topic="t")
            services.host.post_message(draft, room=room, as_user=ann)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        post_and_fail()

    assert stored_deliveries(engine) == []
    assert wake_up.rings == 0


def test_who_has_no_username_is_told_and_listened_to_by_id(
    world: MemoryWorld, services: Services, engine: Engine, ann: MemoryUser
) -> None:
    nameless = world.make_user(username=None)
    with world.server.unit_of_work():
        direct = world.server.open_direct_room(ann, nameless)
    services.integrations.add(make_outgoing(channels=(f"@{nameless.id}",)))

    world.send_message(ann, direct, "to you")
    world.send_message(nameless, direct, "to ann")

    assert [one.data["text"] for one in stored_deliveries(engine)] == ["to you"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (EventName.ROOM_CREATED, "owner"),
        (EventName.ROOM_JOINED, "user"),
        (EventName.ROOM_LEFT, "user"),
        (EventName.ROOM_ARCHIVED, "user"),
        (EventName.USER_CREATED, "user"),
    ],
)
def test_other_events_are_told_too(
    world: MemoryWorld, services: Services, engine: Engine, name: EventName, expected: str
) -> None:
    services.integrations.add(make_outgoing(event=name))

    bob = world.make_user(username="bob")
    room = world.make_room(RoomKind.CHANNEL, name="news", owner=bob)
    eve = MemoryUser("@eve", "eve")
    world.add_member(eve, room)
    world.remove_member(eve, room)
    world.archive(room, by=bob)

    (delivery,) = stored_deliveries(engine)
    assert delivery.event is name
    assert expected in delivery.data


def test_a_deleted_user_takes_the_integrations_that_post_as_him(
    world: MemoryWorld, services: Services, ann: MemoryUser
) -> None:
    services.integrations.add(integration := make_outgoing(user_id=ann.id))

    world.delete_user(ann)

    found = services.integrations.find_outgoing(integration.id)
    assert found is not None
    assert found.disabled_reason == "The user ann, as whom it posts, was deleted"
