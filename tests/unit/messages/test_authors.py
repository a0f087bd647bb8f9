from dataclasses import replace

import pytest

from rc_integrations_plugin.messages.authors import ActiveUsers
from tests.unit.messages.memory_host import BOT, MemoryHost


@pytest.fixture
def host() -> MemoryHost:
    return MemoryHost()


def test_who_is_there_is_known_for_a_few_seconds(host: MemoryHost) -> None:
    now = 100.0
    users = ActiveUsers(clock=lambda: now)

    assert not users.knows(BOT.id)
    assert users.look_up(host, BOT.id)
    assert users.knows(BOT.id)

    now += 5.0
    assert not users.knows(BOT.id)


def test_many_callers_at_once_ask_the_host_once(host: MemoryHost) -> None:
    users = ActiveUsers(clock=lambda: 100.0)

    assert [users.look_up(host, BOT.id) for _ in range(3)] == [True] * 3
    assert host.asked["find_user"] == 1


def test_who_is_gone_or_deactivated_is_asked_for_each_time(host: MemoryHost) -> None:
    users = ActiveUsers(clock=lambda: 100.0)
    host.users = [replace(BOT, is_active=False)]

    assert not users.look_up(host, BOT.id)
    assert not users.look_up(host, "nobody")
    assert not users.knows(BOT.id)

    host.users = [BOT]
    assert users.look_up(host, BOT.id)


def test_it_does_not_grow_without_end(host: MemoryHost) -> None:
    users = ActiveUsers(clock=lambda: 100.0, at_most=2)
    host.users = [replace(BOT, id=f"u{number}") for number in range(3)]

    for number in range(3):
        users.look_up(host, f"u{number}")

    assert [users.knows(f"u{number}") for number in range(3)] == [False, False, True]
