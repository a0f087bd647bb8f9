from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.matching import (
    Bucket,
    ListenerIndex,
    buckets_of_event,
    buckets_of_integration,
    find_trigger_word,
    read_trigger_words,
    select,
)
from tests.factories import NOON, make_outgoing
from tests.unit.messages.memory_host import MemoryRoom, MemoryUser
from tests.unit.outgoing.chat import (
    ANN,
    DIRECT,
    GENERAL,
    LIVECHAT,
    NOTES,
    STAFF,
    make_event,
    make_message,
)

ROOM_ARCHIVED, ROOM_CREATED = EventName.ROOM_ARCHIVED, EventName.ROOM_CREATED
ROOM_JOINED, ROOM_LEFT = EventName.ROOM_JOINED, EventName.ROOM_LEFT
USER_CREATED, FILE_UPLOADED = EventName.USER_CREATED, EventName.FILE_UPLOADED


def told(event: ChatEvent, *integrations: OutgoingIntegration, **options: bool) -> list[str]:
    """Return the names of the integrations that an event is told to."""
    found = select(ListenerIndex.build(integrations), event, **options)
    return [selected.integration.name for selected in found]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            make_event(),
            ["all_public_channels", "#r-gen", "#general", "__any"],
            id="a public channel",
        ),
        pytest.param(
            make_event(room=STAFF),
            ["all_private_groups", "#r-staff", "#staff", "__any"],
            id="a private group",
        ),
        pytest.param(
            make_event(room=LIVECHAT),
            ["all_private_groups", "#r-live", "#guest", "__any"],
            id="any other kind counts as private",
        ),
        pytest.param(
            make_event(room=MemoryRoom("general", "general")),
            ["all_public_channels", "#general", "__any"],
            id="id and name are the same",
        ),
        pytest.param(
            make_event(room=MemoryRoom("r1", None)),
            ["all_public_channels", "#r1", "__any"],
            id="a room without name",
        ),
        pytest.param(
            make_event(room=DIRECT),
            ["all_direct_messages", "@u-bob", "@bob", "__any"],
            id="a direct message is for the other",
        ),
        pytest.param(
            make_event(room=NOTES), ["all_direct_messages", "__any"], id="notes to oneself"
        ),
        pytest.param(
            make_event(FILE_UPLOADED, room=DIRECT),
            ["all_direct_messages", "@u-bob", "@bob", "__any"],
            id="so is a file",
        ),
        pytest.param(
            make_event(ROOM_LEFT, room=DIRECT),
            ["all_direct_messages", "@u-ann", "@u-bob", "@ann", "@bob", "__any"],
            id="without a message there is no author",
        ),
        pytest.param(
            make_event(
                room=MemoryRoom("r", None, "d", (ANN, MemoryUser("u1"), MemoryUser("u2", "b")))
            ),
            ["all_direct_messages", "@u1", "@u2", "@b", "__any"],
            id="several people, one without username",
        ),
        pytest.param(make_event(USER_CREATED), ["__any"], id="no room"),
        pytest.param(make_event(ROOM_CREATED), ["__any"], id="an event without channels"),
    ],
)
def test_an_event_is_in_these_buckets(event: ChatEvent, expected: list[str]) -> None:
    assert list(buckets_of_event(event)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, ["all_public_channels"], id="none: every public channel"),
        pytest.param({"channels": ("", "  ")}, ["all_public_channels"], id="blank ones"),
        pytest.param(
            {"channels": ("#general", "@ann", "all_private_groups", "#general")},
            ["#general", "@ann", "all_private_groups"],
            id="several, each once",
        ),
        pytest.param(
            {"channels": ("All_Direct_Messages",)}, ["all_direct_messages"], id="in capitals"
        ),
        pytest.param(
            {"channels": ("#general",), "listens_to": ("#r-gen",)}, ["#r-gen"], id="by id"
        ),
        *(
            pytest.param({"event": event, "channels": ("#general",)}, ["__any"], id=event.value)
            for event in (ROOM_ARCHIVED, ROOM_CREATED, USER_CREATED)
        ),
        *(
            pytest.param({"event": event, "channels": ("#general",)}, ["#general"], id=event.value)
            for event in (FILE_UPLOADED, ROOM_JOINED, ROOM_LEFT)
        ),
    ],
)
def test_an_integration_listens_in_these_buckets(
    fields: dict[str, Any], expected: list[str]
) -> None:
    assert list(buckets_of_integration(make_outgoing(**fields))) == expected


@pytest.mark.parametrize(
    ("channel", "room", "heard"),
    [
        ("#general", GENERAL, True),
        ("#r-gen", GENERAL, True),
        ("#General", GENERAL, False),
        ("general", GENERAL, False),
        ("#gen", GENERAL, False),
        ("#staff", STAFF, True),
        ("#general", STAFF, False),
        ("@bob", DIRECT, True),
        ("@u-bob", DIRECT, True),
        ("@ann", DIRECT, False),
        ("@u-ann", DIRECT, False),
        ("@Bob", DIRECT, False),
        ("#r-direct", DIRECT, False),
        ("@bob", GENERAL, False),
        ("all_public_channels", GENERAL, True),
        ("all_public_channels", STAFF, False),
        ("all_public_channels", DIRECT, False),
        ("all_private_groups", GENERAL, False),
        ("all_private_groups", STAFF, True),
        ("all_private_groups", LIVECHAT, True),
        ("all_private_groups", DIRECT, False),
        ("all_direct_messages", GENERAL, False),
        ("all_direct_messages", STAFF, False),
        ("all_direct_messages", DIRECT, True),
        ("", GENERAL, True),
        ("", STAFF, False),
        ("", DIRECT, False),
    ],
)
def test_a_message_of_ann_s_is_heard_where_the_channel_fits(
    channel: str, room: MemoryRoom, *, heard: bool
) -> None:
    integration = make_outgoing(name="it", channels=(channel,))

    assert told(make_event(room=room), integration) == (["it"] if heard else [])


@pytest.mark.parametrize("listens_to", EventName)
@pytest.mark.parametrize("happened", EventName)
def test_an_integration_hears_of_its_own_event_only(
    listens_to: EventName, happened: EventName
) -> None:
    integration = make_outgoing(name="it", event=listens_to)

    assert told(make_event(happened), integration) == (["it"] if listens_to is happened else [])


def test_an_integration_that_listens_by_id_outlives_a_new_name() -> None:
    integration = make_outgoing(name="it", channels=("#general",), listens_to=("#r-gen",))

    assert told(make_event(room=MemoryRoom("r-gen", "renamed")), integration) == ["it"]
    assert told(make_event(room=MemoryRoom("r-new", "general")), integration) == []


def test_one_that_is_switched_off_hears_nothing() -> None:
    assert told(make_event(), make_outgoing(enabled=False)) == []


def test_integrations_come_in_the_order_of_buckets_and_then_as_given_each_once() -> None:
    integrations = [
        make_outgoing(name="by name", channels=("#general",)),
        make_outgoing(name="by id", channels=("#r-gen", "#general")),
        make_outgoing(name="public 1"),
        make_outgoing(name="public 2", channels=("#general", "all_public_channels")),
    ]

    assert told(make_event(), *integrations) == ["public 1", "public 2", "by id", "by name"]


def test_each_url_is_called_in_order() -> None:
    integration = make_outgoing(urls=("https://a.test", " https://b.test ", "", " "))

    found = select(ListenerIndex.build([integration]), make_event())

    assert [selected.url for selected in found] == ["https://a.test", "https://b.test"]


@pytest.mark.parametrize(
    ("words", "anywhere", "text", "found"),
    [
        pytest.param((), False, "hello", None, id="none are asked for"),
        pytest.param(("pr",), False, "pr ls", "pr", id="begins with it"),
        pytest.param(("pr",), False, "problem", "pr", id="also inside a word"),
        pytest.param(("pr",), False, "a pr", None, id="not at the beginning"),
        pytest.param(("pr",), True, "a pr", "pr", id="anywhere"),
        pytest.param(("pr",), True, "Pr PR pR", None, id="capitals count"),
        pytest.param(("a", "b"), False, "b a", "b", id="the one that fits"),
        pytest.param(("b", "a"), True, "a b", "b", id="the first of the list"),
        pytest.param(("pr", "pr ls"), False, "pr ls", "pr", id="not the longest"),
        pytest.param((".*",), True, "hello", None, id="no regular expression"),
        pytest.param(("p r",), False, "p r", "p r", id="with a blank"),
        pytest.param(("", " "), False, "hello", None, id="blank ones ask for nothing"),
        pytest.param(("x",), False, "", None, id="no text"),
    ],
)
def test_a_trigger_word_is_found(
    words: Sequence[str], text: str, found: str | None, *, anywhere: bool
) -> None:
    integration = make_outgoing(trigger_words=words, trigger_word_anywhere=anywhere)
    index = ListenerIndex.build([integration])

    selected = select(index, make_event(message=make_message(text)))

    asks_for_none = not any(word.strip() for word in words)
    told = [(one.integration.id, one.url, one.trigger_word) for one in selected]
    wanted = (integration.id, integration.urls[0], found)
    assert told == ([wanted] if found or asks_for_none else [])
    assert find_trigger_word(integration, text) == found


@pytest.mark.parametrize("event", [name for name in EventName if name != EventName.MESSAGE_SENT])
def test_other_events_need_no_trigger_word(event: EventName) -> None:
    integration = make_outgoing(name="it", event=event, trigger_words=("never said",))

    assert told(make_event(event), integration) == ["it"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pr, help ,,", ("pr", "help")),
        ("", ()),
        (["pr ", "", "  ", "a,b", "pr "], ("pr ", "a,b")),
        ((), ()),
    ],
    ids=["with commas", "empty", "a list is taken as it is", "empty list"],
)
def test_trigger_words_are_given_as_a_list_or_with_commas(
    words: str | list[str], expected: tuple[str, ...]
) -> None:
    assert read_trigger_words(words) == expected


@pytest.mark.parametrize("name", [EventName.MESSAGE_SENT, FILE_UPLOADED])
@pytest.mark.parametrize(("run_on_edits", "expected"), [(True, ["it"]), (False, [])])
def test_edits_are_told_to_who_wants_them(
    name: EventName, expected: list[str], *, run_on_edits: bool
) -> None:
    integration = make_outgoing(name="it", event=name, run_on_edits=run_on_edits)

    assert told(make_event(name, message=make_message(edited_at=NOON)), integration) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, ["other"]), ({"own_messages": True}, ["self", "other"])],
    ids=["usually", "where that is allowed"],
)
def test_an_integration_does_not_hear_itself(options: dict[str, bool], expected: list[str]) -> None:
    integrations = [make_outgoing(id="i1", name="self"), make_outgoing(name="other")]
    event = make_event(message=make_message(integration_id="i1"))

    assert told(event, *integrations, **options) == expected


def test_a_thread_reply_counts_for_its_room() -> None:
    integration = make_outgoing(name="it", channels=("#general",))

    assert told(make_event(message=make_message(thread_id="m0")), integration) == ["it"]


class SecretiveRoom:
    """A direct room that does not like to say who is in it."""

    id = "r"
    name = None
    kind = "d"
    document: Mapping[str, Any] = {}

    @property
    def participants(self) -> Sequence[MemoryUser]:
        raise LookupError("that takes a query")


def test_nobody_asks_who_is_in_a_direct_room_unless_somebody_listens_to_a_person() -> None:
    event = make_event(room=SecretiveRoom())

    assert told(event, make_outgoing(name="it", channels=("all_direct_messages",))) == ["it"]
    with pytest.raises(LookupError):
        told(event, make_outgoing(channels=("@bob",)))


class CountingBuckets(dict[str, Bucket]):
    """Counts how often it is asked."""

    asked = 0

    def get(self, *arguments: Any) -> Any:
        self.asked += 1
        return super().get(*arguments)


@pytest.mark.parametrize("others", [0, 10, 2000])
def test_what_an_event_costs_does_not_grow_with_the_integrations(others: int) -> None:
    index = ListenerIndex.build(
        make_outgoing(channels=(f"#elsewhere-{number}",)) for number in range(others + 1)
    )
    listeners = index.events[EventName.MESSAGE_SENT]
    counting = CountingBuckets(listeners.buckets)
    object.__setattr__(listeners, "buckets", counting)

    assert select(index, make_event()) == ()
    assert counting.asked == 4


@pytest.mark.parametrize("anywhere", [False, True])
def test_of_many_that_wait_for_words_only_those_are_looked_at_whose_word_is_said(
    *, anywhere: bool
) -> None:
    integrations = [
        make_outgoing(
            name=str(number), trigger_words=(f"w{number:04}",), trigger_word_anywhere=anywhere
        )
        for number in range(2000)
    ]
    index = ListenerIndex.build(integrations)
    looked_at = CountingSequence(index.integrations)
    object.__setattr__(index, "integrations", looked_at)

    found = select(index, make_event(message=make_message("w0007 and w0011")))

    wanted = ["7", "11"] if anywhere else ["7"]
    assert [selected.integration.name for selected in found] == wanted
    assert looked_at.asked == len(wanted)


class CountingSequence(list[OutgoingIntegration]):
    """Counts how often it is asked."""

    asked = 0

    def __getitem__(self, place: Any) -> Any:
        self.asked += 1
        return super().__getitem__(place)


def test_who_waits_for_words_keeps_his_place_among_the_others() -> None:
    integrations = [
        make_outgoing(name="1"),
        make_outgoing(name="2", trigger_words=("he", "hello")),
        make_outgoing(name="3", trigger_words=("o",), trigger_word_anywhere=True),
        make_outgoing(name="4"),
        make_outgoing(name="5", trigger_words=("no",)),
    ]

    assert told(make_event(), *integrations) == ["1", "2", "3", "4"]


def test_a_message_that_a_host_does_not_show_has_no_words() -> None:
    integrations = [make_outgoing(name="any"), make_outgoing(trigger_words=("hello",))]

    assert told(make_event(message=None), *integrations) == ["any"]


@pytest.mark.parametrize("field", ["trigger_words", "urls", "channels"])
def test_one_that_cannot_be_understood_silences_no_other(
    caplog: pytest.LogCaptureFixture, field: str
) -> None:
    broken: Any = ("secret word", None)
    integrations = [make_outgoing(**{"id": "odd", field: broken}), make_outgoing(name="it")]

    assert told(make_event(), *integrations) == ["it"]
    assert "The integration odd cannot be heard" in caplog.text
    assert "secret word" not in caplog.text


def test_what_only_a_call_needs_is_not_kept_in_memory() -> None:
    integration = make_outgoing(
        script="class Script {}",
        signing_secret="whsec_abc",
        headers={"X-Key": "k"},
        basic_auth="user:password",
        token="t",
    )

    (kept,) = ListenerIndex.build([integration]).integrations

    assert kept == make_outgoing(id=integration.id, script_enabled=True, token="t")
