import dataclasses
from datetime import UTC, datetime

import pytest
from flask import Flask

from rc_integrations_plugin.jobs import prune_history
from rc_integrations_plugin.services import EXTENSION, Services
from tests.factories import make_attempt, make_call, make_delivery

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def config(config: dict[str, object]) -> dict[str, object]:
    return config | {"RC_INTEGRATIONS_HISTORY_DAYS": 1_000_000}


def test_a_history_can_be_kept_for_ever(app: Flask, services: Services) -> None:
    services.calls.add(make_call(called_at=LONG_AGO))
    services.deliveries.open([make_delivery()], attempts=[make_attempt(started_at=LONG_AGO)])

    with app.app_context():
        assert prune_history() == 0


def test_calls_and_attempts_are_pruned_alike(app: Flask, services: Services) -> None:
    settings = dataclasses.replace(services.settings, history_days=1)
    app.extensions[EXTENSION] = dataclasses.replace(services, settings=settings)
    services.calls.add(make_call(called_at=LONG_AGO))
    services.deliveries.open([make_delivery()], attempts=[make_attempt(started_at=LONG_AGO)])

    with app.app_context():
        assert prune_history() == 2
