"""What a script is given for a call, and what its result means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.errors import ScriptFailed
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.incoming.body import MAX_DEPTH, HookBody
from rc_integrations_plugin.incoming.request import HookRequest, describe_url
from rc_integrations_plugin.integrations.nesting import is_deeper
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.scripting.protocol import (
    FaultKind,
    Script,
    ScriptFault,
    ScriptRun,
    describe_fault,
    is_truthy,
)

METHOD = "process_incoming_request"

_EVALUATION = {FaultKind.SYNTAX, FaultKind.EVALUATION, FaultKind.NO_CLASS}
_REASONS = {
    FaultKind.SYNTAX: "does not compile",
    FaultKind.NO_CLASS: "defines no class Script",
    FaultKind.TIMEOUT: "ran too long and was stopped",
    FaultKind.MEMORY: "used too much memory and was stopped",
    FaultKind.BAD_RESULT: "returned something that is not data",
    FaultKind.OUTPUT: "returned too much",
    FaultKind.INPUT: "can't be given a request as large as this",
    FaultKind.CRASH: "ended its process",
}


@dataclass(frozen=True)
class NothingToPost:
    """The script wants nothing to be posted."""

    note: str | None = None
    """For the history, where the person who runs the hook may have expected something else."""


@dataclass(frozen=True)
class Refusal:
    """The script refuses the call."""

    error: Any


@dataclass(frozen=True, kw_only=True)
class Content:
    """The script wants a message to be posted."""

    body: Mapping[str, Any]
    user: Any = None
    """Who shall have written it, as the script says; not checked yet."""
    response: Any = None
    """What the caller gets after it was posted."""


Verdict = NothingToPost | Refusal | Content


def find_script(integration: IncomingIntegration) -> Script | None:
    """Return the script that the integration runs, or None."""
    source = integration.script or ""
    compiled = integration.script_compiled or ""
    if not (integration.script_enabled and source.strip() and compiled.strip()):
        return None
    return Script(
        integration_id=integration.id,
        name=integration.name,
        version=integration.updated_at.isoformat(),
        source=source,
        skip_transpile=integration.skip_transpile,
        compiled=compiled,
    )


def build_argument(
    request: HookRequest,
    body: HookBody,
    *,
    integration: IncomingIntegration,
    user: User,
) -> dict[str, Any]:
    """Return the argument of `process_incoming_request`.

    Raises:
        InvalidRequest: the query string has too many parts.
    """
    url_params = {"integrationId": integration.id, "token": integration.token}
    if request.user_id is not None:
        url_params["userId"] = request.user_id
    return {
        "request": {
            **describe_url(request),
            "url_params": url_params,
            "content": body.content,
            "content_raw": body.raw,
            "headers": dict(request.headers),
            "body": body.content,
            "user": {"_id": user.id, "name": user.name or "", "username": user.username},
        }
    }


def read_result(run: ScriptRun, script: Script, *, separate_response: bool) -> Verdict:
    """Return what a script's result means.

    `separate_response` is whether the request asked for it; the script may say otherwise.

    Raises:
        ScriptFailed: the script failed, or returned what has no meaning.
    """
    if run.fault is not None:
        return _read_fault(run.fault, script)
    value = run.value
    if not is_truthy(value):
        return NothingToPost()
    # so deep that writing it down again would fail
    if is_deeper(value, MAX_DEPTH):
        raise _failed(script, "returned something nested too deeply")
    if isinstance(value, dict) and is_truthy(value.get("error")):
        return Refusal(value["error"])
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(content, dict):
        raise _failed(script, "returned neither content (an object) nor error")
    if "separateResponse" not in content and separate_response:
        content = {**content, "separateResponse": True}
    user, response = value.get("user"), value.get("response")
    return Content(
        body=content,
        user=user if is_truthy(user) else None,
        response=response if is_truthy(response) else None,
    )


def _read_fault(fault: ScriptFault, script: Script) -> NothingToPost:
    if fault.kind is FaultKind.NO_METHOD:
        # Rocket.Chat posts nothing and is content with that
        return NothingToPost(note=f"The script's class has no method {METHOD}")
    code = "error-evaluating-script" if fault.kind in _EVALUATION else "error-running-script"
    where = "" if fault.line is None else f" in line {fault.line}"
    raise _failed(script, f"{_REASONS.get(fault.kind, 'failed')}{where}", code=code)


def describe_failure(name: str, fault: ScriptFault) -> str:
    """Return what the history of an integration of this name tells, in the script's own words."""
    what = f"{_REASONS.get(fault.kind, 'failed')}: {describe_fault(fault)}"
    return f"{_script_of(name)} {what}"


def _failed(script: Script, what: str, *, code: str | None = None) -> ScriptFailed:
    return ScriptFailed(f"{_script_of(script.name)} {what}", code=code)


def _script_of(name: str) -> str:
    return f"The script of the integration {name!r}" if name.strip() else "The integration's script"
