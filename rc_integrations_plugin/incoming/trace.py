"""What happens during one call, kept for the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from rc_integrations_plugin.host.port import MessageDraft, User
from rc_integrations_plugin.incoming.body import HookBody
from rc_integrations_plugin.incoming.request import HookRequest
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.messages.posting import PostResult
from rc_integrations_plugin.messages.record import record_message
from rc_integrations_plugin.scripting.protocol import ScriptRun

_LONGEST_TEXT = 2000


@dataclass
class CallTrace:
    """Notes on a call that is being handled."""

    integration: IncomingIntegration
    request: HookRequest
    id: str = field(default_factory=new_id)
    called_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=perf_counter)
    body: HookBody | None = None
    """None as long as it has not been read, or where it could not be."""
    run: ScriptRun | None = None
    author: User | None = None
    """Who was to write the message."""
    draft: MessageDraft | None = None
    """What was to be posted, fitted to what the host can do."""
    results: tuple[PostResult, ...] = ()
    outcome: CallOutcome = CallOutcome.FAILED
    error_code: str | None = None
    error: str | None = None

    def end(
        self, outcome: CallOutcome, *, code: str | None = None, error: str | None = None
    ) -> None:
        """Note how the call ended."""
        self.outcome, self.error_code, self.error = outcome, code, error

    def as_record(self, *, status: int, body_limit: int) -> IncomingCall:
        """Return the row for the history, with tokens and secrets masked."""
        request, run = self.request, self.run
        mask = Mask(self.integration.token, self.integration.previous_token or "")
        return IncomingCall(
            id=self.id,
            integration_id=self.integration.id,
            called_at=self.called_at,
            outcome=self.outcome,
            status=status,
            duration_ms=(perf_counter() - self.started) * 1000,
            method=request.method,
            query=mask.beginning(request.query, limit=_LONGEST_TEXT)[0],
            headers=mask.headers(request.headers),
            body=self._body(mask, body_limit),
            body_bytes=request.body_bytes,
            remote_address=request.remote_address,
            results=tuple(_result(result) for result in self.results),
            message=self._message(mask, body_limit),
            console=() if run is None else _console(run, mask),
            script_duration_ms=None if run is None else run.duration_ms,
            script_restarted=run is not None and run.fresh_instance,
            error_code=self.error_code,
            error=self.error and mask.beginning(self.error, limit=_LONGEST_TEXT)[0],
        )

    def _message(self, mask: Mask, limit: int) -> Mapping[str, Any] | None:
        if self.draft is None:
            return None
        return record_message(self.draft, self.author, mask=mask, limit=limit)

    def _body(self, mask: Mask, limit: int) -> str:
        if self.body is not None:
            return mask.body(self.body.raw, self.body.content, limit=limit)
        raw = self.request.body[: limit + _LONGEST_TEXT].decode("utf-8", "replace")
        return mask.body(raw, {}, limit=limit)


def _result(result: PostResult) -> Mapping[str, Any]:
    if result.message is None:
        return {"channel": result.channel, "error": result.error_code, "reason": result.reason}
    return {
        "channel": result.channel,
        "room_id": result.message.room_id,
        "message_id": result.message.id,
    }


def _console(run: ScriptRun, mask: Mask) -> tuple[Mapping[str, Any], ...]:
    return tuple({"level": line.level, "text": mask.text(line.text)} for line in run.console)
