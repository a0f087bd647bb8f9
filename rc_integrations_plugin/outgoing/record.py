"""What happens during one attempt of a delivery, kept for the history with secrets masked."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import perf_counter
from typing import Any

from rc_integrations_plugin.delivery.http import HttpFailure, HttpResponse
from rc_integrations_plugin.integrations.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryOutcome,
    DeliveryResult,
)
from rc_integrations_plugin.integrations.masks import Mask, has_secret_word
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.outgoing.data import encode_data
from rc_integrations_plugin.outgoing.script import read_json_answer
from rc_integrations_plugin.outgoing.steps import Step
from rc_integrations_plugin.scripting.protocol import ScriptRun

_LONGEST_LINE = 2000
"""Bytes of an error, and of a URL."""
_SHORTEST_HEADER_VALUE = 8
"""A shorter value of a header whose name tells of no secret is rather a word than a secret."""
_MOST_PARSED = 256 * 1024
"""Longer answers are masked as text."""


@dataclass
class AttemptNotes:
    """Notes on an attempt that is being made."""

    delivery: Delivery
    integration: OutgoingIntegration | None
    """None if it is gone."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=perf_counter)
    steps: list[str] = field(default_factory=lambda: [Step.START, Step.MAPPED_DATA])
    default: Mapping[str, Any] | None = None
    """The request without a script."""
    request: Mapping[str, Any] | None = None
    """The one that was sent."""
    answer: HttpResponse | HttpFailure | None = None
    runs: list[ScriptRun] = field(default_factory=list)
    results: list[Mapping[str, Any]] = field(default_factory=list)
    messages: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """As in `DeliveryAttempt.messages`."""
    errors: list[str] = field(default_factory=list)
    outcome: DeliveryOutcome = DeliveryOutcome.FAILED
    receiver_failed: bool | None = None
    next_attempt_at: datetime | None = None

    def note(self, *steps: str, error: str | None = None) -> None:
        """Note what was done, and what went wrong with it."""
        self.steps += steps
        if error:
            self.errors.append(error)

    def end(self, outcome: DeliveryOutcome, *steps: str, error: str | None = None) -> None:
        """Note how it ended."""
        self.outcome = outcome
        self.note(*steps, error=error)

    def as_result(self, *, body_limit: int) -> DeliveryResult:
        """Return what to store of the delivery."""
        mask, answer = mask_of(self.integration, self.delivery), self.answer
        response = _response_fields(answer, mask, body_limit=body_limit)
        request = self.request or {}
        attempt = DeliveryAttempt(
            **self._identity(),
            outcome=self.outcome,
            steps=tuple(self.steps),
            url=_beginning(str(request.get("url") or self.delivery.url), mask),
            sent=self._sent(),
            failure=answer.kind.value if isinstance(answer, HttpFailure) else None,
            error=_beginning("; ".join(self.errors), mask) if self.errors else None,
            console=_console(self.runs, mask) if self.runs else (),
            results=tuple(_masked(result, mask) for result in self.results),
            messages=self.messages or None,
            script_duration_ms=sum(run.duration_ms for run in self.runs) if self.runs else None,
            script_restarted=any(run.fresh_instance for run in self.runs),
            next_attempt_at=self.next_attempt_at,
            **response,
        )
        return DeliveryResult(
            delivery=self.delivery,
            attempt=attempt,
            next_attempt_at=self.next_attempt_at,
            receiver_failed=self.receiver_failed,
        )

    def as_fault(self, error: Exception) -> DeliveryResult:
        """Return what to store after a fault of ours: little, so that it is no second one."""
        attempt = DeliveryAttempt(
            **self._identity(),
            outcome=DeliveryOutcome.FAILED,
            steps=(*self.steps, Step.OUR_FAULT),
            url="",
            error=f"A fault of this server ({type(error).__name__}); its log has more",
        )
        return DeliveryResult(
            delivery=self.delivery, attempt=attempt, receiver_failed=self.receiver_failed
        )

    def as_postponed(self, delay: timedelta) -> DeliveryResult:
        """Return that nothing has happened yet."""
        return DeliveryResult(
            delivery=self.delivery,
            attempt=None,
            next_attempt_at=datetime.now(UTC) + delay,
            counts=False,
        )

    def _identity(self) -> dict[str, Any]:
        delivery = self.delivery
        return {
            "id": new_id(),
            "delivery_id": delivery.id,
            "integration_id": delivery.integration_id,
            "number": delivery.attempts,
            "started_at": self.started_at,
            "duration_ms": (perf_counter() - self.started) * 1000,
        }

    def _sent(self) -> Mapping[str, Any] | None:
        """Return the request, where a replay could not make it anew from the delivery."""
        if self.request is None or self.default is None:
            return None
        # not by ==, for which 1, 1.0 and true are equal
        is_default = self.request is self.default or (
            encode_data(self.request) == encode_data(self.default)
        )
        return None if is_default and self._is_as_stored(self.default) else self.request

    def _is_as_stored(self, default: Mapping[str, Any]) -> bool:
        """Return whether URL and token are those that the delivery was made with."""
        made_with = self.delivery
        is_same_token = default["data"].get("token") == made_with.data.get("token")
        return bool(is_same_token and default["url"] == made_with.url)


def _response_fields(
    answer: HttpResponse | HttpFailure | None, mask: Mask, *, body_limit: int
) -> dict[str, Any]:
    if not isinstance(answer, HttpResponse):
        return {}
    return {
        "status": answer.status,
        "response_headers": mask.headers(answer.headers),
        "response_body": _body(answer, mask, body_limit) if answer.body else "",
        "response_bytes": len(answer.body),
    }


def _body(answer: HttpResponse, mask: Mask, limit: int) -> str:
    text = answer.text
    is_read = len(text) <= _MOST_PARSED and has_secret_word(text)
    return mask.body(text, read_json_answer(answer) if is_read else None, limit=limit)


def _console(runs: Iterable[ScriptRun], mask: Mask) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {"level": line.level, "text": mask.text(line.text)} for run in runs for line in run.console
    )


def _beginning(text: str, mask: Mask) -> str:
    return mask.beginning(text, limit=_LONGEST_LINE)[0]


def _masked(result: Mapping[str, Any], mask: Mask) -> Mapping[str, Any]:
    return {
        key: mask.text(value) if isinstance(value, str) else value for key, value in result.items()
    }


def mask_of(integration: OutgoingIntegration | None, delivery: Delivery) -> Mask:
    """Return what hides the secrets of an integration (None if it is gone), and then's token."""
    token = delivery.data.get("token")
    tokens = {token} if isinstance(token, str) else set()
    if integration is None:
        return _mask(frozenset(tokens))
    return _mask(frozenset(tokens | _secrets_of(integration)))


def _secrets_of(integration: OutgoingIntegration) -> set[str]:
    secrets = {integration.token or "", integration.signing_secret or ""}
    secrets.add((integration.signing_secret or "").removeprefix("whsec_"))
    if integration.basic_auth:
        pair = integration.basic_auth
        encoded = base64.b64encode(pair.encode("utf-8", "replace")).decode()
        secrets |= {pair, pair.partition(":")[2], encoded}
    for name, value in integration.headers.items():
        if has_secret_word(name) or len(value) >= _SHORTEST_HEADER_VALUE:
            secrets |= {value, value.partition(" ")[2]}
    return secrets


@lru_cache(maxsize=1024)  # an integration's deliveries have the same secrets again and again
def _mask(secrets: frozenset[str]) -> Mask:
    return Mask(*secrets)
