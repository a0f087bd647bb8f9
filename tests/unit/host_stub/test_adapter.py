from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from host_stub.adapter import ChatHost
from host_stub.chat import members, posting, rooms, users
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat
from host_stub.database import db
from host_stub.models.messages import Message, MessageRecord
from host_stub.models.rooms import Room
from host_stub.models.users import User
from rc_integrations_plugin.host.events import ChatEvent, EventName, UserDeleted
from rc_integrations_plugin.host.port import Host, MessageDraft
from rc_integrations_plugin.host.signals import (
    SIGNALS,
    USER_DELETED,
    subscribe,
    subscribe_to_deletions,
)

if TYPE_CHECKING:

    def _chat_host_fits_the_port(chat: Chat) -> Host:
        return ChatHost(chat)


@pytest.fixture(autouse=True)
def _app_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def cat(chat: Chat) -> User:
    return users.load_user(chat, username="rocket.cat")


@pytest.fixture
def ann_(chat: Chat) -> User:
    return users.load_user(chat, username="ann")


@pytest.fixture
def room(chat: Chat, ann_: User, cat: User) -> Room:
    with chat.transaction():
        return rooms.create_room(chat, "alerts", kind="c", owner=ann_, members=[cat])


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def events(host: ChatHost) -> list[ChatEvent]:
    seen: list[ChatEvent] = []
    subscribe(host, seen.append)
    return seen


def draft(**fields: Any) -> MessageDraft:
    return MessageDraft(**{"text": "hello", "integration_id": "i1"} | fields)


def post(host: ChatHost, room: Room, user: User, **fields: Any) -> MessageRecord:
    with host.transaction():
        return host.post_message(draft(**fields), room=room, as_user=user)


def stored_texts(host: ChatHost) -> list[str]:
    db.session.commit()
    return list(db.session.scalars(text("SELECT text FROM messages ORDER BY sequence")))


def test_every_signal_of_the_port_is_documented_here() -> None:
    from host_stub import signals  # noqa: PLC0415

    known = {value for name, value in vars(signals).items() if name.isupper()}
    assert known == {*SIGNALS, USER_DELETED}
    assert all(name in (signals.__doc__ or "") for name in known)


def test_a_posted_message_carries_all_of_its_draft(host: ChatHost, room: Room, cat: User) -> None:
    fields: dict[str, Any] = {
        "alias": "CI",
        "avatar": "https://a.test/i.png",
        "emoji": ":ghost:",
        "attachments": ({"title": "T", "color": "#00ff00"},),
        "custom_fields": {"ticket": 7},
        "parse_urls": False,
        "groupable": False,
    }

    message = post(host, room, cat, **fields)

    document = message.document
    assert document["msg"] == "hello"
    assert document["bot"] == {"i": "i1"}
    assert document["attachments"] == [{"title": "T", "color": "#00ff00"}]
    assert document["customFields"] == {"ticket": 7}
    assert (document["alias"], document["emoji"]) == ("CI", ":ghost:")
    assert (document["parseUrls"], document["groupable"]) == (False, False)
    assert document["u"] == {"_id": cat.id, "username": "rocket.cat", "name": "rocket.cat"}


def test_what_is_returned_is_what_is_stored(host: ChatHost, room: Room, cat: User) -> None:
    returned = post(host, room, cat, alias="CI", attachments=({"text": "x"},)).document
    db.session.remove()

    stored = db.session.get(Message, returned["_id"])

    assert stored is not None
    assert stored.document == returned


def test_what_is_found_shows_the_same_as_what_is_stored(
    chat: Chat, host: ChatHost, room: Room, cat: User, ann_: User
) -> None:
    with chat.transaction():
        direct = rooms.open_direct_room(chat, cat, ann_)

    assert host.find_users("rocket.cat") == [host.find_user(cat.id)]
    assert [user.document for user in host.find_users("rocket.cat")] == [cat.document]
    assert [found.document for found in host.find_rooms("alerts")] == [room.document]
    assert [found.document for found in host.find_rooms(direct.id)] == [direct.document]
    assert [user.id for user in host.find_rooms(direct.id)[0].participants] == [ann_.id, cat.id]


def test_a_room_outlives_the_account_that_made_it(
    chat: Chat, host: ChatHost, room: Room, ann_: User
) -> None:
    with chat.transaction():
        users.delete_user(chat, ann_)

    (found,) = host.find_rooms("alerts")
    assert found.creator is None
    assert "u" not in found.document


def test_a_post_takes_two_statements(
    host: ChatHost, room: Room, cat: User, statements: list[str]
) -> None:
    post(host, room, cat)

    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT"]


def test_messages_are_numbered_in_the_order_of_posting(
    host: ChatHost, room: Room, cat: User
) -> None:
    for word in ("one", "two", "three"):
        post(host, room, cat, text=word)

    assert stored_texts(host) == ["one", "two", "three"]


def test_a_deleted_user_is_told_as_he_was(host: ChatHost, chat: Chat, ann_: User) -> None:
    seen: list[tuple[str, str, bool]] = []

    def receive(told: UserDeleted) -> None:
        seen.append((told.user.id, told.user.document["username"], told.session.in_transaction()))

    subscribe_to_deletions(host, receive)
    ann_id = ann_.id

    with chat.transaction():
        users.delete_user(chat, ann_)

    assert seen == [(ann_id, "ann", True)]


def test_an_event_comes_inside_the_transaction_with_its_session(
    host: ChatHost, room: Room, cat: User
) -> None:
    seen: list[tuple[bool, bool]] = []

    def receive(sent: ChatEvent) -> None:
        count = sent.session.scalar(text("SELECT count(*) FROM messages"))
        seen.append((sent.session.in_transaction(), count == 1))

    subscribe(host, receive)

    post(host, room, cat)

    assert seen == [(True, True)]


def test_what_a_listener_adds_is_undone_with_the_message(
    host: ChatHost, room: Room, cat: User
) -> None:
    def receive(sent: ChatEvent) -> None:
        sent.session.execute(text("UPDATE rooms SET topic = 'told'"))

    subscribe(host, receive)

    def post_and_fail() -> None:
        with host.transaction():
            host.post_message(draft(), room=room, as_user=cat)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        post_and_fail()

    assert stored_texts(host) == []
    assert db.session.scalar(text("SELECT topic FROM rooms")) == ""


def test_a_transaction_that_fails_stores_nothing_of_several_rooms(
    host: ChatHost, room: Room, cat: User, ann_: User, chat: Chat
) -> None:
    with chat.transaction():
        closed = rooms.create_room(chat, "closed", kind="p", owner=ann_)

    def post_to_both() -> None:
        with host.transaction():
            for one in (room, closed):
                host.post_message(draft(), room=one, as_user=cat)

    with pytest.raises(ChatRefused, match="Not allowed"):
        post_to_both()

    assert stored_texts(host) == []


def test_a_nested_transaction_is_an_error(host: ChatHost, room: Room, cat: User) -> None:
    def post_nested() -> None:
        with host.transaction():
            host.post_message(draft(), room=room, as_user=cat)
            with host.transaction():
                pass

    with pytest.raises(RuntimeError, match="never nested"):
        post_nested()

    assert stored_texts(host) == []
    assert post(host, room, cat).text == "hello"


def test_everything_that_happens_is_told(
    host: ChatHost, chat: Chat, events: list[ChatEvent], cat: User, ann_: User
) -> None:
    with chat.transaction():
        eve = users.create_user(chat, "eve", password="secret")
        room = rooms.create_room(chat, "news", kind="c", owner=ann_)
        members.join_room(chat, cat, room)
        posting.post_message(chat, posting.NewMessage(text="hi"), room=room, author=cat)
        members.remove_member(chat, cat, room)
        rooms.archive_room(chat, room, by=ann_)

    assert [(sent.name, sent.user.id, sent.room and sent.room.id) for sent in events] == [
        (EventName.USER_CREATED, eve.id, None),
        (EventName.ROOM_CREATED, ann_.id, room.id),
        (EventName.ROOM_JOINED, cat.id, room.id),
        (EventName.MESSAGE_SENT, cat.id, room.id),
        (EventName.ROOM_LEFT, cat.id, room.id),
        (EventName.ROOM_ARCHIVED, ann_.id, room.id),
    ]


def test_a_direct_room_is_opened_once_and_quietly(
    host: ChatHost, events: list[ChatEvent], cat: User, ann_: User
) -> None:
    with host.transaction():
        first = host.open_direct_room(cat, ann_)
    with host.transaction():
        second = host.open_direct_room(ann_, cat)

    assert first.id == second.id
    assert {user.username for user in second.participants} == {"ann", "rocket.cat"}
    assert second.document["usernames"] == ["ann", "rocket.cat"]
    assert events == []


@pytest.mark.parametrize("reference", ["alerts", "id"])
def test_a_room_is_found_by_name_and_by_id(host: ChatHost, room: Room, reference: str) -> None:
    found = host.find_rooms(room.id if reference == "id" else reference)

    assert [one.id for one in found] == [room.id]


@pytest.mark.parametrize("reference", ["", "Alerts", "#alerts", "a\0b", "\ud800", "' OR 1=1 --"])
def test_nothing_is_found_for_a_name_that_nothing_has(
    host: ChatHost, room: Room, reference: str
) -> None:
    assert not host.find_rooms(reference)
    assert not host.find_users(reference)
    assert host.find_user(reference) is None


def test_a_change_by_another_process_is_seen(host: ChatHost, room: Room) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE rooms SET is_archived = true"))

    (found,) = host.find_rooms("alerts")

    assert found.document["archived"] is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE rooms SET is_archived = true", "room_is_blocked"),
        ("UPDATE rooms SET is_read_only = true", posting.READ_ONLY),
        ("UPDATE memberships SET is_muted = true", "You_have_been_muted"),
        ("DELETE FROM memberships", "error-not-allowed"),
        ("UPDATE users SET is_active = false", "error-not-allowed"),
        ("DELETE FROM rooms", "error-invalid-room"),
    ],
    ids=lambda value: value.rpartition(" WHERE")[0] or value,
)
def test_a_post_is_refused_by_rocket_chats_code(
    host: ChatHost, room: Room, cat: User, change: str, code: str
) -> None:
    with host.transaction():
        db.session.execute(text(change))

    with pytest.raises(ChatRefused) as by_check:
        host.check_may_post(cat, room)
    with pytest.raises(ChatRefused) as by_post:
        post(host, room, cat)

    assert (by_check.value.code, by_post.value.code) == (code, code)
    assert stored_texts(host) == []


def test_an_owner_may_write_into_a_read_only_room(
    host: ChatHost, chat: Chat, room: Room, ann_: User
) -> None:
    with chat.transaction():
        rooms.set_read_only(chat, room, read_only=True)

    assert post(host, room, ann_).text == "hello"


def test_a_direct_room_is_closed_when_the_other_is_switched_off(
    host: ChatHost, chat: Chat, cat: User, ann_: User
) -> None:
    with chat.transaction():
        direct = host.open_direct_room(cat, ann_)
        users.set_active(chat, ann_, active=False)

    with pytest.raises(ChatRefused, match="blocked"):
        post(host, direct, cat)


@pytest.mark.parametrize(
    "fields",
    [{"text": "a\0b"}, {"text": "\ud800"}, {"alias": "\udfff"}, {"text": "x", "emoji": "\0"}],
)
def test_text_that_no_database_holds_is_refused(
    host: ChatHost, room: Room, cat: User, fields: dict[str, str]
) -> None:
    with pytest.raises(ChatRefused) as refused:
        post(host, room, cat, **fields)

    assert refused.value.code == "invalid-params"


@pytest.mark.parametrize("written", ["x" * 5000, "😀" * 2500], ids=["letters", "pairs"])
def test_a_text_may_be_as_long_as_the_limit_in_javascripts_units(
    host: ChatHost, room: Room, cat: User, written: str
) -> None:
    assert post(host, room, cat, text=written).text == written
    with pytest.raises(ChatRefused) as refused:
        post(host, room, cat, text=written + "x")
    assert refused.value.code == "error-message-size-exceeded"


def test_a_reply_goes_to_the_thread_and_counts(host: ChatHost, room: Room, cat: User) -> None:
    parent = post(host, room, cat)
    reply = post(host, room, cat, thread_id=parent.id)
    again = post(host, room, cat, thread_id=reply.id)

    stored = db.session.get(Message, parent.id)
    assert stored is not None
    db.session.refresh(stored)
    assert (reply.thread_id, again.thread_id) == (parent.id, parent.id)
    assert stored.document["tcount"] == 2


@pytest.mark.parametrize("thread_id", ["", "nothing", "\0", "other room"])
def test_a_reply_to_nothing_is_refused(
    host: ChatHost, chat: Chat, room: Room, cat: User, thread_id: str
) -> None:
    if thread_id == "other room":
        with chat.transaction():
            elsewhere = rooms.create_room(chat, "elsewhere", kind="c", owner=cat)
        thread_id = post(host, elsewhere, cat).id

    with pytest.raises(ChatRefused, match="thread"):
        post(host, room, cat, thread_id=thread_id)


def test_objects_of_a_plugins_own_are_as_good(host: ChatHost, room: Room, cat: User) -> None:
    class Mention:
        def __init__(self, id_: str) -> None:
            self.id = id_

    with host.transaction():
        message = host.post_message(draft(), room=Mention(room.id), as_user=Mention(cat.id))

    assert message.author.id == cat.id
    with pytest.raises(ChatRefused, match="Invalid user"), host.transaction():
        host.post_message(draft(), room=room, as_user=Mention("nobody"))
    with pytest.raises(ChatRefused, match="Invalid room"), host.transaction():
        host.post_message(draft(), room=Mention("nowhere"), as_user=cat)


def test_a_permission_may_be_held_in_one_room_only(
    host: ChatHost, room: Room, ann_: User, cat: User
) -> None:
    assert host.has_permission(ann_, "archive-room", room=room)
    assert not host.has_permission(ann_, "archive-room")
    assert not host.has_permission(cat, "archive-room", room=room)
    assert host.has_permission(cat, "message-impersonate", room=room)
    assert not host.has_permission(cat, "no-such-permission")


def test_a_deactivated_user_holds_no_permission(host: ChatHost, chat: Chat, cat: User) -> None:
    with chat.transaction():
        users.set_active(chat, cat, active=False)

    assert not host.has_permission(cat, "message-impersonate")


def test_documents_hold_no_secret(host: ChatHost, room: Room, ann_: User, cat: User) -> None:
    message = post(host, room, cat)

    written = f"{ann_.document}{room.document}{message.document}".lower()

    assert ann_.password_hash
    assert not any(word in written for word in ("password", "pbkdf2", "token", "hash"))
