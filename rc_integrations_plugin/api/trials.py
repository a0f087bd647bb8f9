"""/api/v1/integrations.try, sendTest and checkScript."""

from flask import Blueprint, Response

from rc_integrations_plugin.api import answers
from rc_integrations_plugin.api.callers import current_caller
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.samples import open_sample, send_call
from rc_integrations_plugin.management.script_reviews import review_script
from rc_integrations_plugin.management.trial_choices import (
    chosen_call,
    chosen_event,
    chosen_script,
)
from rc_integrations_plugin.management.trial_documents import (
    tried_call_document,
    tried_event_document,
)
from rc_integrations_plugin.management.trying import try_incoming
from rc_integrations_plugin.management.trying_outgoing import try_outgoing
from rc_integrations_plugin.schemas import trials


def add_routes(blueprint: Blueprint) -> None:
    """Add what tries integrations and scripts."""
    blueprint.post("/integrations.try")(try_integration)
    blueprint.post("/integrations.sendTest")(send_test)
    blueprint.post("/integrations.checkScript")(check_script)


def try_integration() -> Response:
    """Show what would come of a call or an event; nothing is posted, and nobody is called."""
    caller = current_caller()
    services, wanted = caller.services, trials.read_trial(caller.body())
    found, manager = caller.load(wanted.integration_id)
    choice = chosen_script(found, wanted)
    if isinstance(found, OutgoingIntegration):
        event, is_cut = chosen_event(services, manager, found, wanted)
        told = tried_event_document(try_outgoing(services, manager, found, event, choice))
    else:
        call, is_cut = chosen_call(services, manager, found, wanted)
        told = tried_call_document(try_incoming(services, manager, found, call, choice))
    return answers.success(type=type_of(found).value, cut=is_cut, **told)


def send_test() -> Response:
    """Call a hook, or open deliveries of an event, for real."""
    caller = current_caller()
    services, wanted = caller.services, trials.read_sent_test(caller.body())
    found, manager = caller.load(wanted.integration_id)
    if isinstance(found, OutgoingIntegration):
        event, _ = chosen_event(services, manager, found, wanted)
        opened = open_sample(services, found, manager=manager, data=event.data)
        return answers.success(deliveryIds=[delivery.id for delivery in opened])
    call, _ = chosen_call(services, manager, found, wanted)
    answer = send_call(services, found, call)
    told = {"status": answer.status, "body": answer.body}
    return answers.success(answer=told, historyIds=[answer.call_id] if answer.call_id else [])


def check_script() -> Response:
    """Show what does not work in a script; nothing of it runs."""
    caller = current_caller()
    source, skip_transpile = trials.read_script_to_check(caller.body())
    found = review_script(caller.services, source, skip_transpile=skip_transpile)
    return answers.success(scriptWarnings=found)
