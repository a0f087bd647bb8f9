"""What people do by the stub's REST API, and the deliveries that it opens: reference 5.2 to 5.4.

All of it on SQLite and on PostgreSQL.
"""

import dataclasses
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, delete

from host_stub import seed
from host_stub.app import create_app
from host_stub.chat.server import Chat
from host_stub.database import db
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.storage import tables
from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import make_outgoing
from tests.fakes import RecordingWakeUp
from tests.listening import listen_again, stored_deliveries
from tests.postgresql import new_database
from tests.unit.host_stub.conftest import PASSWORD, Api

pytestmark = pytest.mark.integration

SITE = "https://chat.example.org"


@dataclass
class Place:
    """A running server with some people and rooms, and what its events opened."""

    app: Flask
    engine: Engine
    wake_up: RecordingWakeUp
    admin: Api
    ann: Api
    bob: Api
    rooms: dict[str, str]
    """Ids of the channel `general`, the group `staff` and the direct room `direct`."""

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    def listen(self, **fields: Any) -> None:
        """Add an integration."""
        self.services.integrations.add(make_outgoing(**{"token": "t"} | fields))

    @property
    def opened(self) -> list[Delivery]:
        """All deliveries; none of them twice."""
        found = list(stored_deliveries(self.engine))
        assert len({one.id for one in found}) == len(found)
        return found

    @property
    def data(self) -> dict[str, Any]:
        """Of the only delivery."""
        (delivery,) = self.opened
        return dict(delivery.data)

    def write(self, room: str, text: str = "hello", **fields: Any) -> dict[str, Any]:
        """Let ann write into one of the rooms; returns the message's document."""
        sent = self.ann.post("chat.postMessage", roomId=self.rooms[room], text=text, **fields)
        message: dict[str, Any] = sent["message"]
        return message

    def user(self, api: Api) -> dict[str, Any]:
        """Return the user's document."""
        with self.app.app_context():
            found = self.services.host.find_user(api.user_id)
            assert found is not None
            return dict(found.document)

    def room(self, room_id: str) -> dict[str, Any]:
        """Return the room's document."""
        with self.app.app_context():
            (found,) = self.services.host.find_rooms(room_id)
            return dict(found.document)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgresql":
        return new_database(request.getfixturevalue("postgresql"))
    folder: Path = tmp_path_factory.mktemp("opening")
    return f"sqlite:///{folder / 'chat.db'}"


@pytest.fixture(scope="module")
def server(address: str) -> Iterator[Place]:
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": address,
            "HOST_STUB_PASSWORD_HASH": "pbkdf2:sha256:1",
            "HOST_STUB_SITE_URL": SITE,
        }
    )
    wake_up = RecordingWakeUp()
    services: Services = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = dataclasses.replace(services, wake_up=wake_up)
    listen_again(app)
    yield _settle(app, wake_up)
    services.scripts.close()
    services.sender.close()
    with app.app_context():
        db.engine.dispose()


def _settle(app: Flask, wake_up: RecordingWakeUp) -> Place:
    chat: Chat = app.extensions["host_stub"]
    with app.app_context(), chat.transaction():
        seed.ensure_user(chat, "admin", password=PASSWORD, roles=("admin",))
        for name in ("ann", "bob"):
            seed.ensure_user(chat, name, password=PASSWORD, name=name.title())
        engine = db.engine
    stranger = Api(app.test_client(use_cookies=False))
    ann, bob = stranger.log_in("ann"), stranger.log_in("bob")
    rooms = {
        "general": ann.post("channels.create", name="general")["channel"]["_id"],
        "staff": ann.post("groups.create", name="staff")["group"]["_id"],
        "direct": ann.post("dm.create", username="bob")["room"]["_id"],
    }
    return Place(app, engine, wake_up, stranger.log_in("admin"), ann, bob, rooms)


@pytest.fixture
def place(server: Place) -> Iterator[Place]:
    """The server, with nobody who listens."""
    yield server
    server.wake_up.rings = 0
    for integration in server.services.integrations.enabled_outgoing():
        server.services.integrations.remove(integration.id)
    with server.engine.begin() as connection:
        connection.execute(delete(tables.deliveries))


def is_now(text: Any) -> bool:
    assert isinstance(text, str)
    assert text.endswith("Z")
    return abs((datetime.now().astimezone() - datetime.fromisoformat(text)).total_seconds()) < 60


def about_message(place: Place, room: str, message: dict[str, Any]) -> dict[str, Any]:
    name = {} if room == "direct" else {"channel_name": room}
    return {
        "token": "t",
        "bot": False,
        "channel_id": place.rooms[room],
        **name,
        "message_id": message["_id"],
        "timestamp": message["ts"],
        "user_id": place.ann.user_id,
        "user_name": "ann",
        "text": message["msg"],
    }


ALL_ROOMS = ("all_public_channels", "all_private_groups", "all_direct_messages")


@pytest.mark.parametrize("room", ["general", "staff", "direct"])
def test_a_message(place: Place, room: str) -> None:
    place.listen(channels=ALL_ROOMS)

    message = place.write(room)

    assert place.data == about_message(place, room, message) | {"siteUrl": SITE}
    assert place.wake_up.rings == 1
    assert place.opened[0].event is EventName.MESSAGE_SENT
    assert place.services.deliveries.has_due(place.opened[0].created_at)


@pytest.mark.parametrize("room", ["general", "staff", "direct"])
def test_a_message_with_everything(place: Place, room: str) -> None:
    place.listen(channels=ALL_ROOMS, trigger_words=("re",), run_on_edits=True)
    first = place.write(room, "first")

    reply = place.write(room, "reply", tmid=first["_id"])
    update = {"roomId": place.rooms[room], "msgId": reply["_id"], "text": "reply, edited"}
    place.ann.post("chat.update", **update)

    wanted = about_message(place, room, reply) | {
        "siteUrl": SITE,
        "tmid": first["_id"],
        "trigger_word": "re",
    }
    assert [dict(one.data) for one in place.opened] == [
        wanted,
        wanted | {"isEdited": True, "text": "reply, edited"},
    ]


def test_a_message_under_an_alias_by_an_integration(place: Place) -> None:
    place.listen()
    services = place.services
    with place.app.app_context():
        (ann,) = services.host.find_users("ann")
        (room,) = services.host.find_rooms("general")
        draft = MessageDraft(text="built", integration_id="ci", alias="CI")
        with services.host.transaction():
            services.host.post_message(draft, room=room, as_user=ann)

    assert place.data["alias"] == "CI"
    assert place.data["bot"] is True


@pytest.mark.parametrize("room", ["general", "staff", "direct"])
def test_a_file(place: Place, room: str) -> None:
    place.listen(event=EventName.FILE_UPLOADED, channels=ALL_ROOMS)
    place.listen(event=EventName.MESSAGE_SENT, channels=ALL_ROOMS, id=f"message in {room}")

    body = {"file": (io.BytesIO(b"all is well"), "report.txt"), "msg": "look"}
    sent = place.ann.send(
        f"rooms.media/{place.rooms[room]}", data=body, content_type="multipart/form-data"
    )

    of_file, of_message = sorted(place.opened, key=lambda one: one.event)
    message = sent["message"]
    assert of_message.integration_id == f"message in {room}"
    assert of_file.data == about_message(place, room, message) | {
        "user": place.user(place.ann),
        "room": place.room(place.rooms[room]),
        "message": message,
    }
    assert place.wake_up.rings == 1


@pytest.mark.parametrize(("family", "kind"), [("channels", "channel"), ("groups", "group")])
def test_a_new_room(place: Place, family: str, kind: str) -> None:
    place.listen(event=EventName.ROOM_CREATED, channels=("#elsewhere",))

    room = place.ann.post(f"{family}.create", name=f"new-{kind}", members=["bob"])[kind]

    document = place.room(room["_id"])
    assert place.data == {
        "token": "t",
        "bot": False,
        "channel_id": room["_id"],
        "channel_name": f"new-{kind}",
        "timestamp": document["ts"],
        "user_id": place.ann.user_id,
        "user_name": "ann",
        "owner": place.user(place.ann),
        "room": document,
    }
    place.ann.post(f"{family}.delete", roomId=room["_id"])


@pytest.mark.parametrize(("family", "kind"), [("channels", "channel"), ("groups", "group")])
def test_an_archived_room(place: Place, family: str, kind: str) -> None:
    room = place.ann.post(f"{family}.create", name=f"old-{kind}")[kind]
    place.listen(event=EventName.ROOM_ARCHIVED)

    place.ann.post(f"{family}.archive", roomId=room["_id"])

    data = place.data
    assert is_now(data.pop("timestamp"))
    assert data == about_room(place, room["_id"], f"old-{kind}", place.ann)
    assert data["room"]["archived"] is True
    place.ann.post(f"{family}.delete", roomId=room["_id"])


def about_room(place: Place, room_id: str, name: str, person: Api) -> dict[str, Any]:
    user = place.user(person)
    return {
        "token": "t",
        "bot": False,
        "channel_id": room_id,
        "channel_name": name,
        "user_id": person.user_id,
        "user_name": user["username"],
        "user": user,
        "room": place.room(room_id),
    }


@pytest.mark.parametrize("channel", ["#general", "all_public_channels"])
def test_who_joins_and_who_leaves_a_channel(place: Place, channel: str) -> None:
    room_id = place.rooms["general"]
    for name in (EventName.ROOM_JOINED, EventName.ROOM_LEFT):
        place.listen(event=name, channels=(channel,))

    assert place.bob.post("channels.join", roomId=room_id).status == 200
    assert place.bob.post("channels.leave", roomId=room_id).status == 200

    joined, left = place.opened
    assert (joined.event, left.event) == (EventName.ROOM_JOINED, EventName.ROOM_LEFT)
    for delivery in (joined, left):
        data = dict(delivery.data)
        assert is_now(data.pop("timestamp"))
        assert data == about_room(place, room_id, "general", place.bob)


@pytest.mark.parametrize("channel", ["#staff", "all_private_groups"])
def test_who_is_put_into_a_group_and_out_of_it(place: Place, channel: str) -> None:
    room = {"roomId": place.rooms["staff"], "userId": place.bob.user_id}
    for name in (EventName.ROOM_JOINED, EventName.ROOM_LEFT):
        place.listen(event=name, channels=(channel,))

    assert place.ann.post("groups.invite", **room).status == 200
    assert place.ann.post("groups.kick", **room).status == 200

    assert [one.event for one in place.opened] == [EventName.ROOM_JOINED, EventName.ROOM_LEFT]
    assert {one.data["user_name"] for one in place.opened} == {"bob"}


@pytest.mark.parametrize(("roles", "bot"), [(["user"], False), (["bot"], True)])
def test_a_new_user(place: Place, roles: list[str], *, bot: bool) -> None:
    place.listen(event=EventName.USER_CREATED, target_room="#general")
    name = "robot" if bot else "eve"

    made = place.admin.post(
        "users.create",
        username=name,
        name=name.title(),
        email=f"{name}@example.org",
        password="secret word",
        roles=roles,
    )["user"]

    data = place.data
    user = data.pop("user")
    assert data == {
        "token": "t",
        "bot": bot,
        "timestamp": made["createdAt"],
        "user_id": made["_id"],
        "user_name": name,
    }
    assert (user["_id"], user["username"]) == (made["_id"], name)
    assert "secret" not in str(user)
    place.admin.post("users.delete", userId=made["_id"])


def test_a_direct_room_that_opens_is_no_event(place: Place) -> None:
    for name in (EventName.ROOM_CREATED, EventName.ROOM_JOINED):
        place.listen(event=name, channels=ALL_ROOMS if name == EventName.ROOM_JOINED else ())

    place.admin.post("dm.create", username="bob")

    assert place.opened == []
    assert place.wake_up.rings == 0


@pytest.mark.parametrize(
    ("channels", "heard"),
    [
        ((), "general"),
        (("#general",), "general"),
        (("#{general}",), "general"),
        (("#staff",), "staff"),
        (("#{staff}",), "staff"),
        (("@bob",), "direct"),
        (("@{bob}",), "direct"),
        (("@ann",), ""),
        (("@{ann}",), ""),
        (("#{direct}",), ""),
        (("#General",), ""),
        (("#elsewhere",), ""),
        (("all_public_channels",), "general"),
        (("all_private_groups",), "staff"),
        (("all_direct_messages",), "direct"),
        (ALL_ROOMS, "general staff direct"),
        (("#staff", "@bob"), "staff direct"),
        (("#general", "#{general}", "all_public_channels"), "general"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, tuple) else value,
)
def test_where_an_integration_listens(place: Place, channels: tuple[str, ...], heard: str) -> None:
    ids = {**place.rooms, "ann": place.ann.user_id, "bob": place.bob.user_id}
    place.listen(channels=tuple(channel.format_map(ids) for channel in channels))

    for room in place.rooms:
        place.write(room)

    told = [one.data["channel_id"] for one in place.opened]
    assert sorted(told) == sorted(place.rooms[room] for room in heard.split())


@pytest.mark.parametrize(
    ("fields", "text", "word"),
    [
        ({}, "anything", None),
        ({"trigger_words": ("pr", "help")}, "pr ls", "pr"),
        ({"trigger_words": ("pr", "help")}, "problem", "pr"),
        ({"trigger_words": ("pr", "help")}, "a pr", ...),
        ({"trigger_words": ("pr", "help")}, "Pr", ...),
        ({"trigger_words": ("help", "pr")}, "pr help", "pr"),
        ({"trigger_words": ("help", "pr"), "trigger_word_anywhere": True}, "pr help", "help"),
        ({"trigger_words": ("pr",), "trigger_word_anywhere": True}, "a pr", "pr"),
        ({"trigger_words": ("",)}, "anything", None),
        ({"trigger_words": (":rocket:", "\N{ROCKET}")}, "\N{ROCKET} go", "\N{ROCKET}"),
    ],
)
def test_what_makes_an_integration_listen(
    place: Place, fields: dict[str, Any], text: str, word: Any
) -> None:
    place.listen(**fields)

    place.write("general", text)

    told = [one.data.get("trigger_word") for one in place.opened]
    assert told == ([] if word is ... else [word])
    assert [one.trigger_word for one in place.opened] == told
    assert place.wake_up.rings == len(told)


@pytest.mark.parametrize(("run_on_edits", "expected"), [(True, 2), (False, 1)])
def test_edits(place: Place, expected: int, *, run_on_edits: bool) -> None:
    place.listen(run_on_edits=run_on_edits)
    message = place.write("general")

    update = {"roomId": place.rooms["general"], "msgId": message["_id"], "text": "better"}
    assert place.ann.post("chat.update", **update).status == 200

    assert len(place.opened) == expected


def test_several_integrations_with_several_urls(place: Place) -> None:
    for name in ("i1", "i2"):
        place.listen(id=name, urls=("https://a.test", "https://b.test"))
    place.listen(id="off", enabled=False)
    place.listen(id="other event", event=EventName.ROOM_JOINED)

    place.write("general")

    told = sorted((one.integration_id, one.url) for one in place.opened)
    assert told == [
        (name, url) for name in ("i1", "i2") for url in ("https://a.test", "https://b.test")
    ]
    assert place.wake_up.rings == 1


def test_a_room_that_is_renamed_is_still_listened_to(place: Place) -> None:
    room_id = place.ann.post("channels.create", name="before")["channel"]["_id"]
    place.listen(channels=("#before",), listens_to=(f"#{room_id}",))

    place.ann.post("channels.rename", roomId=room_id, name="after")
    place.ann.post("chat.postMessage", roomId=room_id, text="still here")

    assert place.data["channel_name"] == "after"
    place.ann.post("channels.delete", roomId=room_id)


def test_a_refused_message_is_told_to_nobody(place: Place) -> None:
    place.listen(channels=ALL_ROOMS)

    refused = place.bob.post("chat.postMessage", roomId=place.rooms["staff"], text="let me in")

    assert refused.status == 400
    assert place.opened == []
    assert place.wake_up.rings == 0


def test_characters_that_databases_dislike(place: Place) -> None:
    place.listen(trigger_words=("\N{ROCKET}",), trigger_word_anywhere=True)

    message = place.write("general", "quote \" \\ ' \N{ROCKET} \u2028 %s :id")

    assert place.data["text"] == message["msg"]


def test_many_who_write_at_once_while_integrations_change(place: Place) -> None:
    place.listen(id="steady")

    def write(number: int) -> None:
        if number % 10 == 0:
            place.listen(id=f"new {number}", channels=("#elsewhere",))
        client = Api(place.app.test_client(use_cookies=False))
        client.headers = place.ann.headers
        body = {"roomId": place.rooms["general"], "text": str(number)}
        assert client.post("chat.postMessage", **body).status == 200

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(60)))

    assert sorted(int(one.data["text"]) for one in place.opened) == list(range(60))
    assert place.wake_up.rings == 60


def test_what_another_process_saves_counts_with_the_next_message(
    place: Place, address: str
) -> None:
    other = create_engine(address)
    place.write("general", "before")

    IntegrationStore(other).add(made := make_outgoing(id="late"))
    place.write("general", "between")
    IntegrationStore(other).disable(made.id, "enough")
    place.write("general", "after")
    other.dispose()

    assert place.data["text"] == "between"
    place.services.integrations.remove("late")


def test_a_deleted_user_takes_the_integrations_that_post_as_him(place: Place) -> None:
    made = place.admin.post(
        "users.create", username="gone", name="Gone", email="g@example.org", password="secret word"
    )["user"]
    place.listen(id="his", user_id=made["_id"])
    place.listen(id="steady")

    assert place.admin.post("users.delete", userId=made["_id"]).status == 200
    place.write("general")

    assert [one.integration_id for one in place.opened] == ["steady"]
    found = place.services.integrations.find_any("his")
    assert found is not None
    assert (found.enabled, found.disabled_reason) == (
        False,
        "The user gone, as whom it posts, was deleted",
    )
    place.services.integrations.remove("his")
