"""What a host may have beyond the rest: searching for names, and owners of rooms."""

from collections.abc import Callable, Sequence

from rc_integrations_plugin.host.port import (
    Capability,
    Room,
    RoomKind,
    SearchingHost,
    User,
    owned_rooms,
    searching,
)
from rc_integrations_plugin.testing.checks import check, expect, fail
from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.user_checks import HOSTILE_REFERENCES
from rc_integrations_plugin.testing.world import Feature

_PLENTY = 20


@check("Host.search_rooms")
def finds_rooms_by_any_part_of_their_name(stage: Stage) -> None:
    """Whoever types a name may begin in its middle; those that begin so come first."""
    user, word = stage.user(), stage.name("part")
    names = [f"b-{word}", f"{word}-a"]
    rooms = [stage.world.make_room(RoomKind.CHANNEL, name=name, owner=user).id for name in names]
    host = _searched(stage)
    found = [room.id for room in host.search_rooms(word, user=user, limit=_PLENTY)]
    expect(set(found) == set(rooms), f"{len(found)} rooms, expected the two that are called so")
    expect(found == [rooms[1], rooms[0]], "the one whose name begins so is not the first")
    one = [room.id for room in host.search_rooms(word, user=user, limit=1)]
    expect(one == [rooms[1]], f"{len(one)} rooms with the limit 1, or not the best")


@check("Host.search_rooms")
def never_shows_private_groups_of_others(stage: Stage) -> None:
    """Even the name of a private group may be a secret. Its members find it."""
    owner, stranger = stage.user(), stage.user("eve")
    group = stage.private_group(owner)
    part = group.name or fail("a private group has no name")
    host = _searched(stage)
    shown = host.search_rooms(part, user=stranger, limit=_PLENTY)
    expect(not shown, "a stranger was shown a private group")
    own = [room.id for room in host.search_rooms(part, user=owner, limit=_PLENTY)]
    expect(own == [group.id], "its owner did not find it")


@check("Host.search_rooms")
def takes_a_part_as_it_is_written(stage: Stage) -> None:
    """`%` and `_` are letters like others, and strange characters are no error."""
    user = stage.user()
    room = stage.channel(user)
    name = room.name or fail("a channel has no name")
    host = _searched(stage)
    _expect_nothing(lambda part: host.search_rooms(part, user=user, limit=_PLENTY), name)


@check("Host.search_users")
def finds_users_by_any_part_of_their_username(stage: Stage) -> None:
    """Whoever types a name may begin in its middle; those that begin so come first."""
    user, word = stage.user(), stage.name("part")
    make = stage.world.make_user
    users = [make(username=name).id for name in (f"b-{word}", f"{word}-a")]
    host = _searched(stage)
    found = [one.id for one in host.search_users(word, user=user, limit=_PLENTY)]
    expect(set(found) == set(users), f"{len(found)} users, expected the two that are called so")
    expect(found == [users[1], users[0]], "the one whose username begins so is not the first")
    one = [each.id for each in host.search_users(word, user=user, limit=1)]
    expect(one == [users[1]], f"{len(one)} users with the limit 1, or not the best")


@check("Host.search_users")
def leaves_out_deactivated_users(stage: Stage) -> None:
    """Nothing can post as them or write to them."""
    stage.need_capability(Capability.SEARCH)
    stage.need(Feature.DEACTIVATION)
    user, gone = stage.user(), stage.user("gone")
    stage.world.deactivate(gone)
    found = _searched(stage).search_users(gone.username or "-", user=user, limit=_PLENTY)
    expect(not found, "a deactivated user was shown")


@check("Host.search_users")
def takes_a_part_of_a_username_as_it_is_written(stage: Stage) -> None:
    """`%` and `_` are letters like others, and strange characters are no error."""
    user = stage.user()
    name = user.username or fail("a user has no username")
    host = _searched(stage)
    _expect_nothing(lambda part: host.search_users(part, user=user, limit=_PLENTY), name)


@check("Host.owned_rooms")
def are_the_rooms_of_their_owner_alone(stage: Stage) -> None:
    """Owners manage the integrations of their rooms; a member who is none must not.

    Nobody owns a direct room.
    """
    stage.need_capability(Capability.OWNERS)
    owner, member = stage.user(), stage.user("bob")
    room = stage.channel(owner)
    stage.world.add_member(member, room)
    stage.direct_room(owner, member)
    expect(_owned(stage, owner) == {room.id}, "not exactly the one room that the owner made")
    expect(not _owned(stage, member), "a member of a room is shown as its owner")


@check("Host.owned_rooms")
def follow_a_change_of_owner(stage: Stage) -> None:
    """It is asked for anew with each request: who owns a room no longer manages it no longer."""
    stage.need_capability(Capability.OWNERS)
    stage.need(Feature.OWNER_CHANGES)
    before, after = stage.user(), stage.user("bob")
    room = stage.channel(before)
    stage.world.add_member(after, room)
    expect(not _owned(stage, after), "a member of a room is shown as its owner")
    expect(_owned(stage, before) == {room.id}, "not exactly the one room that the owner made")
    stage.world.change_owner(room, before=before, after=after)
    expect(_owned(stage, after) == {room.id}, "the new owner does not own it")
    expect(not _owned(stage, before), "who was the owner still owns it")


def _searched(stage: Stage) -> SearchingHost:
    stage.need_capability(Capability.SEARCH)
    return searching(stage.host) or fail("the host claims to be searched")


def _owned(stage: Stage, user: User) -> set[str]:
    return {room.id for room in owned_rooms(stage.host, user)}


def _expect_nothing(search: Callable[[str], Sequence[Room] | Sequence[User]], name: str) -> None:
    for part in (f"{name[:-1]}_", f"{name[:3]}%{name[-3:]}"):
        expect(not search(part), f"{part!r} was taken for a pattern")
    for part in HOSTILE_REFERENCES:
        expect(len(search(part)) <= _PLENTY, f"more than the limit for {part[:40]!r}")
