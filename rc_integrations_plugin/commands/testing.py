"""`test`: an integration tried out, for real or as a rehearsal."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Ended, NothingThere, managing
from rc_integrations_plugin.commands.output import counted, print_json, print_line
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management import samples
from rc_integrations_plugin.management.explain import explain as explain_document
from rc_integrations_plugin.management.history_lines import find_line
from rc_integrations_plugin.management.recorded import recorded_call, recorded_event
from rc_integrations_plugin.management.trial_documents import (
    tried_call_document,
    tried_event_document,
)
from rc_integrations_plugin.management.trying import (
    MadeCall,
    ScriptChoice,
    own_script,
    try_incoming,
)
from rc_integrations_plugin.management.trying_outgoing import SampleEvent, try_outgoing
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.scripting.protocol import FaultKind, describe_fault

Document = dict[str, Any]
_OF_JSON = frozenset({"script", "outcome", "error"})
"""Only --json tells these: people read them on stderr."""


@click.command()
@click.argument("integration_id", metavar="ID", type=ids.ANY)
@click.option(
    "--body", type=click.File("rb"), help="What a hook is sent, or the event; - is stdin."
)
@click.option(
    "--from-history",
    "line",
    metavar="HISTORY_ID",
    type=ids.HISTORY,
    help="A recorded call, or event.",
)
@click.option("--dry-run", is_flag=True, help="Nothing is posted, and nobody is called.")
@click.option(
    "--script", type=click.File(encoding="utf-8"), help="With --dry-run: another than the stored."
)
@managing
def test(  # noqa: PLR0913 - each is an option
    actor: Actor,
    integration_id: str,
    *,
    body: Any,
    line: str | None,
    dry_run: bool,
    script: Any,
    as_json: bool,
) -> None:
    """Try an integration out: call the hook, or open a delivery of a sample event.

    Exit status 1 says that the call was refused, or the script failed.
    """
    if body is not None and line is not None:
        raise click.UsageError("--body and --from-history exclude each other")
    if script is not None and not dry_run:
        raise click.UsageError("--script takes --dry-run: only the stored script runs for real")
    found = actor.find(integration_id)
    choice = own_script(found)
    if script is not None:
        choice = dataclasses.replace(choice, source=script.read())
    raw = None if body is None else body.read()
    if isinstance(found, OutgoingIntegration):
        event = _event(actor, found, raw, line)
        if dry_run:
            _rehearse_event(actor, found, event, choice, as_json=as_json)
        else:
            _open_sample(actor, found, event, as_json=as_json)
        return
    call = _sample_call(actor, found, raw, line)
    if dry_run:
        _rehearse_call(actor, found, call, choice, as_json=as_json)
    else:
        _call(actor, found, call, as_json=as_json)


def _sample_call(
    actor: Actor, found: IncomingIntegration, body: bytes | None, line: str | None
) -> SampleCall:
    if line is None:
        return SampleCall(body=samples.SAMPLE if body is None else body.decode("utf-8", "replace"))
    recorded = recorded_call(actor.services, actor.manager_of(found), found, line)
    if recorded is None:
        raise NothingThere("No such line in the history")
    if recorded.is_cut:
        print_line("Only the beginning of this body was recorded", err=True)
    return recorded.sample


def _event(
    actor: Actor, found: OutgoingIntegration, body: bytes | None, line: str | None
) -> SampleEvent:
    if line is not None:
        recorded = recorded_event(actor.services, actor.manager_of(found), found, line)
        if recorded is None:
            raise NothingThere("No such line in the history")
        return recorded.sample
    data = samples.sample_data(actor.services, found) if body is None else _read_object(body)
    return SampleEvent(data=data, url=found.urls[0])


def _read_object(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise click.UsageError("an event must be a JSON object")
    return data


def _call(actor: Actor, found: IncomingIntegration, call: SampleCall, *, as_json: bool) -> None:
    answer = samples.send_call(actor.services, found, call)
    if as_json:
        print_json(
            {"status": answer.status, "body": answer.body, "historyId": answer.call_id or None}
        )
    else:
        line = find_line(actor.services, actor.manager_of(found), found, answer.call_id)
        for sentence in () if line is None else explain_document(line):
            print_line(sentence)
    if answer.status >= 400:
        raise Ended(f"The hook answered {answer.status}")


def _open_sample(
    actor: Actor, found: OutgoingIntegration, event: SampleEvent, *, as_json: bool
) -> None:
    opened = samples.open_sample(
        actor.services, found, manager=actor.manager_of(found), data=event.data
    )
    if as_json:
        print_json([{"deliveryId": delivery.id} for delivery in opened])
    else:
        number = counted(len(opened), "delivery", "deliveries")
        print_line(f"{number} opened; `history {found.id}` shows what comes of it")


def _rehearse_call(
    actor: Actor,
    found: IncomingIntegration,
    call: SampleCall,
    choice: ScriptChoice,
    *,
    as_json: bool,
) -> None:
    tried = try_incoming(actor.services, actor.manager_of(found), found, call, choice)
    _tell(tried_call_document(tried), tried.calls, as_json=as_json)
    if tried.answer.status >= 400:
        if _has_failed(tried.calls) and not as_json:
            raise Ended("The script failed")
        raise Ended(tried.error or f"The hook would answer {tried.answer.status}")


def _rehearse_event(
    actor: Actor,
    found: OutgoingIntegration,
    event: SampleEvent,
    choice: ScriptChoice,
    *,
    as_json: bool,
) -> None:
    tried = try_outgoing(actor.services, actor.manager_of(found), found, event, choice)
    _tell(tried_event_document(tried), tried.calls, as_json=as_json)
    if _has_failed(tried.calls):
        raise Ended("The script failed")


def _has_failed(calls: Sequence[MadeCall]) -> bool:
    """Return whether one of a script's calls failed, which has been told with its line."""
    faults = [made.run.fault for made in calls if made.run.fault is not None]
    return any(fault.kind is not FaultKind.NO_METHOD for fault in faults)


def _tell(told: Document, calls: Sequence[MadeCall], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    for one in calls:
        for line in one.run.console:
            print_line(f"console.{line.level}: {line.text}", err=True)
        for request in one.requests:
            print_line(f"http (not made): {request.method} {request.url}", err=True)
        if one.run.fault is not None:
            print_line(describe_fault(one.run.fault), err=True)
        print_line(f"{one.method}: {one.run.duration_ms:.1f} ms", err=True)
    print_json({key: value for key, value in told.items() if key not in _OF_JSON})
