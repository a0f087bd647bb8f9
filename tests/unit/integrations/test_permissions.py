from typing import cast

import pytest

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import (
    DEFAULT_ROLES,
    Manager,
    Scope,
    list_scopes,
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
