from dataclasses import replace
from typing import cast

import pytest

from rc_integrations_plugin.outgoing.owner import switch_off, tell_owner
from rc_integrations_plugin.services import Services
from tests.unit.messages.memory_host import BOT, MemoryUser
from tests.unit.outgoing.deliveries import Way, plain

ADMIN = MemoryUser("admin-id", "admin")
TEXT = "The integration Bridge is switched off. Because."


@pytest.fixture
def way() -> Way:
    way = Way()
    way.host.users.append(ADMIN)
    return way


def services_of(way: Way) -> Services:
    return cast("Services", way)


def test_the_owner_hears_once_that_an_integration_is_switched_off(way: Way) -> None:
    integration = plain()

    for _ in range(2):
        switch_off(services_of(way), integration, reason="Because")

    assert way.integrations.disabled == {integration.id: "Because"}
    assert way.posted == [("d-u-bot-admin-id", TEXT)]
    assert way.host.authors == [BOT.id]


def test_one_without_a_name_is_told_of_by_its_id(way: Way) -> None:
    integration = replace(plain(), name="")

    switch_off(services_of(way), integration, reason="Because")

    told = f"The integration with the id {integration.id} is switched off. Because."
    assert way.posted == [("d-u-bot-admin-id", told)]


def test_an_owner_is_told_whoever_has_the_name_now(way: Way) -> None:
    way.host.users.append(replace(ADMIN, id="u-other"))

    tell_owner(services_of(way), plain(), "x")

    assert way.posted == [("d-u-bot-admin-id", "x")]


@pytest.mark.parametrize(
    "users",
    [[ADMIN], [BOT], [replace(BOT, is_active=False), ADMIN]],
    ids=["no bot", "no owner", "inactive bot"],
)
def test_where_nobody_is_there_nobody_is_told(way: Way, users: list[MemoryUser]) -> None:
    way.host.users = users

    tell_owner(services_of(way), plain(), "x")

    assert way.posted == []


def test_a_bot_does_not_write_to_itself(way: Way) -> None:
    integration = plain()

    tell_owner(services_of(way), replace(integration, user_id=ADMIN.id), "x")

    assert way.posted == []


def test_that_an_owner_could_not_be_told_harms_nothing(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.host.failing["d-u-bot-admin-id"] = RuntimeError("s3cret")

    switch_off(services_of(way), plain(), reason="Because")

    assert "is not told" in caplog.text
    assert "s3cret" not in caplog.text
