from datetime import UTC, datetime

import pytest
from flask import Flask

from rc_integrations_plugin.jobs import prune_history
from rc_integrations_plugin.services import Services
from tests.factories import make_call


@pytest.fixture
def config(config: dict[str, object]) -> dict[str, object]:
    return config | {"RC_INTEGRATIONS_HISTORY_DAYS": 1_000_000}


def test_a_history_can_be_kept_for_ever(app: Flask, services: Services) -> None:
    services.calls.add(make_call(called_at=datetime(2001, 1, 1, tzinfo=UTC)))

    with app.app_context():
        assert prune_history() == 0
