"""The history of one integration: each call, what was sent and answered, and why it ended so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.kept_messages import KeptMessage, kept_message
from rc_integrations_plugin.admin.listing import read_page
from rc_integrations_plugin.admin.markdown_html import link_html, page_markdown
from rc_integrations_plugin.admin.pretty import pretty
from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.spans import LAST, Span, field_value, read_span
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, Posted
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.explain import explain, shown_channel
from rc_integrations_plugin.management.listing import list_history
from rc_integrations_plugin.management.replay import open_replay
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.schemas.queries import HistoryQuery, Paging
from rc_integrations_plugin.services import Services, current_services

PER_PAGE = 25
Integration = IncomingIntegration | OutgoingIntegration
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One call, and what is said of it."""

    document: Document

    @property
    def at(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.document["_createdAt"])

    @property
    def sentences(self) -> Sequence[str]:
        """Why it ended as it did."""
        return explain(self.document)

    @property
    def messages(self) -> Sequence[tuple[str, KeptMessage]]:
        """What was to be posted, as far as that is kept, each below its heading."""
        several = self.document.get("messages") or {}
        records = {
            "Message": self.document.get("message"),
            "Message before the call": several.get(Posted.PREPARE),
            "Message after the answer": several.get(Posted.ANSWER),
        }
        kept = {heading: kept_message(record) for heading, record in records.items()}
        return [(heading, message) for heading, message in kept.items() if message is not None]

    @property
    def lost_messages(self) -> bool:
        """Whether there was a message, before such were kept."""
        posted = (one.get("message_id") for one in self.document.get("results", ()))
        return not self.messages and any(posted)

    @property
    def can_be_replayed(self) -> bool:
        """Whether something was sent that can be sent again."""
        return Step.BEFORE_CALL in self.document.get("steps", ())

    @property
    def request(self) -> str:
        """The head of the call that an outgoing integration made, as far as it is kept."""
        made = self.document.get("request") or {}
        headers = {**made.get("headers", {}), "webhook-id": self.document["webhookId"]}
        if self.document.get("replayOf"):
            headers["webhook-replay"] = "true"
        method, url = made.get("method") or "POST", made.get("url") or self.document.get("url", "")
        return "\n".join([f"{method} {url}", *(f"{key}: {text}" for key, text in headers.items())])

    @property
    def sent(self) -> tuple[str, str]:
        """What was told to the receiver, as JSON, below its heading; or else the event."""
        if "httpCallData" in self.document:
            return "What was sent", pretty(self.document["httpCallData"])
        heading = "The event" if self.can_be_replayed else "What was to be sent"
        return heading, pretty(self.document.get("data"))


@dataclass(frozen=True)
class HistoryPage:
    """A part of the history."""

    lines: Sequence[Line]
    total: int
    outcome: str
    span: Span
    number: int

    @property
    def is_filtered(self) -> bool:
        """Whether some calls may be left out."""
        return bool(self.outcome) or self.span.is_limited

    def address(self, **changed: Any) -> dict[str, Any]:
        """Return the query of the same part of the history with something else."""
        values = {"outcome": self.outcome, **self.span.address} | changed
        return {key: value for key, value in values.items() if value}

    @property
    def pages(self) -> int:
        """How many there are; at least one."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def newest(self) -> str:
        """What changes when there is something new to see."""
        first = self.lines[0].document if self.lines else {}
        # old calls leave the last hour, which is nothing new
        total = "" if self.span.last else self.total
        return f"{total} {first.get('_id', '')} {first.get('outcome', '')}"


def add_routes(blueprint: Blueprint) -> None:
    """Add the history and what its page asks for."""
    blueprint.get("/<integration_id>/history")(show_history)
    blueprint.get("/<integration_id>/history/newest")(show_newest)
    blueprint.post("/<integration_id>/replay")(replay)


def show_history(integration_id: str) -> ResponseReturnValue:
    """Show a part of an integration's history."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return _render(services, viewer, found, notice=request.args.get("done", ""))


def show_newest(integration_id: str) -> ResponseReturnValue:
    """Answer with a word that is another one as soon as the first page would look different."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    page = _load(services, viewer, found, 1, count=1)
    return jsonify({"success": True, "newest": page.newest})


def replay(integration_id: str) -> ResponseReturnValue:
    """Make a call of an outgoing integration again, or say why that cannot be."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    manager = viewer.managers[type_of(found)]
    try:
        open_replay(services, manager, found.id, request.form.get("call", ""))
    except IntegrationsError as error:
        failed = f"It was not made again: {error.reason}."
        return _render(services, viewer, found, failed=failed), 400
    wanted = url_for(f"{NAME}.show_history", integration_id=found.id, done="replayed")
    return redirect(wanted, 303)


def _render(services: Services, viewer: Viewer, found: Integration, **shown: Any) -> str:
    number = read_page(request.args.get("page", ""))
    page = _load(services, viewer, found, number)
    if page.number > page.pages:
        page = _load(services, viewer, found, page.pages)
    return render(
        "history.html",
        viewer,
        integration=found,
        page=page,
        outcomes=_outcomes(found),
        pretty=pretty,
        markdown=page_markdown(),
        link=link_html,
        channel_of=shown_channel,
        last=LAST,
        field_value=field_value,
        **shown,
    )


def _load(
    services: Services, viewer: Viewer, found: Integration, number: int, *, count: int = PER_PAGE
) -> HistoryPage:
    outcome, span = _outcome(found), read_span(request.args)
    paging = Paging(offset=(number - 1) * PER_PAGE, count=count, sort=())
    query = HistoryQuery(paging, found.id, outcome or None, since=span.since, until=span.until)
    documents, total = list_history(services, viewer.user, query)
    return HistoryPage([Line(one) for one in documents], total, outcome, span, number)


def _outcomes(found: Integration) -> Sequence[str]:
    kind = CallOutcome if isinstance(found, IncomingIntegration) else DeliveryOutcome
    return [one.value for one in kind]


def _outcome(found: Integration) -> str:
    outcome = request.args.get("outcome", "")
    return outcome if outcome in _outcomes(found) else ""
