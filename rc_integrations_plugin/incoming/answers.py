"""What a caller gets back: always JSON, and never 2xx for a failure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.errors import (
    ApiError,
    HookDisabled,
    HookNotFound,
    IntegrationsError,
    MethodNotAllowed,
    PostAsUserMissing,
    TooManyCalls,
)
from rc_integrations_plugin.integrations.budget import Allowance
from rc_integrations_plugin.integrations.tokens import new_id, new_token

# What Rocket.Chat puts into `error` where it has no code.
_STRINGS: Mapping[str, str] = MappingProxyType(
    {
        HookNotFound.code: "Invalid integration id or token provided.",
        HookDisabled.code: "Service Unavailable",
        PostAsUserMissing.code: "You must be logged in to do this.",
        MethodNotAllowed.code: "Method Not Allowed",
    }
)

_SAMPLE_TOKEN_LENGTH = 24


@dataclass(frozen=True)
class Answer:
    """Status, JSON body and further headers of an answer."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    call_id: str = field(default="", compare=False)
    """The row of the history that tells of the call; empty if none does."""


# `success` is Rocket.Chat's word, and `ok` is Slack's: some clients look for the one or the other
SUCCESS = Answer(200, {"success": True, "ok": True})


def refusal(error: IntegrationsError, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer that tells an error."""
    body = {
        "success": False,
        "error": _STRINGS.get(error.code, error.code),
        "message": error.reason,
    }
    if isinstance(error, ApiError):
        # what Rocket.Chat's management API calls it
        body["errorType"] = error.code
    return Answer(error.status, body, headers or {})


def refusal_by_script(error: Any) -> Answer:
    """Return the answer that a script wants to refuse the call with."""
    if isinstance(error, dict):
        return Answer(400, {**error, "success": False})
    return Answer(400, {"success": False, "error": error})


def response_of_script(response: Any) -> Answer:
    """Return the answer that a script wants to be given after its message was posted."""
    if isinstance(response, dict):
        return Answer(200, {"ok": True, **response, "success": True})
    return Answer(200, response)


def separate_responses(responses: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the answer with one part for each room: a success if one of them has the message."""
    success = any("message" in response for response in responses)
    body = {"responses": list(responses), "success": success}
    return Answer(200, {**body, "ok": True}) if success else Answer(400, body)


def beyond_budget(allowance: Allowance, *, now: float) -> Answer:
    """Return the answer to a call that is one too many."""
    wait = max(1, math.ceil(allowance.reset_at - now))
    error = (
        "Error, too many requests. Please slow down. You must wait "
        f"{wait} seconds before trying this endpoint again. [{TooManyCalls.code}]"
    )
    message = f"This hook may be called {allowance.limit} times from one address in that time"
    body = {"success": False, "error": error, "message": message}
    return Answer(TooManyCalls.status, body, {"Retry-After": str(wait)})


def budget_headers(allowance: Allowance) -> dict[str, str]:
    """Return the headers that tell what is left; the time is in milliseconds, as Rocket.Chat's."""
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(int(allowance.reset_at * 1000)),
    }


def samples(now: datetime) -> Answer:
    """Return three messages in the form in which outgoing integrations send them."""
    return Answer(
        200,
        [
            {
                "token": new_token()[:_SAMPLE_TOKEN_LENGTH],
                "channel_id": new_id(),
                "channel_name": "general",
                "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "user_id": new_id(),
                "user_name": "rocket.cat",
                "text": f"Sample text {number}",
                "trigger_word": "Sample",
            }
            for number in (1, 2, 3)
        ],
    )
