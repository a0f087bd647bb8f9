from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar

import pytest

from rc_integrations_plugin.host.port import RoomKind, User
from rc_integrations_plugin.testing import CHECKS, Feature, HostConformance, Unsupported
from rc_integrations_plugin.testing.checks import Check
from tests.conformance.memory_host import MemoryRoom, MemoryUser
from tests.conformance.memory_world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


class TestMemoryHost(HostConformance):
    pass


class BareWorld(MemoryWorld):
    """A server that has nothing of what may be left out."""

    unsupported: ClassVar[Mapping[Feature, str]] = dict.fromkeys(Feature, "not here")

    def make_user(self, *, username: str | None, is_bot: bool = False) -> MemoryUser:
        assert username is not None
        assert not is_bot
        return super().make_user(username=username)

    def make_room(self, kind: RoomKind, *, name: str | None, owner: User) -> MemoryRoom:
        assert (name is not None, kind) == (True, RoomKind.CHANNEL)
        return super().make_room(kind, name=name, owner=owner)


def not_here(*_args: object, **_kwargs: object) -> None:
    pytest.fail("this was declared as not supported")


OPTIONAL = ("deactivate", "mute", "make_read_only", "archive", "block", "edit_message")


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: f"{each.member}: {each.title}")
def test_what_is_declared_unsupported_is_never_tried(check: Check) -> None:
    world = type("World", (BareWorld,), dict.fromkeys(OPTIONAL, not_here))()

    with suppress(Unsupported):
        check.run(world)
