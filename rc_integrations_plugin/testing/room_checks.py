"""Rooms: finding them, what they show, who is in them, opening and joining them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from rc_integrations_plugin.host.port import Room, RoomKind
from rc_integrations_plugin.testing.checks import check, expect, expect_text, fail
from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.user_checks import HOSTILE_REFERENCES
from rc_integrations_plugin.testing.world import Feature

_THREADS = 4


@check("Host.find_rooms")
def finds_by_id_and_by_name(stage: Stage) -> None:
    """A hook may post to `#room`, given as name or as id, without the `#`."""
    room = stage.channel(stage.user())
    for reference in (room.id, room.name or room.id):
        ids = [found.id for found in stage.host.find_rooms(reference)]
        expect(ids == [room.id], f"{ids} for {reference!r}, expected {[room.id]}")


@check("Host.find_rooms")
def finds_private_groups_and_direct_rooms(stage: Stage) -> None:
    """The plugin asks for all kinds; whether the user may post there is asked afterwards."""
    owner = stage.user()
    direct = stage.direct_room(owner, stage.user("bob"))
    expect(_ids(stage, direct.id) == [direct.id], "a direct room is not found by its id")
    group = stage.private_group(owner)
    expect(_ids(stage, group.id) == [group.id], "a private group is not found by its id")
    expect(_ids(stage, group.name or group.id) == [group.id], "nor by its name")


@check("Host.find_rooms")
def finds_nothing_by_what_no_room_is_called(stage: Stage) -> None:
    """The reference comes from outside and may hold anything.

    It is compared as a whole: patterns, parts and marks (`#`) mean nothing, and strange
    characters are no error.
    """
    room = stage.channel(stage.user())
    name = room.name or room.id
    for reference in (f"#{name}", name[:-1], f"{name[:-1]}_", *HOSTILE_REFERENCES):
        found = stage.host.find_rooms(reference)
        expect(not found, f"{reference[:40]!r} found {len(found)} room(s)")


@check("Host.find_rooms")
def finds_all_rooms_that_share_a_name(stage: Stage) -> None:
    """With two of the same name the plugin refuses and says so, rather than pick one."""
    stage.need(Feature.SAME_ROOM_NAMES)
    owner, name = stage.user(), stage.name("twin")
    make = stage.world.make_room
    twins = {make(RoomKind.CHANNEL, name=name, owner=owner).id for _ in range(2)}
    expect(set(_ids(stage, name)) == twins, f"{_ids(stage, name)}, expected {sorted(twins)}")


@check("Room.id")
def is_text_that_no_other_room_has(stage: Stage) -> None:
    """Ids are kept and compared as text."""
    owner = stage.user()
    room = stage.channel(owner)
    given = _given(stage, room)
    expect_text(given.id, "the id")
    expect(given.id == room.id, f"{given.id!r} when asked again, first {room.id!r}")
    expect(_given(stage, stage.channel(owner)).id != given.id, "two rooms have one id")


@check("Room.name")
def comes_without_the_number_sign(stage: Stage) -> None:
    """The plugin adds `#` where it belongs."""
    name = _given(stage, stage.channel(stage.user())).name
    expect_text(name, "the name of a room that was made with one")
    expect(not (name or "").startswith("#"), f"{name!r}")


@check("Room.name")
def is_none_where_there_is_none(stage: Stage) -> None:
    """Direct rooms have no name of their own; the plugin shows who is in them instead."""
    owner = stage.user()
    direct = stage.direct_room(owner, stage.user("bob"))
    expect(direct.name is None, f"{direct.name!r} for a direct room")
    stage.need(Feature.ROOMS_WITHOUT_NAME)
    room = stage.world.make_room(RoomKind.CHANNEL, name=None, owner=owner)
    name = _given(stage, room).name
    expect(name is None, f"{name!r} for a channel without a name")


@check("Room.kind")
def is_one_of_three_letters(stage: Stage) -> None:
    """Outgoing integrations listen to all public channels, private groups or direct rooms by it."""
    owner = stage.user()
    channel = _given(stage, stage.channel(owner))
    direct = stage.direct_room(owner, stage.user("bob"))
    expect(channel.kind == RoomKind.CHANNEL, f"{channel.kind!r} for a public channel")
    expect(direct.kind == RoomKind.DIRECT, f"{direct.kind!r} for a direct room")
    group = _given(stage, stage.private_group(owner))
    expect(group.kind == RoomKind.PRIVATE_GROUP, f"{group.kind!r} for a private group")


@check("Room.participants")
def are_both_of_a_direct_room(stage: Stage) -> None:
    """`@name` of an outgoing integration listens to that person's direct rooms.

    Other rooms may have a hundred thousand members, hence nothing there.
    """
    user, other = stage.user(), stage.user("bob")
    direct = stage.direct_room(user, other)
    ids = {participant.id for participant in direct.participants}
    expect(ids == {user.id, other.id}, f"{sorted(ids)}, expected {sorted((user.id, other.id))}")
    channel = _given(stage, stage.channel(user))
    expect(not channel.participants, "not empty for a channel")


@check("Host.is_member")
def follows_joining_and_leaving(stage: Stage) -> None:
    """Who manages an integration must be in the rooms that it posts to."""
    owner, user = stage.user(), stage.user("bob")
    room = stage.channel(owner)
    expect(stage.host.is_member(owner, room) is True, "not true for the owner of a new channel")
    expect(stage.host.is_member(user, room) is False, "not false for a stranger")
    stage.world.add_member(user, room)
    expect(stage.host.is_member(user, room) is True, "not true after joining")
    stage.world.remove_member(user, room)
    expect(stage.host.is_member(user, room) is False, "not false after leaving")


@check("Host.is_member")
def holds_for_both_of_a_direct_room(stage: Stage) -> None:
    """A direct room's two people are its members, and nobody else."""
    user, other, stranger = stage.user(), stage.user("bob"), stage.user("eve")
    room = stage.direct_room(user, other)
    for someone, expected in ((user, True), (other, True), (stranger, False)):
        found = stage.host.is_member(someone, room)
        expect(found is expected, f"{found!r} for {someone.username}, expected {expected}")


@check("Host.open_direct_room")
def opens_one_room_for_two(stage: Stage) -> None:
    """A second room would split a conversation.

    The room of these two is found again, whoever of them asks.
    """
    user, other = stage.user(), stage.user("bob")
    first = stage.direct_room(user, other)
    expect(first.kind == RoomKind.DIRECT, f"a room of kind {first.kind!r}")
    expect(stage.direct_room(user, other).id == first.id, "a second room for the same two")
    expect(stage.direct_room(other, user).id == first.id, "a second room the other way round")
    expect(stage.direct_room(user, stage.user("eve")).id != first.id, "the same room for others")


@check("Host.open_direct_room")
def opens_one_room_when_asked_by_several_at_once(stage: Stage) -> None:
    """Two alerts to one person may arrive in the same millisecond.

    Neither may fail, on a unique key for instance, and both must end in the same room.
    """
    stage.need(Feature.PARALLEL)
    user_id, other_id = stage.user().id, stage.user("bob").id
    barrier = Barrier(_THREADS, timeout=10)

    def open_one(_number: int) -> str:
        with stage.world.app_context():
            user, other = stage.host.find_user(user_id), stage.host.find_user(other_id)
            if user is None or other is None:
                fail("find_user gave None in another thread for a user who exists")
            barrier.wait()
            with stage.host.transaction():
                return stage.host.open_direct_room(user, other).id

    with ThreadPoolExecutor(_THREADS) as threads:
        opened = set(threads.map(open_one, range(_THREADS)))
    expect(len(opened) == 1, f"{len(opened)} rooms for the same two")


@check("Host.join_room")
def makes_a_member_once(stage: Stage) -> None:
    """The plugin joins the user it posts as without asking first.

    A member stays one, which is no error, and is announced once.
    """
    user = stage.user()
    room = stage.channel(stage.user("owner"))
    with stage.recording("room-joined") as sent:
        for _ in range(2):
            with stage.transaction():
                stage.host.join_room(user, room)
            expect(stage.is_member(user, room), "not a member after join_room")
    expect(len(sent) == 1, f"room-joined was sent {len(sent)} times for two calls")


@check("Host.join_room")
def lets_write_in_the_same_transaction(stage: Stage) -> None:
    """A first post joins, asks and posts in one go."""
    author = stage.author()
    room = stage.channel(stage.user("owner"))
    with stage.transaction():
        stage.host.join_room(author, room)
        stage.host.check_may_post(author, room)
        stage.host.post_message(stage.draft("joined"), room=room, as_user=author)
    expect(stage.stored_texts(room) == ["joined"], "the message is not stored")


def _given(stage: Stage, room: Room) -> Room:
    """Return the room as the host gives it."""
    found = stage.host.find_rooms(room.id)
    if not found:
        fail("Host.find_rooms found nothing for the id of a room that exists")
    return found[0]


def _ids(stage: Stage, reference: str) -> list[str]:
    rooms: list[Room] = list(stage.host.find_rooms(reference))
    return [room.id for room in rooms]
