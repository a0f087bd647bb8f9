"""Trying integrations out: a sample call of a hook, with nothing posted and nothing remembered.

The call goes the way of a real one, on a chat server where everything is asked and nothing done
(`rehearsal`), and with a script instance that nobody else uses. `***` stands for secrets, so what
comes of it can be shown.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from rc_integrations_plugin.errors import ApiError, ScriptsUnavailable
from rc_integrations_plugin.host.port import Host, MessageDraft, RoomKind, User
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.incoming.flow import answer_call
from rc_integrations_plugin.incoming.request import HookRequest
from rc_integrations_plugin.incoming.trace import CallTrace
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.masks import MASK, Mask
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.management.owners import as_saved_by
from rc_integrations_plugin.management.rehearsal import Rehearsal
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.messages.fallbacks import fit_to_host
from rc_integrations_plugin.messages.posting import PostResult
from rc_integrations_plugin.schemas.trials import SampleCall
from rc_integrations_plugin.scripting.protocol import (
    Script,
    ScriptHttpRequest,
    ScriptRun,
    ScriptRunner,
    Trial,
    TrialCall,
    TrialReport,
)
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed

FROM_HERE = "a test"
"""In place of the address of a caller."""


@dataclass(frozen=True, kw_only=True)
class ScriptChoice:
    """Which script is tried."""

    source: str
    """Blank for none."""
    skip_transpile: bool = False
    real_http: bool = False
    """Makes its HTTP calls, in place of answering them."""
    answers: tuple[Mapping[str, Any], ...] = ()
    """To its HTTP calls, as `CannedHttp` takes them; others get 200 and `{"ok": true}`."""

    @property
    def http(self) -> tuple[Mapping[str, Any], ...] | None:
        """What answers its HTTP calls, as `Trial.answers` says it."""
        return None if self.real_http else self.answers


@dataclass(frozen=True, kw_only=True)
class Place:
    """One room of a message, and whether the message would get there."""

    channel: str
    room_name: str = ""
    joins: bool = False
    """The author would join it first, if he may."""
    is_conversation: bool = False
    """Whether the two may write to each other is not known."""
    error_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message as it would be posted."""

    draft: MessageDraft | None
    author: User | None
    places: tuple[Place, ...]
    error: str | None = None
    """Why it is no message, or goes nowhere."""


@dataclass(frozen=True, kw_only=True)
class MadeCall:
    """One call of a script."""

    method: str
    argument: Any = field(repr=False)
    run: ScriptRun
    requests: tuple[ScriptHttpRequest, ...]


@dataclass(frozen=True, kw_only=True)
class TriedCall:
    """What would come of a call of a hook."""

    answer: Answer
    """What its sender would get."""
    outcome: CallOutcome
    error: str | None
    """For whoever runs the integration; may quote the script."""
    message: Preview | None
    calls: tuple[MadeCall, ...] = ()
    """Of its script."""


def own_script(integration: Integration) -> ScriptChoice:
    """Return the script that an integration runs now."""
    source = (integration.script or "") if integration.script_enabled else ""
    return ScriptChoice(source=source, skip_transpile=integration.skip_transpile)


def check_choice(services: Services, integration: Integration, choice: ScriptChoice) -> None:
    """Do nothing if a script may be tried on this server.

    Raises:
        ApiError: it is not the stored one, and scripts can't be changed here.
    """
    stored = (integration.script or "").strip()
    is_frozen = services.settings.scripts is ScriptsAllowed.FROZEN
    if is_frozen and choice.source.strip() not in {"", stored}:
        raise ApiError(
            "Scripts cannot be changed on this server", code="integration-scripts-disabled"
        )


def try_incoming(
    services: Services,
    manager: Manager,
    integration: IncomingIntegration,
    call: SampleCall,
    choice: ScriptChoice,
) -> TriedCall:
    """Return what would come of a call, also where the integration is switched off.

    Args:
        services: its script runner and its host are asked, and changed in nothing.
        manager: who tries it, and may manage the integration.
        integration: as it is stored.
        call: as its sender would make it.
        choice: which script runs.

    Raises:
        ApiError: the script may not be tried here.
        ScriptsUnavailable: no process can be had for it.
    """
    check_choice(services, integration, choice)
    shown = dataclasses.replace(
        as_saved_by(manager, integration),
        **script_fields(choice),
        enabled=True,
        token=MASK,
        previous_token=None,
    )
    rehearsal = Rehearsal(services.host)
    scripts = _TrialScripts(services.scripts, by=manager.user.id, answers=choice.http)
    rehearsing = dataclasses.replace(
        services,
        host=rehearsal.host,
        scripts=cast("ScriptRunner", scripts),
        rate_limiter=None,
    )
    trace = CallTrace(shown, build_request(services.host, shown, call))
    answer = answer_call(rehearsing, trace)
    if scripts.unavailable is not None:
        # a sender would be told to come again; whoever tries it is, too
        raise scripts.unavailable
    return TriedCall(
        answer=answer,
        outcome=trace.outcome,
        error=trace.error,
        message=_preview(trace, rehearsal),
        calls=tuple(scripts.made),
    )


def script_fields(choice: ScriptChoice) -> dict[str, Any]:
    """Return the fields of an integration that runs this script."""
    is_script = bool(choice.source.strip())
    return {
        "script": choice.source if is_script else None,
        "script_enabled": is_script,
        "skip_transpile": choice.skip_transpile,
        # one that was compiled from something else is compiled anew
        "script_compiled": choice.source,
    }


def build_request(host: Host, integration: IncomingIntegration, call: SampleCall) -> HookRequest:
    """Return a call as it would come in over HTTP."""
    body = call.body.encode("utf-8", "surrogatepass")
    scheme, _, name = host.site_url.partition("://")
    headers = {
        "host": name.partition("/")[0],
        "content-type": call.content_type,
        "content-length": str(len(body)),
        **{key.lower(): value for key, value in call.headers.items()},
    }
    return HookRequest.from_http(
        call.method,
        (scheme, f"/hooks/{integration.id}/{integration.token}", call.query.removeprefix("?")),
        [(key, value) for key, value in headers.items() if value],
        body,
        remote_address=FROM_HERE,
    )


def shown_places(results: tuple[PostResult, ...], rehearsal: Rehearsal) -> tuple[Place, ...]:
    """Return where a message would go."""
    return tuple(_place(result, rehearsal) for result in results)


def fitted(draft: MessageDraft, host: Host, *, topic: str | None) -> MessageDraft:
    """Return a draft as this chat server can show it."""
    return fit_to_host(draft, host.capabilities, topic=topic, size_limit=host.message_size_limit)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers of a call as a page can hold them, secrets masked."""
    mask = Mask()
    return {
        storable(name): storable(mask.headers({name.lower(): value})[name.lower()])
        for name, value in headers.items()
    }


class _TrialScripts:
    """Runs the scripts of a call as trials, in place of a `ScriptRunner`."""

    def __init__(
        self, real: ScriptRunner, *, by: str, answers: tuple[Mapping[str, Any], ...] | None
    ) -> None:
        self._real = real
        self._by = by
        self._answers = answers
        self.made: list[MadeCall] = []
        self.unavailable: ScriptsUnavailable | None = None

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Call a method of an instance that is thrown away."""
        calls = (TrialCall(method=method, argument=argument),)
        trial = Trial(script=script, calls=calls, answers=self._answers, by=self._by)
        try:
            report = self._real.try_out(trial)
        except ScriptsUnavailable as error:
            self.unavailable = error
            raise
        self.made += made_calls(calls, report)
        return report.runs[0]


def made_calls(calls: tuple[TrialCall, ...], report: TrialReport) -> list[MadeCall]:
    """Return the calls of a trial that were made, with what came of each."""
    return [
        MadeCall(method=call.method, argument=call.argument, run=run, requests=requests)
        for call, run, requests in zip(calls, report.runs, report.requests, strict=False)
    ]


def _preview(trace: CallTrace, rehearsal: Rehearsal) -> Preview | None:
    if trace.draft is None:
        return None
    return Preview(
        draft=trace.draft,
        author=trace.author,
        places=shown_places(trace.results, rehearsal),
        error=None if trace.results else trace.error,
    )


def _place(result: PostResult, rehearsal: Rehearsal) -> Place:
    room = result.room
    if room is None:
        return Place(channel=result.channel, error_code=result.error_code, reason=result.reason)
    is_id = bool(room.name) and result.channel == f"#{room.id}"
    return Place(
        channel=f"#{room.name}" if is_id else result.channel,
        room_name="" if room.kind == RoomKind.DIRECT else room.name or "",
        joins=room.id in rehearsal.joined,
        is_conversation=room.id in rehearsal.opened,
    )
