"""`start_deliveries` on a host that shares no session; test_listener.py has those that do."""

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted
from rc_integrations_plugin.outgoing.chain import Posting, being_posted
from rc_integrations_plugin.outgoing.data import build_data
from rc_integrations_plugin.outgoing.matching import ListenerIndex
from rc_integrations_plugin.outgoing.opening import start_deliveries
from rc_integrations_plugin.services import Services
from tests.factories import NOON, make_delivery, make_outgoing
from tests.listening import stored_attempts, stored_deliveries
from tests.unit.outgoing.chat import make_event, make_message


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        found: Engine = app.extensions["sqlalchemy"].engine
        return found


@pytest.mark.parametrize("name", EventName)
def test_each_event_is_stored_as_its_receiver_shall_get_it(
    services: Services, engine: Engine, name: EventName
) -> None:
    integration = make_outgoing(event=name, token="t")
    event = make_event(name)

    assert start_deliveries(services, ListenerIndex.build([integration]), event)

    (delivery,) = stored_deliveries(engine)
    site_url = services.host.site_url
    assert delivery.data == build_data(event, integration, site_url=site_url)
    assert (delivery.event, delivery.url, delivery.depth) == (name, integration.urls[0], 0)
    assert delivery.created_at == NOON
    assert delivery.webhook_id == delivery.id
    assert (delivery.outcome, delivery.attempts, delivery.lease) == (None, 0, None)
    assert stored_attempts(engine) == []


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"channels": ("#elsewhere",)}, make_event()),
        ({"trigger_words": ("never said",)}, make_event()),
        ({"event": EventName.ROOM_LEFT}, make_event()),
        ({}, make_event(message=make_message(edited_at=NOON))),
        ({"id": "i"}, make_event(message=make_message(integration_id="i"))),
        ({"urls": ("", " ")}, make_event()),
    ],
    ids=["room", "word", "event", "edit", "own", "no url"],
)
def test_who_is_not_told_costs_no_statement(
    services: Services, engine: Engine, fields: dict[str, Any], event: ChatEvent
) -> None:
    class Nothing:
        """A store that must not be asked."""

    silent = dataclasses.replace(services, deliveries=Nothing())  # type: ignore[arg-type]
    index = ListenerIndex.build([make_outgoing(**fields)])

    assert not start_deliveries(silent, index, event)


def test_own_messages_are_told_where_that_is_allowed(services: Services, engine: Engine) -> None:
    settings = dataclasses.replace(services.settings, own_messages=True)
    index = ListenerIndex.build([make_outgoing(id="i")])
    event = make_event(message=make_message(integration_id="i"))

    assert start_deliveries(dataclasses.replace(services, settings=settings), index, event)

    assert [one.integration_id for one in stored_deliveries(engine)] == ["i"]


def test_each_gets_his_own_token_and_word(services: Services, engine: Engine) -> None:
    index = ListenerIndex.build(
        [
            make_outgoing(id="a", token="one", trigger_words=("he",)),
            make_outgoing(id="b", token="two", trigger_words=("hello",)),
            make_outgoing(id="c"),
        ]
    )

    start_deliveries(services, index, make_event())

    told = sorted(
        (one.integration_id, one.data.get("token"), one.data.get("trigger_word"))
        for one in stored_deliveries(engine)
    )
    assert told == [("a", "one", "he"), ("b", "two", "hello"), ("c", None, None)]


def test_nothing_is_woken_for_what_is_only_written_down(services: Services, engine: Engine) -> None:
    index = ListenerIndex.build([make_outgoing(urls=("https://a.test", "https://b.test"))])
    answered = Posting(
        integration_id="other", delivery=make_delivery(depth=5), depth=5, stage=Posted.ANSWER
    )

    with being_posted(answered):
        assert not start_deliveries(services, index, make_event())

    assert [one.outcome for one in stored_deliveries(engine)] == [DeliveryOutcome.STOPPED] * 2
    assert len({one.delivery_id for one in stored_attempts(engine)}) == 2
