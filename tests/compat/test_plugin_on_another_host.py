"""The plugin on a chat server that has nothing but text, with topics, odd ids and shared names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from rc_integrations_plugin import wiring
from rc_integrations_plugin.host.port import RoomKind
from rc_integrations_plugin.services import Services
from tests.conformance.memory_host import MemoryMessage, MemoryRoom, MemoryUser
from tests.conformance.memory_world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def services(world: MemoryWorld, tmp_path: Path) -> Iterator[Services]:
    world.app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'plugin.db'}"
    services = wiring.install(world.app, world.host)
    yield services
    services.scripts.close()
    with world.app.app_context():
        world.app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(world: MemoryWorld, services: Services) -> FlaskClient:
    return world.app.test_client()


@pytest.fixture
def bot(world: MemoryWorld) -> MemoryUser:
    bot = world.make_user(username="build.bot", is_bot=True)
    world.grant(bot, "message-impersonate")
    return bot


@pytest.fixture
def room(world: MemoryWorld, bot: MemoryUser) -> MemoryRoom:
    return world.make_room(RoomKind.CHANNEL, name="alerts", owner=bot)


@pytest.fixture
def hook(world: MemoryWorld, client: FlaskClient, bot: MemoryUser, room: MemoryRoom) -> str:
    """The path of a hook whose body may choose the room."""
    manager = world.make_user(username="manager")
    world.grant(manager, "manage-incoming-integrations")
    world.grant(manager, "manage-own-incoming-integrations")
    answer = client.post(
        "/api/v1/integrations.create",
        headers={"Authorization": f"{manager.id} key-of-{manager.id}"},
        json={
            "type": "webhook-incoming",
            "name": "Nightly build",
            "enabled": True,
            "username": "build.bot",
            "channel": "#alerts",
            "scriptEnabled": False,
            "overrideDestinationChannelEnabled": True,
        },
    )
    assert answer.status_code == 200, answer.text
    made = answer.get_json()["integration"]
    return f"/hooks/{made['_id']}/{made['token']}"


def post(client: FlaskClient, hook: str, **body: Any) -> Any:
    return client.post(hook, json=body)


def last(world: MemoryWorld, room: MemoryRoom) -> MemoryMessage:
    return world.messages_in(room)[-1]


def test_a_message_gets_the_integrations_name_as_its_topic(
    world: MemoryWorld, client: FlaskClient, hook: str, room: MemoryRoom
) -> None:
    assert post(client, hook, text="green 🚀").status_code == 200

    assert last(world, room).text == "green 🚀"
    assert last(world, room).topic == "Nightly build"


def test_alias_and_attachments_become_text(
    world: MemoryWorld, client: FlaskClient, hook: str, room: MemoryRoom
) -> None:
    attachment = {
        "color": "#764FA5",
        "title": "Build 7",
        "title_link": "https://ci.example.org/7",
        "text": "all tests pass",
        "fields": [{"title": "Branch", "value": "main"}],
    }

    answer = post(client, hook, text="done", alias="CI", emoji=":ghost:", attachments=[attachment])

    assert answer.status_code == 200, answer.text
    text = last(world, room).text
    assert text.startswith("**CI**: done\n")
    for part in ("Build 7", "https://ci.example.org/7", "all tests pass", "*Branch*: main"):
        assert part in text


def test_a_reply_goes_into_the_room(
    world: MemoryWorld, client: FlaskClient, hook: str, room: MemoryRoom
) -> None:
    post(client, hook, text="first")

    answer = post(client, hook, text="second", tmid=last(world, room).id)

    assert answer.status_code == 200, answer.text
    assert [message.text for message in world.messages_in(room)] == ["first", "second"]


def test_odd_ids_are_found_as_they_are(
    world: MemoryWorld, client: FlaskClient, hook: str, room: MemoryRoom, bot: MemoryUser
) -> None:
    person = world.make_user(username=None)

    by_room = post(client, hook, text="to the room", channel=room.id)
    by_user = post(client, hook, text="to a person", channel=person.id)

    assert (by_room.status_code, by_user.status_code) == (200, 200), by_user.text
    assert last(world, room).text == "to the room"
    (direct,) = (one for one in world.server.state.rooms.values() if one.kind == "d")
    assert {one.id for one in direct.participants} == {bot.id, person.id}
    assert last(world, direct).text == "to a person"


def test_a_name_that_two_users_share_is_refused(
    world: MemoryWorld, client: FlaskClient, hook: str
) -> None:
    for _ in range(2):
        world.make_user(username="sam")

    answer = post(client, hook, text="to whom?", channel="@sam")

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "error-ambiguous-channel"
    assert not [one for one in world.server.state.rooms.values() if one.kind == "d"]


def test_a_refusal_in_one_of_two_rooms_posts_to_none(
    world: MemoryWorld, client: FlaskClient, hook: str, room: MemoryRoom
) -> None:
    owner = world.make_user(username="owner")
    closed = world.make_room(RoomKind.PRIVATE_GROUP, name="closed", owner=owner)

    answer = post(client, hook, text="both or none", channel=["#alerts", "#closed"])

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "error-not-allowed"
    assert not world.messages_in(room)
    assert not world.messages_in(closed)
