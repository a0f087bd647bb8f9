"""Answers in rooms: who writes them, where they go, what they look like, and what is noted."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, Posted
from rc_integrations_plugin.outgoing.chain import CURRENT, LeaseLost, Posting
from rc_integrations_plugin.outgoing.posting import Order, post_reply
from rc_integrations_plugin.outgoing.reply import build_reply
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.settings import Settings
from tests.factories import make_delivery
from tests.unit.messages.memory_host import ANN, BOT, MemoryRoom, Refused
from tests.unit.outgoing.answers import make_answer
from tests.unit.outgoing.deliveries import DATA, ROOM, Way, body, plain, same_request


@pytest.fixture
def way() -> Way:
    way = Way()
    way.host.add_room("r-ops", "ops")
    way.host.add_room("r-direct", kind="d")
    return way


def answered(
    way: Way, content: dict[str, Any], data: dict[str, Any] | None = None, **fields: Any
) -> DeliveryAttempt:
    """Let the receiver answer with this content, and return what was noted."""
    way.answers = [make_answer(body=body(**content))]
    return way.attempt(plain(**fields), make_delivery(data=DATA if data is None else data))


# 5.10, 1: who writes it


@pytest.mark.parametrize(
    ("impersonate", "data", "author"),
    [
        (False, DATA, BOT.id),
        (True, DATA, ANN.id),
        (True, DATA | {"user_id": "u-gone"}, BOT.id),
        (True, {"channel_id": ROOM}, BOT.id),
    ],
    ids=["the user to post as", "whose doing it was", "who is gone", "nobody's doing"],
)
def test_this_is_who_writes(
    way: Way, data: dict[str, Any], author: str, *, impersonate: bool
) -> None:
    way.host.state.members.add((ANN.id, ROOM))

    answered(way, {"text": "hi"}, data, impersonate_user=impersonate)

    assert way.host.authors == [author]


def test_a_receiver_does_not_choose_whom_it_speaks_as(way: Way) -> None:
    way.host.state.members.add((ANN.id, ROOM))
    way.host.users.append(replace(ANN, id="u-boss", username="boss"))

    answered(way, {"text": "hi", "user_name": "boss"}, impersonate_user=True)

    assert way.host.authors == [ANN.id]


def test_who_is_impersonated_must_be_active(way: Way) -> None:
    way.host.users = [BOT, replace(ANN, is_active=False)]

    answered(way, {"text": "hi"}, impersonate_user=True)

    assert way.host.authors == [BOT.id]


def test_who_left_before_the_answer_came_writes_nothing(way: Way) -> None:
    integration = plain()
    order = Order(
        reply=build_reply({"text": "hi"}, integration, DATA),
        integration=integration,
        delivery=make_delivery(),
        stage=Posted.ANSWER,
    )
    way.host.users = []

    posted = post_reply(way, order)  # type: ignore[arg-type]

    assert not posted.is_posted
    assert posted.error == "The user that this integration posts as is gone or deactivated"


# 5.10, 2: where it goes


@pytest.mark.parametrize(
    ("content", "fields", "data", "room"),
    [
        ({}, {}, DATA, ROOM),
        ({}, {}, DATA | {"channel_id": "r-direct"}, "r-direct"),
        ({}, {"target_room": "#ops"}, DATA, "r-ops"),
        ({}, {"target_room": "ops"}, DATA, "r-ops"),
        ({}, {"target_room": "@ann"}, DATA, "d-u-bot-u-ann"),
        ({}, {"target_room": "#nowhere"}, DATA, ROOM),
        ({}, {"target_room": "#old", "channel_ids": {"#old": "r-ops"}}, DATA, "r-ops"),
        ({}, {"target_room": "#ops"}, {}, "r-ops"),
        ({"channel": "#ops"}, {}, DATA, "r-ops"),
        ({"channel": "#ops"}, {"target_room": "#general"}, DATA, "r-ops"),
        ({"roomId": "r-ops"}, {}, DATA, "r-ops"),
        ({"channel": "@ann"}, {}, DATA, "d-u-bot-u-ann"),
        ({"channel": "#ops"}, {}, {}, "r-ops"),
    ],
    ids=[
        "the event's room",
        "a direct one",
        "targetRoom",
        "targetRoom without sign",
        "a person as targetRoom",
        "targetRoom is none: the event's",
        "targetRoom was renamed",
        "targetRoom for an event without room",
        "the answer's channel",
        "the answer's channel before targetRoom",
        "the answer's roomId",
        "a person",
        "a channel for an event without room",
    ],
)
def test_this_is_where_it_goes(
    way: Way, content: dict[str, Any], fields: dict[str, Any], data: dict[str, Any], room: str
) -> None:
    attempt = answered(way, {"text": "hi", **content}, data, **fields)

    assert way.posted == [(room, "hi")]
    assert attempt.steps[-1] == Step.ANSWER_MESSAGE_SENT


@pytest.mark.parametrize(
    ("content", "fields", "data", "code"),
    [
        ({}, {}, {}, "error-invalid-channel"),
        ({}, {"target_room": "#nowhere"}, {}, "invalid-channel"),
        ({"channel": "#nowhere"}, {"target_room": "#ops"}, DATA, "invalid-channel"),
        ({}, {}, DATA | {"channel_id": "r-gone"}, "invalid-channel"),
    ],
    ids=["nowhere", "targetRoom is none", "the answer's channel is none", "the room is gone"],
)
def test_without_a_room_it_is_not_posted(
    way: Way, content: dict[str, Any], fields: dict[str, Any], data: dict[str, Any], code: str
) -> None:
    attempt = answered(way, {"text": "hi", **content}, data, **fields)

    assert way.posted == []
    assert attempt.steps[-1] == Step.ANSWER_MESSAGE_FAILED
    assert attempt.results[0]["error"] == code
    assert attempt.error == attempt.results[0]["reason"]


def test_a_room_that_says_no_is_not_replaced_by_another(way: Way) -> None:
    way.host.read_only.add("r-ops")

    attempt = answered(way, {"text": "hi"}, target_room="#ops")

    assert way.posted == []
    assert attempt.results == (
        {
            "phase": "answer",
            "channel": "#ops",
            "error": "error-not-allowed",
            "reason": "#ops: The host says no.",
        },
    )


def test_a_target_that_could_be_two_rooms_is_not_replaced_by_another(way: Way) -> None:
    way.host.state.rooms.append(MemoryRoom("r-ops-2", "ops"))

    attempt = answered(way, {"text": "hi"}, target_room="#ops")

    assert (way.posted, attempt.results[0]["error"]) == ([], "error-ambiguous-channel")


def test_a_public_channel_is_joined(way: Way) -> None:
    way.host.add_room("r-new", "new", member=False)

    answered(way, {"text": "hi"}, DATA | {"channel_id": "r-new"})

    assert way.posted == [("r-new", "hi")]


def test_an_answer_for_several_rooms_is_posted_to_all_or_none(way: Way) -> None:
    both = answered(way, {"text": "a", "channel": ["#general", "#ops"]})
    none = answered(way, {"text": "b", "channel": "#general,#nowhere"})

    assert way.posted == [(ROOM, "a"), ("r-ops", "a")]
    assert [result["room_id"] for result in both.results] == [ROOM, "r-ops"]
    assert [result["channel"] for result in none.results] == ["#nowhere"]


def test_or_to_each_that_takes_it(way: Way) -> None:
    content = {"text": "a", "channel": ["#general", "#nowhere"], "separateResponse": True}

    attempt = answered(way, content)

    assert way.posted == [(ROOM, "a")]
    assert attempt.steps[-1] == Step.ANSWER_MESSAGE_SENT
    assert [result.get("error") for result in attempt.results] == [None, "invalid-channel"]
    assert attempt.error == "There is no such room or user"


# 5.10, 3 and 4: what it looks like


def test_the_integration_s_alias_and_picture_are_shown(way: Way) -> None:
    answered(way, {"text": "hi"}, alias="CI", avatar="https://x.test/a.png")

    ((_, draft),) = way.host.state.messages
    assert (draft.alias, draft.avatar) == ("CI", "https://x.test/a.png")


@pytest.mark.parametrize(
    ("content", "alias", "avatar", "emoji"),
    [
        ({"alias": "Bot"}, "Bot", "https://x.test/a.png", ""),
        (
            {"username": "Bot", "icon_url": "https://x.test/b.png"},
            "Bot",
            "https://x.test/b.png",
            "",
        ),
        ({"username": "Bot", "icon_emoji": ":ghost:"}, "Bot", "", ":ghost:"),
        ({"emoji": ":ghost:"}, "CI", "", ":ghost:"),
    ],
)
def test_those_of_the_answer_count_before_them(
    way: Way, content: dict[str, str], alias: str, avatar: str, emoji: str
) -> None:
    answered(way, {"text": "hi", **content}, alias="CI", avatar="https://x.test/a.png")

    ((_, draft),) = way.host.state.messages
    assert (draft.alias, draft.avatar, draft.emoji) == (alias, avatar, emoji)


def test_an_alias_takes_the_permission_to_impersonate(way: Way) -> None:
    way.host.permissions.clear()

    refused = answered(way, {"text": "a", "alias": "Boss"})
    answered(way, {"text": "b"})

    assert refused.results[0]["error"] == "Not enough permission"
    assert way.posted == [(ROOM, "b")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"msg": "hi"}, "hi"),
        ({"text": "<https://x.test|here>"}, "[here](https://x.test)"),
        ({"text": "hi", "response_type": "in_channel"}, "hi"),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]},
            "hi",
        ),
    ],
    ids=["Rocket.Chat's", "Slack's link", "Slack's and Mattermost's", "Slack's blocks"],
)
def test_answers_of_other_chat_servers_are_understood(
    way: Way, content: dict[str, Any], text: str
) -> None:
    process = way.returns(prepare=same_request, process={"content": content})

    way.attempt(process, make_delivery(data=DATA))

    assert way.posted == [(ROOM, text)]


@pytest.mark.parametrize(
    ("content", "thread"),
    [({}, None), ({"response_type": "comment"}, "m1"), ({"tmid": "m0"}, "m0")],
)
def test_a_comment_goes_into_the_thread(
    way: Way, content: dict[str, str], thread: str | None
) -> None:
    answered(way, {"text": "hi", **content})

    ((_, draft),) = way.host.state.messages
    assert draft.thread_id == thread


def test_the_message_says_whose_it_is(way: Way) -> None:
    answered(way, {"text": "hi"}, id="i1")

    ((_, draft),) = way.host.state.messages
    assert draft.integration_id == "i1"


# What is kept of it


def test_both_messages_are_kept_with_their_author(way: Way) -> None:
    integration = way.returns(
        prepare={"message": "wait", "url": "https://a.test", "method": "GET"},
        process={"content": {"text": "done", "attachments": [{"text": "a"}]}},
    )

    attempt = way.attempt(integration)

    author = {"_id": "u-bot", "username": "rocket.cat", "name": "Rocket Cat"}
    assert attempt.messages == {
        "prepare": {"text": "wait", "u": author, "parseUrls": True},
        "answer": {"text": "done", "u": author, "attachments": [{"text": "a"}]},
    }


def test_one_that_is_refused_is_kept_too(way: Way) -> None:
    way.host.read_only.add("r-ops")

    attempt = answered(way, {"text": "hi"}, target_room="#ops")

    assert way.posted == []
    assert attempt.messages is not None
    assert attempt.messages["answer"]["text"] == "hi"


@pytest.mark.parametrize("content", [{"text": ""}, {"text": "x", "attachments": [1]}])
def test_what_is_no_message_is_not_kept(way: Way, content: dict[str, Any]) -> None:
    way.answers = [make_answer(body=body(**content))]

    assert way.attempt(plain()).messages is None


def test_secrets_in_it_are_hidden(way: Way) -> None:
    fields: dict[str, Any] = {
        "token": "s3cret-token",
        "headers": {"X-Key": "k3y-of-the-receiver"},
    }
    content = {"text": "s3cret-token k3y-of-the-receiver", "alias": "password: hunter2"}

    attempt = answered(way, content, **fields)

    assert way.posted == [(ROOM, content["text"])]
    assert attempt.messages is not None
    assert attempt.messages["answer"]["text"] == "*** ***"
    assert attempt.messages["answer"]["alias"] == "password: ***"


def test_no_more_of_it_is_kept_than_of_an_answer(way: Way) -> None:
    way.settings = Settings(history_body_bytes=10)

    attempt = answered(way, {"text": "x" * 100})

    assert attempt.messages is not None
    assert attempt.messages["answer"]["text"] == "x" * 10
    assert attempt.messages["answer"]["leftOut"] == {"text": True}


# What a listener is told, and what keeps a message from being posted twice


def test_a_listener_sees_whose_answer_is_being_posted(way: Way) -> None:
    delivery = make_delivery(data=DATA, integration_id="i1", depth=2)
    way.answers = [make_answer(body=body(text="hi"))]

    way.run(plain(id="i1"), delivery)

    assert way.host.postings == [
        Posting(integration_id="i1", delivery=delivery, depth=2, stage=Posted.ANSWER)
    ]
    assert CURRENT.get() is None


def test_a_delivery_that_nobody_marked_is_marked_afterwards(way: Way) -> None:
    integration = way.returns(prepare={"message": "wait", "url": "https://a.test", "method": "GET"})
    way.answers = [make_answer(body=body(text="hi"))]
    delivery = make_delivery(data=DATA)

    way.run(integration, delivery)

    assert way.deliveries.marked == [
        (delivery.id, Posted.PREPARE),
        (delivery.id, Posted.ANSWER),
    ]


def test_one_that_was_marked_with_the_message_is_not(way: Way) -> None:
    way.host.marks = True

    answered(way, {"text": "hi"})

    assert (way.posted, way.deliveries.marked) == ([(ROOM, "hi")], [])


def test_one_whose_message_was_refused_is_not(way: Way) -> None:
    answered(way, {"text": "hi", "channel": "#nowhere"})

    assert way.deliveries.marked == []


def test_that_it_could_not_be_marked_harms_nothing(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.deliveries.failing = OperationalError("UPDATE", {}, Exception("locked"))

    attempt = answered(way, {"text": "hi"})

    assert (way.posted, attempt.steps[-1]) == ([(ROOM, "hi")], Step.ANSWER_MESSAGE_SENT)
    assert "is not marked as posted" in caplog.text


def test_a_refusal_while_posting_is_told(way: Way) -> None:
    way.host.failing[ROOM] = Refused("error-room-archived", "The room is archived.")

    attempt = answered(way, {"text": "hi"})

    assert attempt.results[0]["error"] == "error-room-archived"
    assert attempt.error == f"#{ROOM}: The room is archived."


def test_what_another_worker_has_taken_over_is_left_to_it(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.host.failing[ROOM] = LeaseLost()
    way.answers = [make_answer(body=body(text="hi"))]

    result = way.run(plain())

    assert (result.attempt, result.counts, caplog.text) == (None, False, "")


# bound to its rooms, since an owner of them saved it


def bound(**fields: Any) -> dict[str, Any]:
    usual = {
        "channels": ("#general",),
        "channel_ids": {"#general": ROOM},
        "listens_to": (f"#{ROOM}",),
    }
    return {"bound_to_rooms": True, **usual, **fields}


@pytest.mark.parametrize("channel", ["#ops", "r-ops", "@ann", "#nowhere"])
def test_an_answer_of_a_bound_one_learns_of_no_other_room_or_person(way: Way, channel: str) -> None:
    attempt = answered(way, {"text": "hi", "channel": channel}, **bound())

    assert way.host.authors == []
    assert attempt.results[0]["error"] == "error-not-allowed"


def test_an_answer_of_a_bound_one_goes_to_its_rooms(way: Way) -> None:
    answered(way, {"text": "hi", "channel": "#general"}, **bound())
    answered(way, {"text": "hi"}, **bound())

    assert way.host.authors == [BOT.id, BOT.id]


def test_a_bound_one_does_not_answer_to_events_of_former_rooms(way: Way) -> None:
    answered(way, {"text": "hi"}, DATA | {"channel_id": "r-ops"}, **bound())

    assert way.host.authors == []


def test_another_room_does_not_take_the_place_of_a_bound_one_s_target(way: Way) -> None:
    gone = {"channel_ids": {"#general": ROOM, "#ops": "r-gone"}}

    answered(way, {"text": "hi"}, **bound(target_room="#ops", **gone))

    assert way.host.authors == []
