"""Answers of receivers for tests of rules."""

from rc_integrations_plugin.delivery.http import FailureKind, HttpFailure, HttpResponse


def make_answer(
    status: int = 200,
    body: str = "",
    *,
    content_type: str | None = "application/json",
    **headers: str,
) -> HttpResponse:
    """Return an answer; a name such as `retry_after` makes the header `retry-after`."""
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        found["content-type"] = content_type
    return HttpResponse(
        status=status, reason="", headers=found, body=body.encode(), url="https://receiver.test/"
    )


def make_failure(kind: FailureKind = FailureKind.CONNECTION) -> HttpFailure:
    """Return a call without an answer."""
    return HttpFailure(kind=kind, message="nobody listens there")
