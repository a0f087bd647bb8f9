"""Made-up integrations with a past, for pictures of the pages."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from host_stub.chat.server import current_chat
from host_stub.seed import ensure_room, ensure_user
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import read_manager
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management.incoming import create_incoming, update_incoming
from rc_integrations_plugin.management.outgoing import create_outgoing
from rc_integrations_plugin.management.script_tests import add_test
from rc_integrations_plugin.schemas.incoming import read_changed_incoming, read_new_incoming
from rc_integrations_plugin.schemas.outgoing import read_new_outgoing
from rc_integrations_plugin.services import EXTENSION, Services
from tests.callers import change_body, new_body, outgoing_body
from tests.factories import make_attempt, make_call, make_delivery

PASSWORD = "correct horse"
ALERTS = """\
class Script {
  process_incoming_request({ request }) {
    const alert = request.content;
    console.log('status', alert.status);
    msg = alert.status === 'firing' ? ':rotating_light: *Firing*' : ':white_check_mark: *Fine*';
    return {
      content: {
        text: `${msg} ${alert.title}`,
        attachments: alert.alerts.map((one) => ({
          color: one.status === 'firing' ? '#d33' : '#3a3',
          title: one.labels.alertname,
          title_link: one.generatorURL,
          text: one.annotations.summary,
          fields: [
            { short: true, title: 'Severity', value: one.labels.severity },
            { short: true, title: 'Instance', value: one.labels.instance },
          ],
        })),
      },
    };
  }
}
"""
TICKETS = """\
class Script {
  prepare_outgoing_request({ request }) {
    const number = request.data.text.match(/#(\\d+)/);
    if (!number) return;
    const { data, ...rest } = request;
    return { ...rest, url: `${request.url}/${number[1]}`, method: 'GET' };
  }

  process_outgoing_response({ request, response }) {
    const ticket = response.content;
    return { content: { text: `*#${ticket.number}* ${ticket.title} (${ticket.state})` } };
  }
}
"""
BODY = """\
{"status": "firing", "title": "Disk almost full", "alerts": [{"status": "firing",
 "labels": {"alertname": "DiskFull", "severity": "critical", "instance": "db-1"},
 "annotations": {"summary": "97 % of /var is in use"}, "generatorURL": "https://grafana.example/d/1"}]}"""

MESSAGE: Mapping[str, Any] = {
    "text": ":rotating_light: *Firing* Disk almost full",
    "u": {"_id": "rocket.cat", "username": "rocket.cat"},
    "alias": "Grafana",
    "emoji": ":fire:",
    "attachments": [
        {
            "color": "#d33",
            "title": "DiskFull",
            "title_link": "https://grafana.example/d/1",
            "text": "97 % of /var is in use",
            "fields": [{"short": True, "title": "Severity", "value": "critical"}],
        }
    ],
}
"""What the script of then made of it."""

LONG = "Alerts of the customer with the very long name, Donaudampfschifffahrtsgesellschaft " * 2


def fill(app: Flask, *, now: datetime) -> Mapping[str, str]:
    """Make people, rooms, integrations and what they did until a time; return ids by a name."""
    services: Services = app.extensions[EXTENSION]
    with app.app_context():
        person = people(services)
        ids = {
            "grafana": _grafana(services, person),
            "tickets": _tickets(services, person),
            "builds": _incoming(services, person, name="Builds", channel="#builds"),
            "long": _incoming(services, person, name=LONG, channel="#ops,#support,#backend"),
            "off": _incoming(services, person, name="Old wiki", enabled=False),
        }
        _calls(services, ids["grafana"], now)
        _deliveries(services, ids["tickets"], now)
        services.calls.add(
            make_call(integration_id=ids["builds"], called_at=now - timedelta(hours=5))
        )
    return ids


def people(services: Services) -> User:
    """Make Anna, who may manage everything, with rooms; return her."""
    with current_chat().transaction():
        chat = current_chat()
        anna = ensure_user(chat, "anna", password=PASSWORD, name="Anna", roles=["admin"])
        robot = ensure_user(chat, "rocket.cat", roles=["bot"])
        for name in ("general", "backend", "builds", "ops", "support"):
            ensure_room(chat, name, owner=anna, members_too=[robot])
    [person] = services.host.find_users("anna")
    return person


def _incoming(services: Services, person: User, **fields: Any) -> str:
    manager = read_manager(services.host, person, IntegrationType.INCOMING)
    form = read_new_incoming(new_body(**fields))
    return create_incoming(services, manager, form).integration.id


def _grafana(services: Services, person: User) -> str:
    fields = {"name": "Grafana alerts", "channel": "#ops,#backend", "alias": "Grafana"}
    script = ALERTS.replace("    console.log('status', alert.status);\n", "")
    made = _incoming(services, person, emoji=":fire:", script=script, scriptEnabled=True, **fields)
    manager = read_manager(services.host, person, IntegrationType.INCOMING)
    document = {"type": "webhook-incoming", "_id": made, "name": fields["name"], "enabled": True}
    body = change_body(
        document | {"channel": ["#ops", "#backend"], "scriptEnabled": True}, script=ALERTS
    )
    hook = update_incoming(services, manager, read_changed_incoming(body)).integration
    fine = {"status": "resolved", "title": "Disk almost full", "alerts": []}
    text = ":white_check_mark: *Fine* Disk almost full"
    expected = {"result": {"content": {"text": text, "attachments": []}}}
    sample = {"request": {"content": fine}, "expected": expected}
    add_test(services, manager, hook, "All is well again", sample)
    return made


def _tickets(services: Services, person: User) -> str:
    manager = read_manager(services.host, person, IntegrationType.OUTGOING)
    body = outgoing_body(
        name="Tickets",
        channel="#support",
        triggerWords=["ticket"],
        urls=["https://tickets.example/api/tickets"],
        script=TICKETS,
        scriptEnabled=True,
        retryFailedCalls=True,
        retryDelay="powers-of-two",
    )
    return create_outgoing(services, manager, read_new_outgoing(body)).integration.id


def _calls(services: Services, integration_id: str, now: datetime) -> None:
    usual = make_call(
        integration_id=integration_id,
        headers={"content-type": "application/json", "user-agent": "Grafana"},
        body=BODY,
        body_bytes=len(BODY),
        remote_address="192.0.2.17",
        results=({"channel": "#ops", "room_id": "OPS", "message_id": "m1"},),
        message=MESSAGE,
        console=({"level": "log", "text": "status firing"},),
        duration_ms=6.4,
        script_duration_ms=1.2,
    )
    refused = {"channel": "#backend", "error": "error-not-allowed", "reason": "Not a member"}
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"outcome": CallOutcome.PARTLY_POSTED, "results": (*usual.results, refused)},
        {
            "outcome": CallOutcome.SCRIPT_FAILED,
            "status": 400,
            "results": (),
            "message": None,
            "error_code": "error-running-script",
            "error": "TypeError: cannot read property 'map' of undefined (line 9, column 22)",
        },
        {"outcome": CallOutcome.NOTHING_TO_POST, "results": (), "message": None, "console": ()},
    )
    for number in range(40):
        called_at = now - timedelta(minutes=number * 47)
        fields = {"id": f"call{number}", "called_at": called_at, **kinds[number % 7 % 4]}
        services.calls.add(dataclasses.replace(usual, **fields))


def _deliveries(services: Services, integration_id: str, now: datetime) -> None:
    kinds: tuple[dict[str, Any], ...] = (
        {
            "response_headers": {"content-type": "application/json"},
            "response_body": '{"number": 17, "title": "Printer is on fire", "state": "open"}',
            "results": (
                {"phase": "answer", "channel": "#support", "room_id": "S", "message_id": "m2"},
            ),
            "messages": {
                "answer": {
                    "text": "*#17* Printer is on fire",
                    "u": MESSAGE["u"],
                    "parseUrls": True,
                }
            },
        },
        {
            "outcome": DeliveryOutcome.FAILED,
            "status": 503,
            "response_body": "Service Unavailable",
            "error": "The receiver answered 503",
        },
    )
    [room] = services.host.find_rooms("support")
    [person] = services.host.find_users("anna")
    event = {
        "channel_id": room.id,
        "channel_name": "support",
        "message_id": "m1",
        "user_id": person.id,
        "user_name": "anna",
        "text": "ticket #17",
    }
    for number in range(30):
        at, fields = now - timedelta(minutes=number * 31), kinds[number % 5 // 4]
        delivery = make_delivery(
            integration_id=integration_id,
            created_at=at,
            trigger_word="ticket",
            url="https://tickets.example/api/tickets",
            data=event,
            outcome=fields.get("outcome", DeliveryOutcome.DELIVERED),
            finished_at=at,
        )
        attempt = make_attempt(
            delivery,
            started_at=at,
            duration_ms=84.2,
            sent={"method": "GET", "url": f"{delivery.url}/17", "headers": {}},
            **fields,
        )
        services.deliveries.open([delivery], attempts=[attempt])
