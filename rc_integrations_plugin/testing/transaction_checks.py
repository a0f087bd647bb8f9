"""Transactions: all or nothing, for what is stored and for what is announced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Column, Engine, MetaData, String, Table, insert, select

from rc_integrations_plugin.host.port import RoomKind
from rc_integrations_plugin.testing.checks import check, expect
from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.world import Unsupported

WITNESSES = Table(
    "rc_integrations_conformance", MetaData(), Column("message_id", String(255), primary_key=True)
)


class Interruption(Exception):
    """What the kit breaks a transaction with."""


@check("Host.transaction")
def keeps_all_of_it_at_the_end(stage: Stage) -> None:
    """One call of a hook posts to several rooms in one transaction."""
    author = stage.author()
    rooms = [stage.channel(author), stage.channel(author)]
    with stage.transaction():
        for room in rooms:
            stage.host.post_message(stage.draft(), room=room, as_user=author)
    for room in rooms:
        count = len(stage.stored(room))
        expect(count == 1, f"{count} messages in a room are committed, expected 1")


@check("Host.transaction")
def keeps_nothing_after_an_error(stage: Stage) -> None:
    """If the second room refuses, the first must not have the message.

    The sender is told that nothing was posted, and sends all of it again.
    """
    author = stage.author()
    room, joined = stage.channel(author), stage.channel(stage.user("owner"))
    with _interrupted(stage):
        stage.host.join_room(author, joined)
        stage.host.post_message(stage.draft(), room=room, as_user=author)
        stage.host.post_message(stage.draft(), room=joined, as_user=author)
    for place in (room, joined):
        count = len(stage.stored(place))
        expect(count == 0, f"{count} message(s) of an interrupted transaction are stored")
    expect(not stage.is_member(author, joined), "still a member of the room joined in it")


@check("Host.transaction")
def lets_the_error_out(stage: Stage) -> None:
    """An error that the transaction swallows looks like success to the sender."""
    author = stage.author()
    room = stage.channel(author)
    came_out = False
    try:
        with stage.transaction():
            stage.host.post_message(stage.draft(), room=room, as_user=author)
            raise Interruption  # noqa: TRY301 - that it comes out is what is looked at
    except Interruption:
        came_out = True
    expect(came_out, "the error did not come out")


@check("Host.transaction")
def announces_nothing_that_was_undone(stage: Stage) -> None:
    """An outgoing webhook must not tell the world of a message that does not exist.

    A host that shares its session may send the signal and undo the listener's rows; others wait.
    """
    author = stage.author()
    room, joined = stage.channel(author), stage.channel(stage.user("owner"))
    with stage.recording() as sent, _interrupted(stage):
        stage.host.join_room(author, joined)
        stage.host.post_message(stage.draft(), room=room, as_user=author)
    for one in sent:
        has_session = one.given.get("session") is not None
        expect(has_session, f"{one.signal} was sent without a session, and then all was undone")


@check("Host.transaction")
def undoes_the_listeners_rows_too(stage: Stage) -> None:
    """The plugin adds deliveries to the session that comes with the signal.

    They must be stored together with the message or not at all.
    """
    if not stage.world.shares_session:
        raise Unsupported("World.shares_session is False: signals come after the commit")
    author = stage.author()
    room = stage.channel(author)
    with _witnesses(stage) as seen:
        with _interrupted(stage):
            stage.host.post_message(stage.draft(), room=room, as_user=author)
        expect(not seen(), "a row added in the signal's session outlived the undone message")
        message = stage.post(stage.draft(), room=room, as_user=author)
        expect(seen() == {message.id}, "a row added in the signal's session was not committed")


@check("Host.transaction")
def works_again_after_an_error(stage: Stage) -> None:
    """One refused call must not spoil the next on the same thread."""
    author = stage.author()
    room = stage.channel(author)
    with _interrupted(stage):
        stage.host.post_message(stage.draft("undone"), room=room, as_user=author)
    stage.post(stage.draft("kept"), room=room, as_user=author)
    expect(stage.stored_texts(room) == ["kept"], f"stored: {stage.stored_texts(room)}")


@check("Host.transaction")
def goes_on_after_a_refused_question(stage: Stage) -> None:
    """The plugin asks `check_may_post` first, and joins the channel if that refuses.

    All of it in one transaction, which a caught refusal must not spoil.
    """
    author = stage.author()
    room, closed = stage.channel(author), stage.private_group(stage.user("owner"))
    with stage.transaction():
        with suppress(*stage.host.refusals):
            stage.host.check_may_post(author, closed)
        stage.host.post_message(stage.draft("kept"), room=room, as_user=author)
    expect(stage.stored_texts(room) == ["kept"], "what was posted after the refusal is not stored")


@check("Host.transaction")
def leaves_its_objects_readable(stage: Stage) -> None:
    """The answer to the sender is made after the commit.

    It shows the users, rooms and messages of before; they must not die with their session.
    """
    author = stage.author()
    room = stage.channel(author)
    with _interrupted(stage):
        stage.host.post_message(stage.draft(), room=room, as_user=author)
    shown = (room.id, room.name, room.kind, author.id, author.username)
    expect(all(shown), f"after an undone transaction users and rooms show {shown}")
    message = stage.post(stage.draft(), room=room, as_user=author)
    with stage.world.app_context():
        later = (message.id, message.text, message.author.id, message.room_id, message.sent_at)
    expect(all(later), f"after the commit the message shows {later}")
    expect(message.document, "after the commit the message's document is empty")


@check("Host.transaction")
def undoes_opened_rooms(stage: Stage) -> None:
    """A refused message opens no empty conversation."""
    user, other = stage.author(), stage.user("bob")
    ids = []
    with _interrupted(stage):
        ids.append(stage.host.open_direct_room(user, other).id)
    expect(not stage.host.find_rooms(ids[0]), "the direct room opened in it is still there")
    room = stage.direct_room(user, other)
    stage.post(stage.draft(), room=room, as_user=user)
    expect(room.kind == RoomKind.DIRECT, f"opened again, the room is of kind {room.kind!r}")


@contextmanager
def _interrupted(stage: Stage) -> Iterator[None]:
    with suppress(Interruption), stage.transaction():
        yield
        raise Interruption


@contextmanager
def _witnesses(stage: Stage) -> Iterator[Callable[[], set[str]]]:
    """Add a row for each message in the session of its signal; yield how to read what is kept."""
    engine = _engine(stage)
    WITNESSES.create(engine, checkfirst=True)

    def on_message(_sender: object, **given: Any) -> None:
        message, session = given["message"], given["session"]
        session.execute(insert(WITNESSES).values(message_id=message.id))

    def seen() -> set[str]:
        with engine.connect() as connection:
            return set(connection.scalars(select(WITNESSES.c.message_id)))

    signal = stage.host.signals.signal("message-sent")
    signal.connect(on_message, weak=False)
    try:
        yield seen
    finally:
        signal.disconnect(on_message)
        WITNESSES.drop(engine)


def _engine(stage: Stage) -> Engine:
    """Return the database behind the session that comes with signals."""
    author = stage.user()
    room = stage.channel(author)
    with stage.recording("message-sent") as sent:
        stage.world.send_message(author, room, "which database?")
    expect(sent, "message-sent was not sent for a person's message")
    session: Any = sent[0].given.get("session")
    expect(hasattr(session, "get_bind"), f"session={session!r} is no SQLAlchemy session")
    engine: Engine = session.get_bind().engine
    return engine
