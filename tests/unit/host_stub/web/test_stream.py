import threading
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from host_stub.chat import rooms
from host_stub.chat.server import current_chat
from host_stub.database import db
from host_stub.web.feed import Batch, Listener
from tests.unit.host_stub.web.people import OURS, Chatter, last_id


def events(browser: FlaskClient, since: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/web/changes?since={since}").get_json()["events"]
    return found


def test_a_new_message_is_told_with_all_its_fields(
    ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(ben)

    chatter.write("general", "hi", alias="CI", attachments=[{"color": "#f00", "text": "line\n2"}])
    told = live.until('"msg":"hi"')

    assert "event: message\n" in told
    assert '"alias":"CI"' in told
    assert '"attachments":[{"color":"#f00","text":"line\\n2"}]' in told


def test_an_edit_is_told_as_the_message_and_a_deletion_by_its_id(
    ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(ben)
    message_id = chatter.write("general", "before")
    live.until('"msg":"before"')

    chatter.edit(message_id, "after")
    live.until('"msg":"after"')
    chatter.delete(message_id)
    told = live.until("event: removed")

    assert f'"_id":"{message_id}"' in told
    assert "after" not in told


def test_nobody_hears_of_rooms_that_are_closed_to_him(
    carla: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(carla)

    chatter.write("secret", "not for carla")
    chatter.write("general", "for everybody")

    assert "not for carla" not in live.until("for everybody")


def test_who_is_invited_hears_of_it_and_of_what_follows(
    carla: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(carla)

    chatter.invite("secret", "carla")
    chatter.write("secret", "welcome")

    assert "event: rooms" in live.until('"msg":"welcome"')


def test_who_is_thrown_out_hears_nothing_more(
    ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(ben)

    chatter.kick("secret", "ben")
    live.until("event: rooms")
    chatter.write("secret", "ben is gone")
    chatter.write("general", "after it")

    assert "ben is gone" not in live.until("after it")


def test_a_page_that_comes_back_gets_what_it_missed_once(
    ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    chatter.write("general", "seen")
    live = listen(ben, "/stream?since=0")
    position = last_id(live.until('"msg":"seen"'))
    live.close()
    chatter.write("general", "missed")

    again = listen(ben, "/stream?since=0", **{"Last-Event-ID": position})
    chatter.write("general", "new")
    told = again.until('"msg":"new"')

    assert told.count("event: message") == 2
    assert '"msg":"missed"' in told
    assert '"msg":"seen"' not in told


@pytest.mark.parametrize("since", ["-1", "x", "", "9" * 30, "1.5", "٣"])
def test_a_position_that_makes_no_sense_starts_now(
    ben: FlaskClient, chatter: Chatter, listen: Any, since: str
) -> None:
    chatter.write("general", "old")
    live = listen(ben, f"/stream?since={since}")

    chatter.write("general", "new")

    assert '"msg":"old"' not in live.until('"msg":"new"')


def test_a_page_from_the_future_loads_itself_anew(ben: FlaskClient, listen: Any) -> None:
    live = listen(ben, "/stream?since=1000")

    assert "event: reload\nid: 0\n" in live.until("\n\n")


def test_a_page_that_missed_too_much_loads_itself_anew(
    ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    for number in range(301):
        chatter.write("general", f"message {number}")

    told = listen(ben, "/stream?since=0").until("\n\n")

    assert told == "event: reload\nid: 301\ndata: {}\n\n"
    assert [event["event"] for event in events(ben, "0")] == ["rooms", "reload"]


def test_the_stream_ends_when_the_user_logs_out(
    app: Flask, ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:
    live = listen(ben)
    ben.post("/logout", headers=OURS)

    chatter.invite("secret", "carla")
    chatter.write("general", "too late")

    assert "too late" not in live.rest()


def test_strangers_hear_nothing(app: Flask) -> None:
    answer = app.test_client().get("/stream")

    assert answer.status_code == 401


def test_asking_for_the_headers_takes_no_place(ben: FlaskClient) -> None:
    answer = ben.head("/stream")

    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"


class TestWithTwoPlaces:
    @pytest.fixture
    def config(self, config: dict[str, Any]) -> dict[str, Any]:
        return {**config, "HOST_STUB_STREAM_LISTENERS": 2}

    def test_the_next_page_is_sent_to_ask_later(self, ben: FlaskClient, listen: Any) -> None:
        first = listen(ben)
        listen(ben)

        refused = ben.get("/stream")
        first.close()
        accepted = listen(ben)

        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert accepted.response.status_code == 200

    def test_a_stream_that_is_never_read_gives_its_place_back(
        self, ben: FlaskClient, listen: Any
    ) -> None:
        for _ in range(4):
            ben.get("/stream").close()

        assert listen(ben).response.status_code == 200


def test_without_listeners_no_thread_is_left(ben: FlaskClient, listen: Any) -> None:
    live = listen(ben)
    (thread,) = [one for one in threading.enumerate() if one.name == "host-stub-feed"]

    live.close()

    thread.join(timeout=5)
    assert not thread.is_alive()


def test_messages_that_go_with_their_room_do_not_deafen_the_page(
    app: Flask, ben: FlaskClient, chatter: Chatter, listen: Any
) -> None:

    for _ in range(5):
        chatter.write("secret", "soon gone")
    live = listen(ben)
    with app.app_context(), current_chat().transaction():
        rooms.delete_room(current_chat(), rooms.load_room(current_chat(), name="secret"))
    live.until("event: rooms")

    chatter.write("general", "still heard")

    assert live.until("still heard")


def test_asking_gives_the_same_as_listening(ben: FlaskClient, chatter: Chatter) -> None:
    first = chatter.write("general", "one")
    chatter.write("secret", "two")
    chatter.delete(first)

    answer = ben.get("/web/changes?since=0").get_json()

    assert [event["event"] for event in answer["events"]] == ["rooms", "message", "removed"]
    assert events(ben, answer["position"]) == [{"event": "rooms", "data": {}}]


def test_asking_shows_nobody_what_is_closed_to_him(carla: FlaskClient, chatter: Chatter) -> None:
    chatter.write("secret", "not for carla")

    assert "not for carla" not in str(events(carla, "0"))


def test_asking_without_a_position_starts_now(ben: FlaskClient, chatter: Chatter) -> None:
    chatter.write("general", "old")

    answer = ben.get("/web/changes?since=None").get_json()

    assert answer["position"] == "1"
    assert answer["events"] == [{"event": "rooms", "data": {}}]


def test_a_page_that_does_not_keep_up_is_sent_away(app: Flask) -> None:

    listener = Listener()

    for _ in range(100):
        listener.put(Batch())

    assert listener.fell_behind


def test_a_database_that_is_away_for_a_while_ends_no_stream(
    app: Flask, ben: FlaskClient, chatter: Chatter, listen: Any, caplog: pytest.LogCaptureFixture
) -> None:
    live = listen(ben)
    with app.app_context():
        db.session.execute(text("ALTER TABLE messages RENAME TO away"))
        db.session.commit()
        end = time.monotonic() + 10
        while "could not be read" not in caplog.text:
            assert time.monotonic() < end
            time.sleep(0.05)
        db.session.execute(text("ALTER TABLE away RENAME TO messages"))
        db.session.commit()

    chatter.write("general", "still heard")

    assert live.until("still heard")
