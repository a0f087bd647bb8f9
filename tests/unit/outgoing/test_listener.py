"""The listener in the stub's transactions, and on a host that shares none."""

import dataclasses
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from host_stub import seed
from host_stub.adapter import ChatHost
from host_stub.chat import rooms, users
from host_stub.database import db
from host_stub.models.rooms import Room
from host_stub.models.users import User
from rc_integrations_plugin.host.events import ChatEvent, EventName, UserDeleted
from rc_integrations_plugin.host.port import MessageDraft
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryOutcome,
    DeliveryResult,
    Posted,
)
from rc_integrations_plugin.outgoing.chain import LeaseLost, Posting, being_posted
from rc_integrations_plugin.outgoing.listener import EventListener
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integration_rows import to_row
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.tables import integrations
from tests.factories import NOON, make_incoming, make_outgoing
from tests.fakes import RecordingWakeUp
from tests.listening import stored_attempts, stored_deliveries
from tests.unit.messages.memory_host import MemoryUser
from tests.unit.outgoing.chat import make_event, make_message


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def engine(_context: None) -> Engine:
    return db.engine


@pytest.fixture
def cat(host: ChatHost, _context: None) -> User:
    with host.chat.transaction():
        return seed.ensure_user(host.chat, "rocket.cat", roles=("bot",))


@pytest.fixture
def general(host: ChatHost, cat: User) -> Room:
    with host.chat.transaction():
        return rooms.create_room(host.chat, "general", kind="c", owner=cat)


@pytest.fixture
def listening(services: Services, general: Room) -> str:
    """The id of an integration that is told of all messages."""
    integration = make_outgoing(id="told", token="t")
    services.integrations.add(integration)
    return integration.id


def draft(message: str = "hello", *, integration_id: str = "nobody's") -> MessageDraft:
    return MessageDraft(text=message, integration_id=integration_id)


def post(host: ChatHost, room: Room, author: User, message: str = "hello", **fields: Any) -> str:
    with host.transaction():
        return host.post_message(draft(message, **fields), room=room, as_user=author).id


def texts(engine: Engine) -> list[str]:
    return sorted(delivery.data["text"] for delivery in stored_deliveries(engine))


def test_a_committed_message_opens_a_delivery_and_wakes_once(
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
) -> None:
    message_id = post(host, general, cat)

    (delivery,) = stored_deliveries(engine)
    assert delivery.data["message_id"] == message_id
    assert delivery == Delivery(
        id=delivery.id,
        webhook_id=delivery.id,
        integration_id=listening,
        created_at=delivery.created_at,
        event=EventName.MESSAGE_SENT,
        url="https://receiver.test/hook",
        data=delivery.data,
    )
    assert wake_up.rings == 1


def test_it_wakes_after_the_commit_only_and_once_for_all_messages(
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
) -> None:
    with host.transaction():
        for word in ("one", "two", "three"):
            host.post_message(draft(word), room=general, as_user=cat)
        assert wake_up.rings == 0
        assert stored_deliveries(engine) == []

    assert texts(engine) == ["one", "three", "two"]
    assert wake_up.rings == 1


def test_a_message_that_is_rolled_back_opens_nothing_and_wakes_nobody(
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
) -> None:
    def post_and_fail() -> None:
        with host.transaction():
            host.post_message(draft("undone"), room=general, as_user=cat)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        post_and_fail()
    with host.transaction():
        pass

    assert stored_deliveries(engine) == []
    assert wake_up.rings == 0
    post(host, general, cat, "kept")
    assert (texts(engine), wake_up.rings) == (["kept"], 1)


def test_what_is_undone_within_a_transaction_opens_nothing(
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
) -> None:
    with host.transaction():
        savepoint = db.session.begin_nested()
        host.post_message(draft("undone"), room=general, as_user=cat)
        savepoint.rollback()
        with db.session.begin_nested():
            host.post_message(draft("kept"), room=general, as_user=cat)
        assert wake_up.rings == 0

    assert (texts(engine), wake_up.rings) == (["kept"], 1)


def test_nobody_is_woken_where_all_was_undone_within(
    host: ChatHost, general: Room, cat: User, listening: str, wake_up: RecordingWakeUp
) -> None:
    with host.transaction():
        savepoint = db.session.begin_nested()
        host.post_message(draft("undone"), room=general, as_user=cat)
        savepoint.rollback()

    assert wake_up.rings == 0


def test_a_message_that_nobody_listens_to_costs_one_statement(
    host: ChatHost, general: Room, cat: User, services: Services, engine: Engine
) -> None:
    services.integrations.add(make_outgoing(channels=("#elsewhere",)))
    post(host, general, cat)
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    post(host, general, cat)
    event.remove(engine, "before_cursor_execute", note)

    assert [one.split()[0] for one in seen] == ["SELECT", "INSERT", "SELECT"]
    assert "rc_integration_changes" in seen[2]


def test_a_session_of_a_registry_is_as_good_as_a_plain_one(
    services: Services, listening: str, wake_up: RecordingWakeUp, engine: Engine
) -> None:
    listener = EventListener(services)

    listener.on_event(make_event(session=db.session))
    assert wake_up.rings == 0
    db.session.commit()

    assert (texts(engine), wake_up.rings) == (["hello"], 1)


def test_a_host_that_shares_no_session_is_served_at_once(
    services: Services, listening: str, wake_up: RecordingWakeUp, engine: Engine
) -> None:
    EventListener(services).on_event(make_event())

    assert (texts(engine), wake_up.rings) == (["hello"], 1)


def test_a_host_without_session_hears_nothing_of_a_database_that_fails(
    services: Services,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE rc_integration_deliveries"))

    EventListener(services).on_event(make_event(message=make_message("confidential")))

    assert "Nobody is told of an event sendMessage" in caplog.text
    assert "confidential" not in caplog.text
    assert wake_up.rings == 0


def test_what_the_database_says_undoes_the_message_and_is_not_told_in_full(
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    wake_up: RecordingWakeUp,
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE rc_integration_deliveries"))

    with pytest.raises(OperationalError) as raised:
        post(host, general, cat, "confidential")

    assert "confidential" not in str(raised.value)
    assert db.session.scalar(text("SELECT count(*) FROM messages")) == 0
    assert wake_up.rings == 0


class BrokenRoom:
    """A room that cannot say what it is."""

    id = "r-gen"
    name = "general"
    kind = "c"
    participants = ()

    def __init__(self, error: Exception) -> None:
        self._error = error

    @property
    def document(self) -> dict[str, Any]:
        raise self._error


def test_a_fault_that_is_none_of_the_database_does_not_stop_the_chat(
    services: Services, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    services.integrations.add(make_outgoing(event=EventName.ROOM_JOINED))
    sent = make_event(
        EventName.ROOM_JOINED,
        room=BrokenRoom(LookupError("confidential")),
        session=db.session(),
    )

    EventListener(services).on_event(sent)

    assert "Nobody is told of an event roomJoined" in caplog.text
    assert "LookupError" in caplog.text
    assert "confidential" not in caplog.text
    assert stored_deliveries(engine) == []


def test_what_the_database_says_to_the_host_undoes_too(services: Services) -> None:
    services.integrations.add(make_outgoing(event=EventName.ROOM_JOINED))
    sent = make_event(
        EventName.ROOM_JOINED, room=BrokenRoom(SQLAlchemyError()), session=db.session()
    )

    with pytest.raises(SQLAlchemyError):
        EventListener(services).on_event(sent)


def test_one_that_cannot_be_told_stops_no_other(
    services: Services,
    host: ChatHost,
    general: Room,
    cat: User,
    listening: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd: Any = ("the word", None)
    # what no form takes
    with db.engine.begin() as connection:
        connection.execute(insert(integrations), to_row(make_outgoing(id="odd", trigger_words=odd)))

    post(host, general, cat)

    assert [one.integration_id for one in stored_deliveries(db.engine)] == [listening]
    assert "The integration odd cannot be heard" in caplog.text
    assert "the word" not in caplog.text


def test_all_urls_of_all_who_listen_are_told_in_one_statement(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine
) -> None:
    for number in range(3):
        services.integrations.add(
            make_outgoing(id=f"i{number}", urls=("https://a.test", "https://b.test"))
        )

    post(host, general, cat)

    told = sorted((one.integration_id, one.url) for one in stored_deliveries(engine))
    assert told == [
        (f"i{number}", f"https://{name}.test") for number in range(3) for name in ("a", "b")
    ]
    assert len({one.webhook_id for one in stored_deliveries(engine)}) == 6


def test_an_integration_does_not_hear_itself_but_the_others(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine, listening: str
) -> None:
    services.integrations.add(make_outgoing(id="other"))

    post(host, general, cat, integration_id=listening)

    assert [one.integration_id for one in stored_deliveries(engine)] == ["other"]


def leased(engine: Engine, services: Services) -> Delivery:
    (delivery,) = services.deliveries.lease(
        now=stored_deliveries(engine)[-1].created_at,
        lease="lease",
        lease_seconds=30,
        limit=1,
        per_integration=1,
    )
    return delivery


def answering(delivery: Delivery, stage: Posted = Posted.ANSWER) -> Posting:
    return Posting(
        integration_id=delivery.integration_id,
        delivery=delivery,
        depth=delivery.depth,
        stage=stage,
    )


@pytest.mark.parametrize("stage", Posted)
def test_an_answer_and_the_mark_that_it_is_posted_are_one_commit(
    services: Services,
    host: ChatHost,
    general: Room,
    cat: User,
    engine: Engine,
    listening: str,
    *,
    stage: Posted,
) -> None:
    post(host, general, cat)
    delivery = leased(engine, services)

    with being_posted(current := answering(delivery, stage)), host.transaction():
        host.post_message(draft("yes", integration_id=listening), room=general, as_user=cat)
        assert services.deliveries.find(delivery.id).posted is None  # type: ignore[union-attr]

    assert services.deliveries.find(delivery.id).posted is stage  # type: ignore[union-attr]
    assert current.marked


def test_an_answer_that_is_undone_leaves_no_mark(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine, listening: str
) -> None:
    post(host, general, cat)
    delivery = leased(engine, services)

    def answer_and_fail() -> None:
        with being_posted(answering(delivery)), host.transaction():
            host.post_message(draft("yes", integration_id=listening), room=general, as_user=cat)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        answer_and_fail()

    assert services.deliveries.find(delivery.id).posted is None  # type: ignore[union-attr]


def test_an_answer_is_not_posted_by_who_has_lost_the_delivery(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine, listening: str
) -> None:
    post(host, general, cat)
    delivery = dataclasses.replace(leased(engine, services), lease="an older one")

    with pytest.raises(LeaseLost), being_posted(answering(delivery)):
        post(host, general, cat, "yes", integration_id=listening)

    assert db.session.scalar(text("SELECT count(*) FROM messages")) == 1


def test_a_host_without_session_leaves_the_mark_to_who_posts(
    services: Services, engine: Engine, listening: str
) -> None:
    listener = EventListener(services)
    listener.on_event(make_event())
    delivery = leased(engine, services)

    with being_posted(current := answering(delivery)):
        listener.on_event(make_event(message=make_message(integration_id=listening)))

    assert not current.marked
    assert services.deliveries.find(delivery.id).posted is None  # type: ignore[union-attr]


def answer_all(services: Services, host: ChatHost, room: Room, author: User) -> list[str]:
    """Answer each delivery by a message, until there is none; return who answered, how deep."""
    answered: list[str] = []
    while leased_ones := services.deliveries.lease(
        now=datetime.now(UTC), lease="lease", lease_seconds=30, limit=1, per_integration=9
    ):
        (delivery,) = leased_ones
        who = delivery.integration_id
        answered.append(f"{who}{delivery.depth}")
        assert len(answered) < 30, answered
        with being_posted(answering(delivery)):
            post(host, room, author, f"from {who}", integration_id=who)
        services.deliveries.finish(
            [DeliveryResult(delivery=delivery, attempt=None)], now=datetime.now(UTC)
        )
    return answered


@pytest.mark.parametrize(
    ("names", "expected"),
    [("ab", ["a0", "b1", "a2", "b3", "a4"]), ("abc", ["a0", "b1", "c2", "a3", "b4"])],
    ids=["two", "three"],
)
def test_integrations_that_answer_each_other_stop_after_the_longest_chain(
    services: Services,
    host: ChatHost,
    general: Room,
    cat: User,
    wake_up: RecordingWakeUp,
    *,
    names: str,
    expected: list[str],
) -> None:
    for number, name in enumerate(names):
        words = (f"from {names[number - 1]}", *(["go"] if name == "a" else []))
        services.integrations.add(make_outgoing(id=name, trigger_words=words))

    post(host, general, cat, "go")
    answered = answer_all(services, host, general, cat)

    assert answered == expected
    (attempt,) = stored_attempts(db.engine)
    assert attempt.steps[-1] == Step.CHAIN_TOO_LONG
    assert attempt.outcome is DeliveryOutcome.STOPPED
    assert attempt.integration_id == names[5 % len(names)]
    assert "5 times in a row" in (attempt.error or "")
    stopped = services.deliveries.find(attempt.delivery_id)
    assert stopped is not None
    assert stopped.depth == 5
    assert stopped.outcome is DeliveryOutcome.STOPPED
    assert stopped.finished_at == stopped.created_at
    # woken for the first message and four answers, not for the last one
    assert wake_up.rings == 5


def test_how_long_a_chain_may_be_is_a_setting(
    services: Services, engine: Engine, listening: str
) -> None:
    settings = dataclasses.replace(services.settings, chain_depth=3)
    listener = EventListener(dataclasses.replace(services, settings=settings))

    for depth in (1, 2):
        with being_posted(answering(_delivery_at(depth=depth))):
            listener.on_event(make_event())

    depths = sorted((one.depth, one.outcome) for one in stored_deliveries(engine))
    assert depths == [(2, None), (3, DeliveryOutcome.STOPPED)]


def _delivery_at(*, depth: int) -> Delivery:
    return Delivery(
        id="d",
        webhook_id="d",
        integration_id="x",
        created_at=NOON,
        event=EventName.MESSAGE_SENT,
        url="",
        data={},
        depth=depth,
    )


def test_the_row_that_tells_of_a_chain_s_end_tells_no_token(
    services: Services, engine: Engine
) -> None:
    services.integrations.add(
        make_outgoing(token="mytoken123", urls=("https://receiver.test/mytoken123?key=1",))
    )

    with being_posted(answering(_delivery_at(depth=5))):
        EventListener(services).on_event(make_event())

    (attempt,) = stored_attempts(engine)
    assert attempt.url == "https://receiver.test/***?key=1"


def test_an_answer_that_is_rolled_back_leaves_no_row_of_a_chain(
    services: Services, engine: Engine, listening: str
) -> None:
    with being_posted(answering(_delivery_at(depth=5))):
        EventListener(services).on_event(make_event(session=db.session()))
    db.session.rollback()

    assert stored_attempts(engine) == []
    assert stored_deliveries(engine) == []


def test_a_deleted_user_switches_off_what_posts_as_him(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine
) -> None:
    with host.chat.transaction():
        gone = users.create_user(host.chat, "gone", password=None)
    outgoing = make_outgoing(user_id=gone.id)
    incoming = make_incoming(user_id=gone.id)
    other = make_outgoing(user_id=cat.id)
    for integration in (outgoing, incoming, other):
        services.integrations.add(integration)

    with host.chat.transaction():
        users.delete_user(host.chat, gone)
        host.post_message(draft(), room=general, as_user=cat)

    for integration_id in (outgoing.id, incoming.id):
        found = services.integrations.find_any(integration_id)
        assert found is not None
        assert not found.enabled
        assert found.disabled_reason == "The user gone, as whom it posts, was deleted"
    # also for what happens in the same transaction
    assert [one.integration_id for one in stored_deliveries(engine)] == [other.id]


def test_a_user_who_stays_after_all_keeps_his_integrations(
    services: Services, host: ChatHost, general: Room, cat: User, engine: Engine, listening: str
) -> None:
    def delete_and_fail() -> None:
        with host.chat.transaction():
            users.delete_user(host.chat, host.chat.session.merge(gone))
            host.post_message(draft("unheard"), room=general, as_user=cat)
            raise RuntimeError

    with host.chat.transaction():
        gone = users.create_user(host.chat, "gone", password=None)
    services.integrations.add(make_outgoing(id="his", user_id=gone.id))

    with pytest.raises(RuntimeError):
        delete_and_fail()
    # the counter of changes now has the number that the undone transaction saw
    services.integrations.add(make_outgoing(id="new"))
    post(host, general, cat)

    told = sorted(one.integration_id for one in stored_deliveries(engine))
    assert told == ["his", "new", listening]


def test_a_host_without_session_may_tell_of_deleted_users_too(
    services: Services, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    services.integrations.add(make_outgoing(id="his", user_id="u1"))
    listener = EventListener(services)

    listener.on_user_deleted(UserDeleted(user=MemoryUser("u1")))

    found = services.integrations.find_any("his")
    assert found is not None
    assert found.disabled_reason == "The user u1, as whom it posts, was deleted"
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE rc_integrations"))
    listener.on_user_deleted(UserDeleted(user=MemoryUser("u1")))
    assert "What posts as a deleted user is still on" in caplog.text


def test_a_database_that_fails_keeps_the_user(services: Services, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE rc_integrations"))

    with pytest.raises(OperationalError):
        EventListener(services).on_user_deleted(
            UserDeleted(user=MemoryUser("u1"), session=db.session())
        )


def test_a_session_of_another_kind_is_a_fault_that_is_logged(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        EventListener(services).on_event(make_event(session=object()))

    assert "Nobody is told of an event" in caplog.text


def test_sessions_in_use_at_once_do_not_mix(
    services: Services, engine: Engine, listening: str, wake_up: RecordingWakeUp
) -> None:
    listener = EventListener(services)
    with Session(engine) as undone, Session(engine) as kept:
        listener.on_event(_event_in(undone))
        undone.rollback()
        listener.on_event(_event_in(kept))
        kept.commit()
        undone.commit()

    assert len(stored_deliveries(engine)) == 1
    assert wake_up.rings == 1


def test_an_event_needs_no_connection_but_the_host_s(
    services: Services, engine: Engine, listening: str
) -> None:
    one = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with_one = dataclasses.replace(
        services, integrations=IntegrationStore(one), deliveries=DeliveryStore(one)
    )
    with Session(one) as session:
        EventListener(with_one).on_event(_event_in(session))
        session.commit()
    one.dispose()

    assert texts(engine) == ["hello"]


def _event_in(session: Session) -> ChatEvent:
    return make_event(session=session)
