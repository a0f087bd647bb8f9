"""Trying an integration out: a call or an event, its script, and what would come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin import try_form
from rc_integrations_plugin.admin.comparing import Comparison, compare_call, compare_event
from rc_integrations_plugin.admin.markdown_html import link_html, page_markdown
from rc_integrations_plugin.admin.pretty import beginning, pretty, pretty_json
from rc_integrations_plugin.admin.rendering import render
from rc_integrations_plugin.admin.try_form import TryForm, Unreadable
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.freezing import is_frozen
from rc_integrations_plugin.management.kept_samples import kept_sample, secret_headers
from rc_integrations_plugin.management.recorded import recorded_call, recorded_event
from rc_integrations_plugin.management.sample_calls import SAMPLE_CALLS
from rc_integrations_plugin.management.samples import open_sample, send_call
from rc_integrations_plugin.management.script_tests import MOST_BYTES
from rc_integrations_plugin.management.trying import (
    MadeCall,
    TriedCall,
    shown_headers,
    try_incoming,
)
from rc_integrations_plugin.management.trying_outgoing import TriedEvent, try_outgoing
from rc_integrations_plugin.services import Services, current_services
from rc_integrations_plugin.settings import ScriptsAllowed

Integration = IncomingIntegration | OutgoingIntegration


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the page shows beside the form."""

    tried_call: TriedCall | None = None
    tried_event: TriedEvent | None = None
    compared: Comparison | None = None
    asks: bool = False
    """Whether a test shall be sent."""
    sent: Answer | None = None
    opened: tuple[Delivery, ...] = ()
    line: str = ""
    """The address of the history's line of what was sent."""
    failed: str = ""


def add_routes(blueprint: Blueprint) -> None:
    """Add the page for trying out."""
    blueprint.get("/<integration_id>/try")(show_try)
    blueprint.post("/<integration_id>/try")(try_it)


def show_try(integration_id: str) -> ResponseReturnValue:
    """Show the form, with a recorded call or a sample in it."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    manager = viewer.manager_of(found)
    form = try_form.fresh_form(services, manager, found, request.args.get("from", ""))
    return _page(services, viewer, found, form, Shown())


def try_it(integration_id: str) -> ResponseReturnValue:
    """Do what one of the form's buttons says; the form of the integration brings its script."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    sent, manager = request.form, viewer.manager_of(found)
    action = sent.get("do", "")
    if action not in _ACTIONS:
        return _page(
            services, viewer, found, _brought_form(services, manager, found, sent), Shown()
        )
    form = try_form.typed_form(found, sent)
    if action == "pick":
        form = try_form.filled(services, manager, found, form, sent.get("try_from", ""))
        return _page(services, viewer, found, form, Shown())
    try:
        shown = _ACTIONS[action](services, manager, found, form)
    except Unreadable as error:
        form = replace(form, faults=error.faults)
        return _page(services, viewer, found, form, Shown()), 400
    except IntegrationsError as error:
        return _page(services, viewer, found, form, Shown(failed=error.reason)), error.status
    return _page(services, viewer, found, form, shown)


def _brought_form(
    services: Services, manager: Manager, found: Integration, sent: Mapping[str, str]
) -> TryForm:
    """Return a form with the script that somebody is writing, not stored yet."""
    form = try_form.fresh_form(services, manager, found, "")
    if "script" not in sent:
        return form
    brought = try_form.typed_form(found, sent)
    return replace(
        form,
        script=brought.script,
        runs_script=bool(brought.script.strip()),
        skip_transpile=brought.skip_transpile,
    )


def _run(services: Services, manager: Manager, found: Integration, form: TryForm) -> Shown:
    limit = services.settings.history_body_bytes
    if isinstance(found, OutgoingIntegration):
        event = try_form.read_event(form, found)
        would = try_outgoing(services, manager, found, event, form.choice)
        known = recorded_event(services, manager, found, form.picked)
        compared = None if known is None else compare_event(known.document, would, limit=limit)
        return Shown(tried_event=would, compared=compared)
    call = try_form.read_call(form, most_bytes=services.settings.max_body_bytes)
    tried = try_incoming(services, manager, found, call, form.choice)
    before = recorded_call(services, manager, found, form.picked)
    compared = None if before is None else compare_call(before.call, tried, limit=limit)
    return Shown(tried_call=tried, compared=compared)


def _ask(
    services: Services,
    manager: Manager,  # noqa: ARG001 as the others
    found: Integration,
    form: TryForm,
) -> Shown:
    """Ask before a test is sent, if it can be."""
    _read(services, found, form)
    return Shown(asks=True)


def _send(services: Services, manager: Manager, found: Integration, form: TryForm) -> Shown:
    if isinstance(found, OutgoingIntegration):
        event = try_form.read_event(form, found)
        opened = open_sample(services, found, manager=manager, data=event.data)
        line = try_form.history_address(found.id, opened[0].id if opened else "")
        return Shown(opened=tuple(opened), line=line)
    call = try_form.read_call(form, most_bytes=services.settings.max_body_bytes)
    answer = send_call(services, found, call)
    return Shown(sent=answer, line=try_form.history_address(found.id, answer.call_id))


def _go_back(*_: object) -> Shown:
    """Show the form as it was."""
    return Shown()


def _read(services: Services, found: Integration, form: TryForm) -> None:
    if isinstance(found, OutgoingIntegration):
        try_form.read_event(form, found)
    else:
        try_form.read_call(form, most_bytes=services.settings.max_body_bytes)


_ACTIONS: Mapping[str, Callable[[Services, Manager, Any, TryForm], Shown]] = {
    "run": _run,
    "pick": _go_back,
    "send": _ask,
    "really": _send,
    "back": _go_back,
}


def _kept(made: tuple[MadeCall, ...], number: int) -> str:
    """Return a call that was tried as a test, or nothing where it would be too large."""
    text = pretty_json(kept_sample(made, number))
    return text if len(text.encode("utf-8", "replace")) <= MOST_BYTES else ""


def _page(
    services: Services, viewer: Viewer, found: Integration, form: TryForm, shown: Shown
) -> str:
    incoming = isinstance(found, IncomingIntegration)
    tools: dict[str, Any] = {
        "markdown": page_markdown(),
        "link": link_html,
        "beginning": beginning,
        "pretty": pretty,
        "shown_headers": shown_headers,
        "kept": _kept,
        "secret_headers": secret_headers,
    }
    return render(
        "try.html",
        viewer,
        integration=found,
        form=form,
        shown=shown,
        incoming=incoming,
        samples={name: label for name, (label, _) in SAMPLE_CALLS.items()} if incoming else {},
        recorded=try_form.options(services, viewer.manager_of(found), found),
        stored_script=(found.script or "") if found.script_enabled else "",
        scripts_are_off=services.settings.scripts is ScriptsAllowed.OFF,
        is_frozen=is_frozen(services.settings),
        **tools,
    )
