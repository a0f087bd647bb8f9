"""What is typed on the page for trying out, as texts and as what they mean."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from rc_integrations_plugin.admin.form_values import YES
from rc_integrations_plugin.admin.pretty import pretty_json
from rc_integrations_plugin.admin.rendering import NAME
from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt
from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management import recorded
from rc_integrations_plugin.management.sample_calls import SAMPLE_CALLS
from rc_integrations_plugin.management.samples import sample_data
from rc_integrations_plugin.management.trying import ScriptChoice
from rc_integrations_plugin.management.trying_outgoing import SampleEvent
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.services import Services

Integration = IncomingIntegration | OutgoingIntegration
_TEXTS = (
    "method",
    "contentType",
    "query",
    "headers",
    "body",
    "url",
    "data",
    "status",
    "answerHeaders",
    "answer",
)
_START = "try_"
"""What names of fields begin with: the form of the integration may be sent here too."""
SAMPLE = "sample:"
"""What begins the name of a sample, in place of the id of a line of the history."""
MASKED = (
    "What was secret then is not recorded: *** stands in its place here. Put it in where it"
    " matters."
)
CUT = (
    "Only the beginning of this body was recorded, so it may be read in another way than it was"
    " then. Complete it, or paste the whole of it."
)


class Unreadable(Exception):
    """A text is not what its field takes; `faults` has a sentence for each such field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class TryForm:
    """What is in the form."""

    texts: Mapping[str, str]
    script: str
    runs_script: bool
    skip_transpile: bool
    real_http: bool = False
    picked: str = ""
    """The id of the line of the history that filled it in, or the name of a sample."""
    notes: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def choice(self) -> ScriptChoice:
        """Which script it runs."""
        return ScriptChoice(
            source=self.script if self.runs_script else "",
            skip_transpile=self.skip_transpile,
            real_http=self.real_http,
        )


def fresh_form(
    services: Services, manager: Manager, integration: Integration, picked: str
) -> TryForm:
    """Return a form with the stored script and what was picked, or else what was last recorded."""
    if not picked:
        latest = options(services, manager, integration)
        picked = latest[0].id if latest else ""
    form = TryForm(
        texts={},
        script=integration.script or "",
        runs_script=integration.script_enabled and bool((integration.script or "").strip()),
        skip_transpile=integration.skip_transpile,
    )
    return filled(services, manager, integration, form, picked)


def typed_form(integration: Integration, sent: Mapping[str, str]) -> TryForm:
    """Return a form with what was typed."""
    script = _lines(sent.get("script", ""))
    if script == _lines(integration.script or ""):
        # another end of lines is no change
        script = integration.script or ""
    return TryForm(
        texts={name: _lines(sent.get(_START + name, "")) for name in _TEXTS},
        script=script,
        runs_script=sent.get(f"{_START}run") == YES,
        skip_transpile=sent.get("skipTranspile") == YES,
        real_http=sent.get(f"{_START}http") == YES,
        picked=sent.get(f"{_START}filled", ""),
    )


def filled(
    services: Services, manager: Manager, integration: Integration, form: TryForm, picked: str
) -> TryForm:
    """Return a form with another call or event in it, and the script that it has."""
    if isinstance(integration, IncomingIntegration):
        return _with_call(services, manager, integration, form, picked)
    return _with_event(services, manager, integration, form, picked)


def _with_call(
    services: Services,
    manager: Manager,
    integration: IncomingIntegration,
    form: TryForm,
    picked: str,
) -> TryForm:
    known = None
    if picked and not picked.startswith(SAMPLE):
        known = recorded.recorded_call(services, manager, integration, picked)
    if known is not None:
        call, notes = known.sample, _notes(known.sample, is_cut=known.is_cut)
        return replace(form, texts=_texts_of_call(call), picked=picked, notes=notes)
    name = picked.removeprefix(SAMPLE)
    name = name if name in SAMPLE_CALLS else next(iter(SAMPLE_CALLS))
    return replace(
        form, texts=_texts_of_call(SAMPLE_CALLS[name][1]), picked=SAMPLE + name, notes=()
    )


def _with_event(
    services: Services,
    manager: Manager,
    integration: OutgoingIntegration,
    form: TryForm,
    picked: str,
) -> TryForm:
    known = None
    if picked and not picked.startswith(SAMPLE):
        known = recorded.recorded_event(services, manager, integration, picked)
    if known is not None:
        notes = _notes(known.sample, is_cut=known.is_cut)
        return replace(form, texts=_texts_of_event(known.sample), picked=picked, notes=notes)
    data = {**sample_data(services, integration)}
    if data.get("token"):
        data["token"] = "***"  # noqa: S105 - in place of it
    event = SampleEvent(data=data, url=next(iter(integration.urls), ""))
    return replace(form, texts=_texts_of_event(event), picked=f"{SAMPLE}event", notes=())


def read_call(form: TryForm, *, most_bytes: int) -> SampleCall:
    """Return the call that a form describes.

    Raises:
        Unreadable: it describes none.
    """
    texts = form.texts
    faults: dict[str, str] = {}
    headers = _read_headers(texts["headers"], "headers", faults)
    if len(texts["body"].encode("utf-8", "replace")) > most_bytes:
        faults["body"] = f"A hook takes at most {most_bytes} bytes."
    if faults:
        raise Unreadable(faults)
    return SampleCall(
        body=texts["body"],
        method="GET" if texts["method"] == "GET" else "POST",
        content_type=texts["contentType"].strip(),
        query=texts["query"].strip(),
        headers=headers,
    )


def read_event(form: TryForm, integration: OutgoingIntegration) -> SampleEvent:
    """Return the event, and perhaps the answer, that a form describes.

    Raises:
        Unreadable: it describes none.
    """
    texts = form.texts
    faults: dict[str, str] = {}
    data = _read_data(texts["data"], faults)
    headers = _read_headers(texts["answerHeaders"], "answerHeaders", faults)
    status = _read_status(texts["status"].strip(), faults)
    if faults:
        raise Unreadable(faults)
    url = texts["url"] if texts["url"] in integration.urls else integration.urls[0]
    return SampleEvent(data=data, url=url, status=status, headers=headers, body=texts["answer"])


def options(
    services: Services, manager: Manager, integration: Integration
) -> list[IncomingCall | DeliveryAttempt]:
    """Return what of the history this manager can pick."""
    if isinstance(integration, IncomingIntegration):
        return list(recorded.latest_calls(services, manager, integration))
    return list(recorded.latest_attempts(services, manager, integration))


def history_address(integration_id: str, line: str) -> str:
    """Return where a line of the history is."""
    return url_for(f"{NAME}.show_history", integration_id=integration_id, _anchor=f"call-{line}")


def _texts_of_call(call: SampleCall) -> dict[str, str]:
    return {
        "method": call.method,
        "contentType": call.content_type,
        "query": call.query,
        "headers": _text_of(call.headers),
        "body": call.body,
    }


def _texts_of_event(event: SampleEvent) -> dict[str, str]:
    return {
        "url": event.url,
        "data": pretty_json(event.data),
        "status": "" if event.status is None else str(event.status),
        "answerHeaders": _text_of(event.headers),
        "answer": event.body,
    }


def _notes(sample: SampleCall | SampleEvent, *, is_cut: bool) -> tuple[str, ...]:
    texts = _texts_of_call(sample) if isinstance(sample, SampleCall) else _texts_of_event(sample)
    is_masked = any("***" in text for text in texts.values())
    return tuple(note for note, is_so in ((CUT, is_cut), (MASKED, is_masked)) if is_so)


def _text_of(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def _read_headers(text: str, name: str, faults: dict[str, str]) -> dict[str, str]:
    headers = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not key:
            faults[name] = f"Line {number} is not of the form “Name: value”."
        headers[key] = value
    return headers


def _read_data(text: str, faults: dict[str, str]) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        faults["data"] = (
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        )
        return {}
    except (ValueError, RecursionError):
        faults["data"] = "This is not JSON."
        return {}
    if not isinstance(data, dict):
        faults["data"] = "This must be a JSON object."
        return {}
    return data


def _refuse(name: str) -> None:
    raise ValueError(name)


def _read_status(text: str, faults: dict[str, str]) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 100 <= int(text[:4]) <= 599:
        faults["status"] = "This must be a number from 100 to 599, or empty for no answer."
        return None
    return int(text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
