"""Signals: each of the seven events, with whom and what it is about, and the end of a user."""

from collections.abc import Callable
from typing import Any

from rc_integrations_plugin.host.events import ChatEvent
from rc_integrations_plugin.host.port import Message, Room, RoomKind
from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED, subscribe
from rc_integrations_plugin.testing.checks import check, expect, fail
from rc_integrations_plugin.testing.stage import INTEGRATION_ID, Sent, Stage
from rc_integrations_plugin.testing.world import Feature


@check("signal message-sent")
def is_sent_for_what_a_person_writes(stage: Stage) -> None:
    """Outgoing integrations listen for words in messages."""
    user = stage.user()
    room = stage.channel(user)
    sent = _only(stage, "message-sent", lambda: stage.world.send_message(user, room, "hello"))
    _expect_given(stage, sent, user=user, room=room)
    message = _message(sent)
    expect(message.text == "hello", f"message.text is {message.text!r}, written was 'hello'")
    expect(message.integration_id is None, f"message.integration_id {message.integration_id!r}")
    expect(message.edited_at is None, f"message.edited_at is {message.edited_at!r}, it is new")


@check("signal message-sent")
def is_sent_for_what_the_plugin_posts(stage: Stage) -> None:
    """Integrations may listen to each other; each knows its own by `integration_id`."""
    author = stage.author()
    room = stage.channel(author)
    posted = []

    def post() -> None:
        posted.append(stage.post(stage.draft("posted"), room=room, as_user=author))

    sent = _only(stage, "message-sent", post)
    _expect_given(stage, sent, user=author, room=room)
    expect(_message(sent).id == posted[0].id, "message is not the one that post_message returned")
    own = _message(sent).integration_id
    expect(own == INTEGRATION_ID, f"message.integration_id is {own!r}, not the draft's")
    if stage.world.shares_session:
        expect(sent.in_transaction, "it came after the transaction, though the session is shared")
    else:
        expect(not sent.in_transaction, "it came before the commit, though no session is shared")


@check("signal message-sent")
def is_sent_for_an_edit(stage: Stage) -> None:
    """Integrations with "run on edits" get the new text; others tell an edit by `edited_at`."""
    stage.need(Feature.EDITS)
    user = stage.user()
    room = stage.channel(user)
    stage.world.send_message(user, room, "before")
    message = stage.world.messages_in(room)[-1]
    expect(message.edited_at is None, f"edited_at of a new message is {message.edited_at!r}")
    sent = _only(stage, "message-sent", lambda: stage.world.edit_message(message, "after"))
    _expect_given(stage, sent, user=user, room=room)
    expect(_message(sent).text == "after", f"message.text is {_message(sent).text!r}")
    expect(_message(sent).id == message.id, "the edited message has another id")
    expect(_message(sent).edited_at is not None, "message.edited_at is None for an edited message")


@check("signal message-sent")
def is_not_sent_for_notices(stage: Stage) -> None:
    """A notice such as `ann joined` is no message that somebody wrote.

    With it, a hook that joins and posts would set off outgoing integrations twice.
    """
    user = stage.user()
    room = stage.channel(stage.user("owner"))
    with stage.recording("message-sent") as sent:
        stage.world.add_member(user, room)
        stage.world.remove_member(user, room)
    texts = [getattr(one.given.get("message"), "text", None) for one in sent]
    expect(not sent, f"sent {len(sent)} times for joining and leaving: {texts}")


@check("signal file-uploaded")
def is_sent_for_a_file(stage: Stage) -> None:
    """Receivers get the message that carries the file."""
    stage.need(Feature.FILES)
    user = stage.user()
    room = stage.channel(user)

    def upload() -> None:
        stage.world.upload_file(user, room, name="report.txt", content=b"all is well")

    sent = _only(stage, "file-uploaded", upload)
    _expect_given(stage, sent, user=user, room=room)
    expect(_message(sent).room_id == room.id, "message is not in the room")


@check("signal room-created")
def is_sent_for_channels_and_groups(stage: Stage) -> None:
    """The user is the owner of the new room."""
    owner = stage.user()
    kinds = [RoomKind.CHANNEL]
    if Feature.PRIVATE_GROUPS not in stage.world.unsupported:
        kinds.append(RoomKind.PRIVATE_GROUP)
    for kind in kinds:
        name = stage.name("room")
        rooms: list[Room] = []

        def make(kind: RoomKind = kind, name: str = name, rooms: list[Room] = rooms) -> None:
            rooms.append(stage.world.make_room(kind, name=name, owner=owner))

        sent = _only(stage, "room-created", make)
        _expect_given(stage, sent, user=owner, room=rooms[0])


@check("signal room-created")
def is_not_sent_for_direct_rooms(stage: Stage) -> None:
    """They open with each first message between two people; Rocket.Chat keeps quiet there."""
    user, other = stage.user(), stage.user("bob")
    with stage.recording("room-created") as sent:
        stage.direct_room(user, other)
    expect(not sent, f"sent {len(sent)} time(s) for open_direct_room")


@check("signal room-archived")
def is_sent_with_who_archived_it(stage: Stage) -> None:
    """The user is who did it."""
    stage.need(Feature.ARCHIVE)
    owner = stage.user()
    room = stage.channel(owner)
    sent = _only(stage, "room-archived", lambda: stage.world.archive(room, by=owner))
    _expect_given(stage, sent, user=owner, room=room)


@check("signal room-joined")
def is_sent_with_who_joined(stage: Stage) -> None:
    """The user is who is in the room now, also when somebody else put him there."""
    user = stage.user("bob")
    room = stage.channel(stage.user("owner"))
    sent = _only(stage, "room-joined", lambda: stage.world.add_member(user, room))
    _expect_given(stage, sent, user=user, room=room)


@check("signal room-joined")
def is_not_sent_for_who_makes_a_room(stage: Stage) -> None:
    """Rocket.Chat tells of new rooms by room-created only, and of direct rooms not at all."""
    with stage.recording("room-joined") as sent:
        owner = stage.user()
        stage.channel(owner)
        stage.direct_room(owner, stage.user("bob"))
    expect(not sent, f"sent {len(sent)} time(s) for a new channel and a new direct room")


@check("signal room-left")
def is_sent_with_who_left(stage: Stage) -> None:
    """The user is who is gone, also when somebody else put him out."""
    user = stage.user("bob")
    room = stage.channel(stage.user("owner"))
    stage.world.add_member(user, room)
    sent = _only(stage, "room-left", lambda: stage.world.remove_member(user, room))
    _expect_given(stage, sent, user=user, room=room)


@check("signal user-created")
def is_sent_with_the_new_user(stage: Stage) -> None:
    """The user is the new account, whoever made it."""
    users = []
    sent = _only(stage, "user-created", lambda: users.append(stage.user("new")))
    _expect_given(stage, sent, user=users[0], room=None)


@check(f"signal {USER_DELETED}")
def is_sent_with_who_is_gone(stage: Stage) -> None:
    """With this signal, which is optional, what posts as a deleted user is switched off at once.

    Without it the plugin notices when it next wants to post as him.
    """
    user = stage.user("gone")
    sent = _only(stage, USER_DELETED, lambda: stage.world.delete_user(user))
    _expect_given(stage, sent, user=user, room=None)


@check("Host.signals")
def reach_who_connected_to_this_host(stage: Stage) -> None:
    """The plugin connects with `sender=host`.

    So signals must be sent with the very object that it got at start-up as their sender.
    """
    user = stage.user()
    room = stage.channel(user)
    received: list[ChatEvent] = []
    before = {name: dict(stage.host.signals.signal(name).receivers) for name in SIGNALS}
    subscribe(stage.host, received.append)
    try:
        stage.world.send_message(user, room, "is anybody there?")
    finally:
        _forget_since(stage, before)
    expect(received, "nothing arrived with sender=host; is the signal sent with another sender?")


def _only(stage: Stage, name: str, act: Callable[[], object]) -> Sent:
    """Return the one signal of this name that an act leads to."""
    with stage.recording(name) as sent:
        act()
    if not sent:
        fail(f"{name} was not sent")
    expect(len(sent) == 1, f"{name} was sent {len(sent)} times for one event")
    return sent[0]


def _expect_given(stage: Stage, sent: Sent, *, user: Any, room: Any) -> None:
    """Look at what came with a signal."""
    expect(sent.sender is stage.host, f"its sender is {sent.sender!r}, not the host itself")
    for key, wanted in {"user": user, "room": room}.items():
        given = sent.given.get(key)
        if wanted is None:
            expect(given is None, f"{key} was given, though there is none")
            continue
        expect(given is not None, f"{key} was not given")
        same = getattr(given, "id", None) == wanted.id
        expect(same, f"{key} is {getattr(given, 'id', given)!r}, expected {wanted.id!r}")
    has_session = sent.given.get("session") is not None
    shared = stage.world.shares_session
    expect(has_session == shared, f"session given: {has_session}, World.shares_session: {shared}")


def _message(sent: Sent) -> Message:
    message: Message | None = sent.given.get("message")
    if message is None:
        fail("message was not given")
    return message


def _forget_since(stage: Stage, before: dict[str, dict[Any, Any]]) -> None:
    for name, receivers in before.items():
        signal = stage.host.signals.signal(name)
        for key, receiver in list(signal.receivers.items()):
            if key not in receivers:
                signal.disconnect(receiver, sender=stage.host)
