"""All calls of an integration that failed since a time are made again, after a question."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.spans import LAST, Span, field_value, read_span
from rc_integrations_plugin.admin.texts import UNANSWERED
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import InvalidParams, NothingFound
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.recovery import (
    MOST_AT_ONCE,
    Lost,
    find_lost,
    recover as make_some_again,
)
from rc_integrations_plugin.services import Services, current_services

_USUAL = "day"
_LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Losses:
    """What failed since a time, and was not made again."""

    lost: Sequence[Lost]
    span: Span

    @property
    def hopeful(self) -> Sequence[Lost]:
        """Those that can be made again, the oldest first."""
        return [one for one in self.lost if one.reason is None]

    @property
    def now(self) -> Sequence[Lost]:
        """Those that one request makes again."""
        return self.hopeful[:MOST_AT_ONCE]

    @property
    def kinds(self) -> Mapping[str, int]:
        """How those failed that can be made again, and how many so."""
        attempts = (one.attempt for one in self.hopeful)
        return Counter(
            f"with {one.status}" if one.status else UNANSWERED.get(one.failure or "", "unanswered")
            for one in attempts
        )

    @property
    def reasons(self) -> Mapping[str, int]:
        """Why others cannot be made again, and how many that are."""
        return Counter(one.reason for one in self.lost if one.reason is not None)


def add_routes(blueprint: Blueprint) -> None:
    """Add the page that asks, and what its button does."""
    blueprint.get("/<integration_id>/recover")(ask)
    blueprint.post("/<integration_id>/recover")(recover)


def ask(integration_id: str) -> ResponseReturnValue:
    """Say how many calls failed since a time, and ask whether they shall be made again."""
    services = current_services()
    viewer = current_viewer(services)
    found = _find(services, viewer, integration_id)
    span = read_span(request.args)
    if span.since is None:
        span = Span(_USUAL, datetime.now(UTC) - LAST[_USUAL][1])
    return render(
        "recover.html",
        viewer,
        integration=found,
        losses=_load(services, viewer, found, span),
        made=_read_number(request.args.get("made", "")),
        last=LAST,
        field_value=field_value,
    )


def recover(integration_id: str) -> ResponseReturnValue:
    """Make calls again, and tell how many; some may have been made again meanwhile."""
    services = current_services()
    viewer = current_viewer(services)
    found = _find(services, viewer, integration_id)
    span = read_span({"from": request.form.get("since", "")})
    if span.since is None:
        raise InvalidParams("Please say since when failed calls shall be made again.")
    # what cannot be, since the integration is off by now or the like: the next page says why
    made = make_some_again(services, viewer.user, _load(services, viewer, found, span).lost).made
    query: dict[str, Any] = {"made": made, **span.address}
    return redirect(url_for(f"{NAME}.ask", integration_id=found.id, **query), 303)


def _find(services: Services, viewer: Viewer, integration_id: str) -> OutgoingIntegration:
    found = find_managed(services, viewer, integration_id)
    if not isinstance(found, OutgoingIntegration):
        raise NothingFound("This integration calls nobody.")
    return found


def _load(services: Services, viewer: Viewer, found: OutgoingIntegration, span: Span) -> Losses:
    # to the second, as the page and its form have it
    since = (span.since or datetime.now(UTC)).replace(microsecond=0)
    lost = find_lost(services, viewer.user, since=since, integrations=[found])
    return Losses(lost, Span(span.last, since))


def _read_number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None
