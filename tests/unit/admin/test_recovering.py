"""Failed calls are made again from a page, all at once."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from rc_integrations_plugin.admin import recovering
from rc_integrations_plugin.delivery.http import FailureKind
from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, DeliveryOutcome
from rc_integrations_plugin.integrations.records import Editor, OutgoingIntegration
from rc_integrations_plugin.management import recovery
from rc_integrations_plugin.management.recovery import find_lost, make_again
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.attempts import AttemptFilter
from tests.callers import Server
from tests.factories import make_attempt, make_delivery, make_incoming, make_outgoing
from tests.unit.admin.conftest import Visitor, visitor

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def bridge(services: Services) -> OutgoingIntegration:
    one = make_outgoing()
    services.integrations.add(one)
    return one


def fail(services: Services, bridge: OutgoingIntegration, **fields: Any) -> DeliveryAttempt:
    """Keep a call that failed for good, an hour ago."""
    values = {"outcome": DeliveryOutcome.FAILED, "started_at": NOW - HOUR, "status": 503}
    delivery = make_delivery(integration_id=bridge.id, outcome=DeliveryOutcome.FAILED)
    attempt = make_attempt(delivery, **values | fields)
    services.deliveries.open([delivery], attempts=[attempt])
    return attempt


def replayed(services: Services, bridge: OutgoingIntegration) -> list[str]:
    found, _ = services.deliveries.waiting(
        AttemptFilter(integration_id=bridge.id), offset=0, count=9999, oldest_first=True
    )
    return [one.replay.attempt_id for one in found if one.replay]


def since(page: str) -> str:
    found = re.search(r'name="since" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_page_says_how_many_and_asks(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    first = fail(services, bridge, started_at=NOW - 2 * HOUR)
    second = fail(services, bridge)
    fail(services, bridge, started_at=NOW - 30 * HOUR)
    fail(services, bridge, outcome=DeliveryOutcome.DELIVERED)
    path = f"/{bridge.id}/recover"

    asked = admin.text(path)
    assert "<strong>2 calls</strong> failed for good since then" in asked
    assert "2 calls with 503" in asked
    assert "Make 2 calls again" in asked
    assert replayed(services, bridge) == []

    answer = admin.submit(path, {"since": since(asked)})
    assert answer.status_code == 303
    assert replayed(services, bridge) == [first.id, second.id]
    told = admin.client.get(answer.headers["Location"], headers=admin.headers).text
    assert "2 calls will be made again." in told
    assert "No call failed for good since then" in told
    assert "Make " not in told


def test_the_page_says_in_words_how_calls_without_an_answer_failed(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    fail(services, bridge, status=None, failure=FailureKind.CONNECTION)
    fail(services, bridge, status=None, failure=FailureKind.TIMEOUT)
    fail(services, bridge)

    asked = admin.text(f"/{bridge.id}/recover")

    for how in ("without a connection that held", "without an answer in time", "with 503"):
        assert f"1 call {how}" in asked


def test_the_time_of_the_history_is_asked_about(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    fail(services, bridge, started_at=NOW - 30 * HOUR)

    history = unescape(admin.text(f"/{bridge.id}/history", last="week"))

    assert f"/{bridge.id}/recover?last=week" in history
    assert "Make 1 call again" in admin.text(f"/{bridge.id}/recover", last="week")
    day = {"from": (NOW - 25 * HOUR).isoformat()}
    assert "No call failed" in admin.text(f"/{bridge.id}/recover", **day)


def test_what_cannot_be_made_again_is_told_with_the_reason(
    services: Services, admin: Visitor, bridge: OutgoingIntegration
) -> None:
    fail(services, bridge)
    fail(services, bridge, steps=(Step.START,))
    page = admin.text(f"/{bridge.id}/recover")
    assert "1 call cannot be made again: nothing was sent then." in page

    services.integrations.disable(bridge.id, "why not")
    assert "2 calls cannot be made again: the integration is switched off." in admin.text(
        f"/{bridge.id}/recover"
    )
    answer = admin.submit(f"/{bridge.id}/recover", {"since": since(page)})
    assert "made=0" in answer.headers["Location"]
    assert replayed(services, bridge) == []


def test_very_many_take_more_than_one_go(
    services: Services,
    admin: Visitor,
    bridge: OutgoingIntegration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recovering, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(recovery, "MOST_AT_ONCE", 2)
    lost = [fail(services, bridge, started_at=NOW - n * HOUR / 10) for n in range(5, 0, -1)]
    page = admin.text(f"/{bridge.id}/recover")

    assert "The oldest 2 of 5 are made again now" in page
    for made in (2, 4, 5):
        answer = admin.submit(f"/{bridge.id}/recover", {"since": since(page)})
        assert answer.status_code == 303
        assert replayed(services, bridge) == [one.id for one in lost[:made]]


def test_who_presses_twice_has_each_call_made_again_once(
    services: Services, server: Server, bridge: OutgoingIntegration
) -> None:
    attempt = fail(services, bridge)
    admin = server.caller("admin")
    with server.app.app_context():
        user = services.host.find_user(admin.id)
        assert user is not None
        (seen_by_both,) = find_lost(services, user, since=NOW - 2 * HOUR, integrations=[bridge])

        make_again(services, user, seen_by_both)
        with pytest.raises(ApiError, match="made again already"):
            make_again(services, user, seen_by_both)

    assert replayed(services, bridge) == [attempt.id]


@pytest.mark.parametrize("text", ["", "yesterday", "\0", "0001-01-01T00:00+14:00"])
def test_it_takes_a_time(
    services: Services, admin: Visitor, bridge: OutgoingIntegration, text: str
) -> None:
    fail(services, bridge)

    assert admin.submit(f"/{bridge.id}/recover", {"since": text}).status_code == 400
    assert replayed(services, bridge) == []


def test_a_number_in_the_address_is_a_number(admin: Visitor, bridge: OutgoingIntegration) -> None:
    page = admin.text(f"/{bridge.id}/recover", made="<b>1</b>")

    assert "will be made again." not in page
    assert "<b>1" not in page


def test_only_who_may_manage_makes_calls_again(
    services: Services, server: Server, admin: Visitor, stranger: Visitor
) -> None:
    carol = visitor(server.caller("carol", "manage-own-outgoing-integrations"))
    bridge, hook = make_outgoing(created_by=Editor("somebody", "else")), make_incoming()
    services.integrations.add(bridge)
    services.integrations.add(hook)
    fail(services, bridge)
    path, form = f"/{bridge.id}/recover", {"since": "2026-01-01T00:00"}

    assert stranger.get(path).status_code == 401
    assert carol.get(path).status_code == carol.submit(path, form).status_code == 404
    assert admin.submit(path, form, token="none").status_code == 403
    assert replayed(services, bridge) == []
    assert admin.get(f"/{hook.id}/recover").status_code == 404
