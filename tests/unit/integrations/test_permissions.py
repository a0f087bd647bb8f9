import dataclasses
from typing import cast

import pytest

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import (
    DEFAULT_ROLES,
    Manager,
    Part,
    Scope,
    list_scopes,
    visible_parts,
)
from rc_integrations_plugin.integrations.records import Editor, IntegrationType
from tests.factories import make_incoming


class Ann:
    id = "ann"


def manager(*, everyones: bool, own: bool) -> Manager:
    return Manager(cast("User", Ann()), has_everyones=everyones, has_own=own)


HERS = make_incoming(created_by=Editor("ann", "ann"))
OTHERS = make_incoming(created_by=Editor("bob", "bob"))


@pytest.mark.parametrize(
    ("everyones", "own", "scope", "hers", "others", "any_room"),
    [
        (False, False, Scope.NONE, False, False, False),
        (False, True, Scope.OWN, True, False, False),
        (True, False, Scope.ALL, True, True, False),
        (True, True, Scope.ALL, True, True, True),
    ],
)
def test_two_permissions_make_a_scope(
    everyones: bool,  # noqa: FBT001
    own: bool,  # noqa: FBT001
    scope: Scope,
    hers: bool,  # noqa: FBT001
    others: bool,  # noqa: FBT001
    any_room: bool,  # noqa: FBT001
) -> None:
    ann = manager(everyones=everyones, own=own)

    assert ann.scope is scope
    assert (ann.may_manage(HERS), ann.may_manage(OTHERS)) == (hers, others)
    assert ann.may_choose_any_room is any_room


def test_both_permissions_for_own_ones_narrow_a_list() -> None:
    all_and_own = manager(everyones=True, own=True)

    narrowed = list_scopes(all_and_own, manager(everyones=False, own=True))
    wide = list_scopes(all_and_own, all_and_own)

    assert narrowed[IntegrationType.INCOMING] is Scope.OWN
    assert wide[IntegrationType.INCOMING] is Scope.ALL


def test_administrators_manage_and_bots_impersonate_at_first() -> None:
    assert DEFAULT_ROLES["manage-own-incoming-integrations"] == ("admin",)
    assert DEFAULT_ROLES["message-impersonate"] == ("bot", "app")
    assert len(DEFAULT_ROLES) == 5


IN_A_ROOM = make_incoming(channels=("#a",), channel_ids={"#a": "R1"})


@pytest.mark.parametrize(
    ("own", "rooms", "scope", "hers", "in_her_room"),
    [
        (False, {"R1", "R2"}, Scope.ROOMS, False, True),
        (False, {"R2"}, Scope.ROOMS, False, False),
        (True, {"R1"}, Scope.OWN, True, True),
        (True, set(), Scope.OWN, True, False),
    ],
    ids=["owns it", "owns another", "owns it and makes some", "makes some"],
)
def test_rooms_add_to_a_scope(
    rooms: set[str],
    scope: Scope,
    *,
    own: bool,
    hers: bool,
    in_her_room: bool,
) -> None:
    ann = dataclasses.replace(manager(everyones=False, own=own), rooms=frozenset(rooms))

    assert ann.scope is scope
    assert (ann.may_manage(HERS), ann.may_manage(IN_A_ROOM)) == (hers, in_her_room)
    assert ann.is_permitted is own
    assert not ann.may_choose_any_room


def test_a_list_shows_no_rooms_where_a_host_has_none() -> None:
    own, nobody = manager(everyones=False, own=True), manager(everyones=False, own=False)
    owner = dataclasses.replace(nobody, rooms=frozenset({"R1"}))

    assert visible_parts(own, nobody) == {IntegrationType.INCOMING: "ann"}
    assert visible_parts(nobody, nobody) == {}
    assert visible_parts(owner, own) == {
        IntegrationType.INCOMING: Part(None, frozenset({"R1"})),
        IntegrationType.OUTGOING: "ann",
    }
