"""A server with very many integrations and a long history, for pictures and figures.

`python -m tests.crowd FILE` makes a SQLite database that the stub can be started on.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
)
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.storage.calls import call_row
from rc_integrations_plugin.storage.delivery_rows import attempt_row, delivery_row
from rc_integrations_plugin.storage.integration_rows import to_row
from rc_integrations_plugin.storage.tables import attempts, calls, deliveries, integrations
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing

LONG = "A name that a program made out of a path/and/its/description " * 4
_NAMES = ("CI", "Alerts of the staging cluster", "Pull requests", "Zahlungen", "Мониторинг", LONG)
_OUTCOMES = (CallOutcome.POSTED,) * 7 + (CallOutcome.NOTHING_TO_POST, CallOutcome.REFUSED)
_EVERY = timedelta(minutes=4)


@dataclass(frozen=True)
class Crowd:
    """The two integrations of a crowd that have a long history."""

    hook: IncomingIntegration
    bridge: OutgoingIntegration


def fill(engine: Engine, *, many: int = 500, rows: int = 10_000) -> Crowd:
    """Add integrations of every shape, each with a short history, and two with a long one.

    Args:
        engine: of a database with the plugin's tables.
        many: how many integrations, the two included.
        rows: how long the history of each of the two is.
    """
    now = datetime.now(UTC)
    crowd = Crowd(
        make_incoming(name="Busy hook", created_at=now, updated_at=now),
        make_outgoing(name="Busy bridge", created_at=now, updated_at=now),
    )
    others = list(_others(many - 2, now))
    busy = list(_attempts(crowd.bridge, rows, now))
    short = [pair for one in others for pair in _short_history(one, now)]
    with engine.begin() as connection:
        for one in (*others, crowd.hook, crowd.bridge):
            connection.execute(insert(integrations), to_row(one))
        found = [*_calls(crowd.hook, rows, now), *(c for c in short if isinstance(c, IncomingCall))]
        connection.execute(insert(calls), [call_row(one) for one in found])
        pairs = [*busy, *(pair for pair in short if isinstance(pair, tuple))]
        connection.execute(insert(deliveries), [delivery_row(one) for one, _ in pairs])
        connection.execute(insert(attempts), [attempt_row(one) for _, one in pairs])
    return crowd


def _others(number: int, now: datetime) -> Iterator[IncomingIntegration | OutgoingIntegration]:
    for index in range(number):
        at = now - timedelta(hours=index + 1)
        is_on = index % 5 != 0
        reason = "channel #gone: Invalid room" if index % 25 == 0 else None
        yield (make_incoming if index % 3 else make_outgoing)(
            id=f"crowd{index:05}",
            name=f"{_NAMES[index % len(_NAMES)]} {index:03}",
            enabled=is_on,
            disabled_reason=reason,
            channels=tuple(f"#room-{one}" for one in range(index % 4 + 1)),
            created_at=at,
            updated_at=at,
        )


def _short_history(
    one: IncomingIntegration | OutgoingIntegration, now: datetime
) -> Iterator[IncomingCall | tuple[Delivery, DeliveryAttempt]]:
    number = int(one.id.removeprefix("crowd"))
    lasting = now - timedelta(minutes=number * 7)
    if isinstance(one, OutgoingIntegration):
        yield from _attempts(one, number % 5, lasting)
    else:
        yield from _calls(one, number % 5, lasting)


def _calls(hook: IncomingIntegration, rows: int, now: datetime) -> Iterator[IncomingCall]:
    for index in range(rows):
        outcome = _OUTCOMES[index * 7 % len(_OUTCOMES)]
        refused = outcome is CallOutcome.REFUSED
        yield make_call(
            integration_id=hook.id,
            body_bytes=800,
            called_at=now - index * _EVERY,
            outcome=outcome,
            status=400 if refused else 200,
            body=json.dumps({"text": f"Build {index} of the main branch has passed. " * 20}),
            error="Not a member of this room" if refused else None,
            results=({"channel": "#ops", "error": "error-not-allowed", "reason": "Not a member"},)
            if refused
            else ({"channel": "#general", "room_id": "r", "message_id": f"m{index}"},),
        )


def _attempts(
    bridge: OutgoingIntegration, rows: int, now: datetime
) -> Iterator[tuple[Delivery, DeliveryAttempt]]:
    for index in range(rows):
        at, failed = now - index * _EVERY, index % 10 == 3
        delivery = make_delivery(
            integration_id=bridge.id,
            created_at=at,
            finished_at=at,
            outcome=DeliveryOutcome.FAILED if failed else DeliveryOutcome.DELIVERED,
            attempts=1,
            data={"token": "t", "channel_name": "general", "user_name": "ann", "text": "pr list"},
        )
        yield (
            delivery,
            make_attempt(
                delivery,
                number=0,
                started_at=at,
                response_bytes=1280 if failed else 2,
                status=500 if failed else 200,
                outcome=delivery.outcome,
                response_body="The receiver is being deployed. " * 40 if failed else "ok",
                steps=(Step.START, Step.BEFORE_CALL, Step.AFTER_CALL)
                + ((Step.SERVER_ERROR,) if failed else ()),
            ),
        )


def main() -> None:
    """Fill a database file, which must not be there yet."""
    from host_stub.app import create_app  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{parser.parse_args().file}"})
    with app.app_context():
        crowd = fill(app.extensions["sqlalchemy"].engine)
    sys.stdout.write(f"long histories: {crowd.hook.id} {crowd.bridge.id}\n")


if __name__ == "__main__":
    main()
