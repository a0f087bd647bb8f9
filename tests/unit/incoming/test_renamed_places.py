"""Rooms and users that were renamed after the integration was saved."""

from typing import Any

import pytest

from host_stub import seed
from host_stub.chat import rooms, users
from tests.hooks import Hook, Stage


def rename_room(stage: Stage, name: str, new_name: str) -> None:
    with stage.app.app_context(), stage.chat.transaction():
        rooms.rename_room(stage.chat, rooms.load_room(stage.chat, name=name), new_name)


def rename_user(stage: Stage, name: str, new_name: str) -> None:
    with stage.app.app_context(), stage.chat.transaction():
        users.load_user(stage.chat, username=name).username = new_name


def saved_hook(stage: Stage, **fields: Any) -> Hook:
    """Return a hook with the ids that #general and @alice have now."""
    channel_ids = {"#general": stage.room_id("general"), "@alice": stage.user_id("alice")}
    return stage.hook(channels=tuple(channel_ids), channel_ids=channel_ids, **fields)


@pytest.mark.parametrize("separate", [False, True], ids=["together", "separately"])
def test_messages_go_where_they_went_before(
    stage: Stage,
    separate: bool,  # noqa: FBT001 a parameter of the table
) -> None:
    hook = saved_hook(stage)
    rename_room(stage, "general", "town")
    rename_user(stage, "alice", "alicia")

    answer = hook.post(text="hi", separateResponse=separate)

    assert answer.status_code == 200
    assert stage.texts("town") == ["hi"]
    assert stage.direct_texts("alicia") == ["hi"]
    # in the words of whoever saved it
    assert [result["channel"] for result in hook.call().results] == ["#general", "@alice"]


def test_another_room_that_is_called_so_by_now_gets_nothing(stage: Stage) -> None:
    hook = saved_hook(stage)
    rename_room(stage, "general", "town")
    rename_room(stage, "alerts", "general")

    hook.post(text="hi")

    assert (stage.texts("town"), stage.texts("general")) == (["hi"], [])


def test_a_room_that_is_made_anew_takes_the_place_of_one_that_is_gone(stage: Stage) -> None:
    hook = saved_hook(stage)
    with stage.app.app_context(), stage.chat.transaction():
        rooms.delete_room(stage.chat, rooms.load_room(stage.chat, name="general"))
    with stage.app.app_context(), stage.chat.transaction():
        bot = users.load_user(stage.chat, username="rocket.cat")
        seed.ensure_room(stage.chat, "general", owner=bot)

    hook.post(text="hi")

    assert stage.texts("general") == ["hi"]


def test_a_request_means_the_names_of_now(stage: Stage) -> None:
    hook = saved_hook(stage, override_destination=True)
    rename_room(stage, "general", "town")

    answer = hook.post(text="hi", channel="#general")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid-channel"


def test_no_other_room_takes_the_place_of_one_that_is_gone_where_an_owner_bound_it(
    stage: Stage,
) -> None:
    ids = {"#general": stage.room_id("general")}
    hook = stage.hook(channels=("#general",), channel_ids=ids, bound_to_rooms=True)
    assert hook.post(text="before").status_code == 200
    with stage.app.app_context(), stage.chat.transaction():
        rooms.delete_room(stage.chat, rooms.load_room(stage.chat, name="general"))
    with stage.app.app_context(), stage.chat.transaction():
        bot = users.load_user(stage.chat, username="rocket.cat")
        seed.ensure_room(stage.chat, "general", owner=bot)

    answer = hook.post(text="after")

    assert answer.status_code == 400
    assert stage.texts("general") == []
