"""Messages: what they show of themselves."""

from datetime import UTC, datetime, timedelta

from rc_integrations_plugin.host.port import Capability, Message, Room, User
from rc_integrations_plugin.testing.checks import check, expect, expect_text, fail
from rc_integrations_plugin.testing.stage import INTEGRATION_ID, Sent, Stage
from rc_integrations_plugin.testing.world import Feature

_CLOCKS_MAY_DIFFER = timedelta(minutes=5)


@check("Message.id")
def is_text_that_no_other_message_has(stage: Stage) -> None:
    """Senders get it back, to reply into the message's thread."""
    author, room = _place(stage)
    first, second = (_post(stage, author, room) for _ in range(2))
    expect_text(first.id, "the id")
    expect(first.id != second.id, "two messages have one id")


@check("Message.room_id")
def is_the_id_of_its_room(stage: Stage) -> None:
    """Answers and outgoing webhooks name the room by it."""
    author, room = _place(stage)
    room_id = _post(stage, author, room).room_id
    expect(room_id == room.id, f"{room_id!r}, posted into {room.id!r}")


@check("Message.author")
def is_who_it_was_posted_as(stage: Stage) -> None:
    """An alias changes the name that is shown, never the author."""
    author, room = _place(stage)
    found = _post(stage, author, room).author
    expect(found.id == author.id, f"{found.id!r}, posted as {author.id!r}")


@check("Message.text")
def is_what_was_posted(stage: Stage) -> None:
    """Trigger words are looked for in it."""
    author, room = _place(stage)
    with stage.recording("message-sent") as sent:
        message = _post(stage, author, room, "two\nlines 🚀")
    for one in (message, *(_message(each) for each in sent)):
        expect(one.text == "two\nlines 🚀", f"{one.text!r} for 'two\\nlines 🚀'")


@check("Message.thread_id")
def is_the_message_replied_to(stage: Stage) -> None:
    """`tmid` of a payload becomes `thread_id`, and receivers get it back as `tmid`."""
    author = stage.author()
    room = stage.channel(author)
    first = stage.post(stage.draft("first"), room=room, as_user=author)
    expect(first.thread_id is None, f"{first.thread_id!r} for a message outside threads")
    stage.need_capability(Capability.THREADS)
    reply = stage.post(stage.draft("reply", thread_id=first.id), room=room, as_user=author)
    expect(reply.thread_id == first.id, f"{reply.thread_id!r}, expected {first.id!r}")


@check("Message.integration_id")
def tells_the_plugins_messages_from_others(stage: Stage) -> None:
    """Own messages come back as events and must be recognised.

    Without the mark integrations answer each other for ever; with it on a person's message his
    words are ignored.
    """
    author, room = _place(stage)
    with stage.recording("message-sent") as sent:
        returned = _post(stage, author, room)
        stage.world.send_message(author, room, "by hand")
    for own in (returned, _message(sent[0]), stage.stored(room)[0]):
        expect(own.integration_id == INTEGRATION_ID, f"{own.integration_id!r} for the plugin's own")
    for by_hand in (_message(sent[1]), stage.stored(room)[1]):
        expect(by_hand.integration_id is None, f"{by_hand.integration_id!r} for a person's message")


@check("Message.sent_at")
def is_now_and_in_utc(stage: Stage) -> None:
    """It goes to receivers as an ISO time; without a time zone it would be read as local time."""
    author, room = _place(stage)
    sent_at = _post(stage, author, room).sent_at
    _expect_utc(sent_at)
    off = abs(datetime.now(UTC) - sent_at)
    expect(off < _CLOCKS_MAY_DIFFER, f"{sent_at.isoformat()} is {off} away from now")


@check("Message.alias")
def is_empty_where_none_was_given(stage: Stage) -> None:
    """Receivers get `alias` only for messages that have one."""
    author, room = _place(stage)
    alias = _post(stage, author, room).alias
    expect(not alias, f"{alias!r} for a message without an alias")


@check("Message.alias")
def is_what_was_given(stage: Stage) -> None:
    """Outgoing webhooks carry it beside the author."""
    stage.need_capability(Capability.ALIAS)
    author, room = _place(stage)
    draft = stage.draft(alias="Build bot")
    alias = stage.post(draft, room=room, as_user=author).alias
    expect(alias == "Build bot", f"{alias!r}, given was 'Build bot'")


@check("Message.edited_at")
def is_set_by_an_edit(stage: Stage) -> None:
    """It tells edits from new messages, and goes to receivers as an ISO time."""
    stage.need(Feature.EDITS)
    author, room = _place(stage)
    with stage.recording("message-sent") as sent:
        stage.world.send_message(author, room, "before")
        edited_at = _message(sent[-1]).edited_at
        expect(edited_at is None, f"{edited_at!r} for a message never edited")
        stage.world.edit_message(stage.world.messages_in(room)[-1], "after")
    _expect_utc(_message(sent[-1]).edited_at)


def _place(stage: Stage) -> tuple[User, Room]:
    author = stage.author()
    return author, stage.channel(author)


def _post(stage: Stage, author: User, room: Room, text: str = "build passed") -> Message:
    return stage.post(stage.draft(text), room=room, as_user=author)


def _message(sent: Sent) -> Message:
    message: Message = sent.given["message"]
    return message


def _expect_utc(time: datetime | None) -> None:
    if not isinstance(time, datetime):
        fail(f"{time!r} is not a datetime")
    expect(time.utcoffset() is not None, f"{time!r} has no time zone")
    expect(time.utcoffset() == timedelta(0), f"{time.isoformat()} is not in UTC")
