"""/api/v1/integrations.*: what happened and why, and what repairs it."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response

from rc_integrations_plugin.api import answers, requests
from rc_integrations_plugin.api.callers import Caller, current_caller
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management import listing, recovery
from rc_integrations_plugin.management.changes import (
    ChangesQuery,
    change_document,
    list_all_changes,
    list_changes_of,
)
from rc_integrations_plugin.management.explain import explain as explain_line
from rc_integrations_plugin.management.history_lines import find_line
from rc_integrations_plugin.management.recovery import Lost, find_lost, lost_document
from rc_integrations_plugin.management.saved import find_outgoing
from rc_integrations_plugin.management.switching import set_enabled
from rc_integrations_plugin.management.tokens import hook_url, renew_token as renew_hook_token
from rc_integrations_plugin.management.trial_choices import not_recorded
from rc_integrations_plugin.schemas import repairs
from rc_integrations_plugin.schemas.documents import integration_document, json_time
from rc_integrations_plugin.schemas.queries import read_list_query


def add_routes(blueprint: Blueprint) -> None:
    """Add what tells why, and what repairs."""
    blueprint.get("/integrations.overview")(list_overviews)
    blueprint.get("/integrations.changes")(list_changes)
    blueprint.get("/integrations.explain")(explain)
    blueprint.get("/integrations.failedCalls")(list_failed_calls)
    blueprint.post("/integrations.recover")(recover)
    blueprint.post("/integrations.renewToken")(renew_token)
    blueprint.post("/integrations.setEnabled")(switch)


def list_overviews() -> Response:
    """Show how a part of the integrations is: what each did last, and how often it failed."""
    caller = current_caller()
    query = read_list_query(requests.read_query())
    documents, total = listing.list_overviews(caller.services, caller.user, query)
    return answers.page("integrations", documents, query.paging, total)


def list_changes() -> Response:
    """Show a part of who changed what, the newest first."""
    caller = current_caller()
    wish = repairs.read_changes_query(requests.read_query())
    query = ChangesQuery(
        integration=wish.integration,
        username=wish.user,
        since=wish.since,
        until=wish.until,
        offset=wish.paging.offset,
        count=wish.paging.count,
    )
    if wish.integration_id is None:
        managers = {kind: caller.manager(kind) for kind in IntegrationType}
        found, total = list_all_changes(caller.services, managers, query)
    else:
        integration, manager = caller.load(wish.integration_id)
        found, total = list_changes_of(caller.services, manager, integration, query)
    return answers.page("changes", [change_document(one) for one in found], wish.paging, total)


def explain() -> Response:
    """Show why a line of the history came out as it did, one sentence for each step."""
    caller = current_caller()
    integration_id, history_id = repairs.read_explain_query(requests.read_query())
    found, manager = caller.load(integration_id)
    line = find_line(caller.services, manager, found, history_id)
    if line is None:
        raise not_recorded()
    return answers.success(sentences=list(explain_line(line)))


def list_failed_calls() -> Response:
    """Show a part of the calls that failed for good and were not made again, the oldest first."""
    caller = current_caller()
    query = repairs.read_failed_calls_query(requests.read_query())
    lost = _find_lost(caller, query.since, query.integration_id)
    shown = [lost_document(one, one.reason, is_made=False) for one in query.paging.part_of(lost)]
    return answers.page("calls", shown, query.paging, len(lost))


def recover() -> Response:
    """Make failed calls again, the oldest first; a part of them where they are many."""
    caller = current_caller()
    since, integration_id = repairs.read_recovery(caller.body())
    lost = _find_lost(caller, since, integration_id)
    done = recovery.recover(caller.services, caller.user, lost)
    return answers.success(
        calls=[lost_document(one, reason, is_made=True) for one, reason in done.tried],
        replayed=done.made,
        remaining=done.remaining,
        impossible=done.impossible,
    )


def renew_token() -> Response:
    """Give an incoming integration a new token, and show it."""
    caller = current_caller()
    integration_id, overlap = repairs.read_renewal(caller.body())
    made = renew_hook_token(caller.services, caller.user, integration_id, overlap=overlap)
    until = made.previous_token_until
    return answers.success(
        _id=made.id,
        token=made.token,
        url=hook_url(caller.services.host.site_url, made),
        previousTokenUntil=None if until is None else json_time(until),
    )


def switch() -> Response:
    """Switch an integration on or off; nothing else of it changes."""
    caller = current_caller()
    integration_id, enabled = repairs.read_switch(caller.body())
    found, _ = set_enabled(caller.services, caller.user, integration_id, enabled=enabled)
    return answers.success(integration=integration_document(found))


def _find_lost(caller: Caller, since: datetime, integration_id: str | None) -> Sequence[Lost]:
    """Return the failed calls of an integration, or of all that the caller may manage."""
    only = None
    if integration_id is not None:
        manager = caller.manager(IntegrationType.OUTGOING)
        only = [find_outgoing(caller.services, manager, integration_id, None)]
    return find_lost(caller.services, caller.user, since=since, integrations=only)
