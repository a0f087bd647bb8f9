"""What docs/outgoing.md says that receivers are sent, beside what they are sent."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from host_stub import seed
from host_stub.chat.server import current_chat
from rc_integrations_plugin.delivery.retry import RetryDelay
from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.host.signals import subscribe
from rc_integrations_plugin.outgoing.data import build_data
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from tests.factories import make_outgoing

TEXT = (Path(__file__).parents[2] / "docs" / "outgoing.md").read_text()
PASSWORD = "open sesame"


def example(event: EventName) -> Any:
    """Return the JSON under the event's heading."""
    section = TEXT.split(f"\n### {event}\n")[1].split("\n### ")[0]
    return json.loads(section.split("```json\n")[1].split("```")[0])


def shape(value: Any) -> Any:
    """Return the names in a JSON value and the types of what they hold."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "number" if isinstance(value, int | float) else type(value).__name__


@pytest.fixture
def sent(app: Flask, services: Services) -> dict[EventName, dict[str, Any]]:
    """Do in the stub what each event stands for, and return what receivers are sent."""
    sent: dict[EventName, dict[str, Any]] = {}

    def receive(event: ChatEvent) -> None:
        integration = make_outgoing(token="4f1c0e", event=event.name)
        word = "deploy" if event.name is EventName.MESSAGE_SENT else None
        sent[event.name] = build_data(
            event, integration, site_url=services.host.site_url, trigger_word=word
        )

    with app.app_context(), current_chat().transaction():
        chat = current_chat()
        seed.ensure_user(chat, "admin", password=PASSWORD, name="Admin", roles=("user", "admin"))
        anna = seed.ensure_user(chat, "anna", password=PASSWORD, name="Anna")
        seed.ensure_room(chat, "general", owner=anna)
    subscribe(services.host, receive)
    _let_things_happen(app.test_client())
    return sent


def _let_things_happen(client: FlaskClient) -> None:
    headers: dict[str, str] = {}

    def log_in(user: str) -> None:
        login = {"user": user, "password": PASSWORD}
        data = client.post("/api/v1/login", json=login).get_json()["data"]
        headers.update({"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]})

    def call(method: str, **options: Any) -> Any:
        answer = client.post(f"/api/v1/{method}", headers=headers, **options)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    log_in("admin")
    ben = {"username": "ben", "name": "Ben", "email": "ben@example.org", "password": PASSWORD}
    call("users.create", json=ben)
    room = call("channels.create", json={"name": "releases"})["channel"]["_id"]
    log_in("anna")
    call("channels.join", json={"roomId": room})
    call("channels.leave", json={"roomId": room})
    media = {"file": (io.BytesIO(b"hello"), "note.txt"), "msg": "the notes"}
    general = call("chat.postMessage", json={"channel": "#general", "text": "hello"})
    file_id = call(f"rooms.media/{general['message']['rid']}", data=media)["file"]["_id"]
    call(
        f"rooms.mediaConfirm/{general['message']['rid']}/{file_id}",
        json={"msg": "the notes of the release"},
    )
    call("chat.postMessage", json={"channel": "#general", "text": "deploy shop 2.4"})
    log_in("admin")
    call("channels.archive", json={"roomId": room})


def test_each_event_has_an_example_of_what_is_really_sent(
    sent: dict[EventName, dict[str, Any]],
) -> None:
    shown = {event: shape(example(event)) for event in EventName}

    assert shown == {event: shape(sent[event]) for event in EventName}


@pytest.mark.parametrize("delay", RetryDelay)
def test_each_formula_of_delays_is_in_the_table(delay: RetryDelay) -> None:
    assert f"| `{delay}` |" in TEXT


def test_each_step_of_the_history_is_explained() -> None:
    explained = set(re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE))

    assert {step for step in Step if step not in explained} == set()
