"""Whose rooms an integration is about: rows and records must give the same answer."""

from typing import Any

import pytest
from sqlalchemy import Engine

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.permissions import Part
from rc_integrations_plugin.integrations.reach import rooms_of
from rc_integrations_plugin.integrations.records import Editor, IntegrationType
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import make_incoming, make_outgoing

Integration = Any
ROOM, OTHER = 'R"1', "R2\N{ROCKET}"
BOTH = {"#a": ROOM, '#"b\\,': OTHER}
ONE = {"#a": ROOM}


@pytest.fixture
def store(engine: Engine) -> IntegrationStore:
    return IntegrationStore(engine)


def incoming(**fields: Any) -> Integration:
    return make_incoming(**{"channels": tuple(BOTH), "channel_ids": BOTH} | fields)


def outgoing(**fields: Any) -> Integration:
    usual = {"channels": tuple(BOTH), "channel_ids": BOTH, "listens_to": (f"#{ROOM}", f"#{OTHER}")}
    return make_outgoing(**usual | fields)


HIS = [
    ("an incoming one", incoming()),
    ("one room twice", incoming(channels=("#a", "#a"))),
    ("a group by its id", incoming(channels=("#R1",), channel_ids={"#R1": ROOM})),
    ("switched off", incoming(enabled=False)),
    ("an outgoing one", outgoing()),
    ("with a target", outgoing(target_room="#a")),
    ("for files", outgoing(event=EventName.FILE_UPLOADED)),
]
NOT_HIS = [
    ("no channel", incoming(channels=(), channel_ids={})),
    ("any room", incoming(override_destination=True)),
    ("a person", incoming(channels=("#a", "@ann"), channel_ids=ONE | {"@ann": ROOM})),
    ("no ids", incoming(channels=("#a",), channel_ids={})),
    ("one without an id", incoming(channels=("#a", "#c"), channel_ids=ONE)),
    ("another room", incoming(channels=("#a", "#c"), channel_ids=ONE | {"#c": "R3"})),
    ("an id in capitals", incoming(channels=("#a",), channel_ids={"#a": ROOM.lower()})),
    ("a name in capitals", incoming(channels=("#A",), channel_ids=ONE)),
    ("all public channels", outgoing(channels=(), listens_to=(), channel_ids={})),
    ("by the word", outgoing(channels=("all_public_channels",), channel_ids={})),
    ("a kind beside a room", outgoing(listens_to=(f"#{ROOM}", "all_private_groups"))),
    ("hears a person", outgoing(listens_to=(f"#{ROOM}", f"@{ROOM}"))),
    ("hears another room", outgoing(listens_to=(f"#{ROOM}", "#R3"))),
    ("hears by names", outgoing(listens_to=())),
    ("two rooms of one name", outgoing(channels=("#a", "#twin"), channel_ids=ONE)),
    ("answers to a person", outgoing(target_room="@ann", channel_ids=BOTH | {"@ann": ROOM})),
    ("answers elsewhere", outgoing(target_room="#c", channel_ids=BOTH | {"#c": "R3"})),
    ("answers to a name", outgoing(target_room="#c")),
    ("answers to nothing", outgoing(target_room="")),
    ("of the whole server", outgoing(event=EventName.USER_CREATED)),
    ("room events", outgoing(event=EventName.ROOM_CREATED)),
]


def shown(store: IntegrationStore, part: Part) -> list[str]:
    both = dict.fromkeys(IntegrationType, part)
    found, total = store.page(IntegrationFilter(made_by=both), offset=0, count=99)
    assert total == len(found)
    return sorted(one.name for one in found)


def test_a_list_shows_what_is_about_these_rooms_alone(store: IntegrationStore) -> None:
    part = Part(None, frozenset({ROOM, OTHER, "", "\x00", "\ud800"}))
    for name, one in HIS + NOT_HIS:
        store.add(type(one)(**{**vars(one), "name": name}))

    assert shown(store, part) == sorted(name for name, _ in HIS)
    assert shown(store, Part(None, frozenset())) == []
    assert shown(store, Part(None, frozenset({OTHER}))) == []


@pytest.mark.parametrize("one", [one for _, one in HIS], ids=[name for name, _ in HIS])
def test_a_record_about_rooms_alone_says_which(one: Integration) -> None:
    rooms = rooms_of(one)

    assert rooms
    assert ROOM in rooms <= {ROOM, OTHER}


@pytest.mark.parametrize("one", [one for _, one in NOT_HIS], ids=[name for name, _ in NOT_HIS])
def test_a_record_about_anything_else_is_nobodys(one: Integration) -> None:
    rooms = rooms_of(one)

    assert rooms is None or not rooms <= {ROOM, OTHER}


def test_pages_hold_both_what_somebody_made_and_what_is_in_his_rooms(
    store: IntegrationStore,
) -> None:
    ann = Editor("ann", "ann")
    for number in range(3):
        store.add(incoming(name=f"room {number}"))
        store.add(make_incoming(name=f"own {number}", created_by=ann))
        store.add(make_incoming(name=f"other {number}"))
    store.add(incoming(name="both", created_by=ann))
    part = {IntegrationType.INCOMING: Part("ann", frozenset({ROOM, OTHER}))}

    pages = [
        store.page(IntegrationFilter(made_by=part), sort=[("name", 1)], offset=offset, count=4)
        for offset in (0, 4)
    ]

    names = [[one.name for one in found] for found, _ in pages]
    assert names == [["both", "own 0", "own 1", "own 2"], ["room 0", "room 1", "room 2"]]
    assert [total for _, total in pages] == [7, 7]
