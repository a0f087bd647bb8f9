"""What somebody wants to try out by the API: which call or event, and which script."""

from rc_integrations_plugin.errors import ApiError, InvalidParams
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management.recorded import recorded_call, recorded_event
from rc_integrations_plugin.management.samples import SAMPLE, sample_data
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.trying import ScriptChoice, own_script
from rc_integrations_plugin.management.trying_outgoing import SampleEvent
from rc_integrations_plugin.schemas.trials import SampleCall, WantedEvent, WantedTrial
from rc_integrations_plugin.scripting.bench import read_answers
from rc_integrations_plugin.services import Services


def chosen_call(
    services: Services, manager: Manager, integration: IncomingIntegration, wanted: WantedTrial
) -> tuple[SampleCall, bool]:
    """Return the call that is wanted, and whether only the beginning of it was recorded.

    Raises:
        ApiError: no such call was recorded.
        InvalidParams: an event is wanted, or two calls are.
    """
    if wanted.event is not None:
        raise InvalidParams("event is for outgoing integrations")
    if wanted.history_id is None:
        return wanted.call or SampleCall(body=SAMPLE), False
    if wanted.call is not None:
        raise InvalidParams("historyId and call exclude each other")
    recorded = recorded_call(services, manager, integration, wanted.history_id)
    if recorded is None:
        raise not_recorded()
    return recorded.sample, recorded.is_cut


def chosen_event(
    services: Services, manager: Manager, integration: OutgoingIntegration, wanted: WantedTrial
) -> tuple[SampleEvent, bool]:
    """Return the event that is wanted, and whether only the beginning of its answer was recorded.

    Raises:
        ApiError: no such event was recorded.
        InvalidParams: a call is wanted, or two events are, or another URL than the integration has.
    """
    if wanted.call is not None:
        raise InvalidParams("call is for incoming integrations")
    if wanted.history_id is None:
        event = wanted.event or WantedEvent(data=sample_data(services, integration))
        return _sample(integration, event), False
    if wanted.event is not None:
        raise InvalidParams("historyId and event exclude each other")
    recorded = recorded_event(services, manager, integration, wanted.history_id)
    if recorded is None:
        raise not_recorded()
    return recorded.sample, recorded.is_cut


def chosen_script(integration: Integration, wanted: WantedTrial) -> ScriptChoice:
    """Return the script that is wanted: the one that the integration runs, or another.

    Raises:
        InvalidParams: the answers to its HTTP calls are none, or the calls shall be made as well.
    """
    if wanted.http and wanted.real_http:
        raise InvalidParams("http and realHttp exclude each other")
    try:
        answers = tuple(read_answers(wanted.http))
    except ValueError as error:
        raise InvalidParams(f"http: {error}") from None
    own, strict = own_script(integration), wanted.skip_transpile
    return ScriptChoice(
        source=own.source if wanted.script is None else wanted.script,
        skip_transpile=own.skip_transpile if strict is None else strict,
        real_http=wanted.real_http,
        answers=answers,
    )


def not_recorded() -> ApiError:
    """Return the error for a line of the history that is not there, or not to be known of."""
    return ApiError("Invalid Integration History", code="error-invalid-integration-history")


def _sample(integration: OutgoingIntegration, event: WantedEvent) -> SampleEvent:
    if event.url is not None and event.url not in integration.urls:
        raise InvalidParams("event.url is none of the URLs of the integration")
    url, answer = event.url or integration.urls[0], event.answer
    if answer is None:
        return SampleEvent(data=event.data, url=url)
    return SampleEvent(
        data=event.data, url=url, status=answer.status, headers=answer.headers, body=answer.body
    )
