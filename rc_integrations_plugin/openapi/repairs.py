"""What happened and why, and what repairs: answers, and the operations."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from rc_integrations_plugin.integrations.audit import AuditAction
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.openapi.answers import OneIntegration, Page, Success
from rc_integrations_plugin.openapi.integrations import Editor, needed
from rc_integrations_plugin.openapi.management import UPDATING_CODES
from rc_integrations_plugin.openapi.operation import (
    ENTRY_ID,
    INTEGRATION_ID,
    LISTING,
    PARAMS,
    PREFIX,
    REMOVING,
    RUNNING,
    Operation,
)
from rc_integrations_plugin.schemas.fields import StrictSchema, about
from rc_integrations_plugin.schemas.queries import ListParameters
from rc_integrations_plugin.schemas.repairs import (
    ChangesParameters,
    ExplainParameters,
    FailedCallsParameters,
    Recover,
    RenewToken,
    SetEnabled,
)

REPAIRING = "Finding out and repairing"
_NULL: Mapping[str, Any] = {"allow_none": True}


class Overview(StrictSchema):
    """How an integration is, without its secrets and its script."""

    id = fields.String(data_key="_id", **needed())
    type = fields.String(validate=validate.OneOf(list(IntegrationType)), **needed())
    name = fields.String(**needed())
    enabled = fields.Boolean(**needed())
    disabled_reason = fields.String(
        data_key="disabledReason", **about("Why the server switched it off.")
    )
    username = fields.String(**needed("As whom it posts."))
    channel = fields.List(fields.String(), **needed())
    last_call_at = fields.DateTime(
        data_key="lastCallAt", **about("When it was last called, or last called somebody.")
    )
    last_outcome = fields.String(
        data_key="lastOutcome",
        validate=validate.OneOf([*CallOutcome, *DeliveryOutcome]),
        **about("What came of that."),
    )
    failures = fields.Integer(**needed("How often it failed within the last 24 hours."))


class OverviewList(Page):
    """How a part of the integrations is."""

    integrations = fields.List(fields.Nested(Overview()), required=True)


class Change(StrictSchema):
    """What somebody did to an integration; of secrets only that they changed."""

    id = fields.String(data_key="_id", **needed())
    integration_id = fields.String(data_key="integrationId", **needed())
    type = fields.String(validate=validate.OneOf(list(IntegrationType)), **needed())
    name = fields.String(**needed("Of the integration, after the change."))
    action = fields.String(validate=validate.OneOf(list(AuditAction)), **needed())
    by = fields.Nested(Editor(), **_NULL, **needed("Null where the server did it."))
    before = fields.Dict(**needed("Fields by their names here."))
    after = fields.Dict(**needed())
    created_at = fields.DateTime(data_key="_createdAt", **needed())


class ChangeList(Page):
    """A part of what was changed, the newest first."""

    changes = fields.List(fields.Nested(Change()), required=True)


class Explanation(Success):
    """Why a line of the history came out as it did."""

    sentences = fields.List(fields.String(), **needed("One for each step."))


class FailedCall(StrictSchema):
    """A call that failed for good."""

    integration_id = fields.String(data_key="integrationId", **needed())
    name = fields.String(**needed("Of the integration."))
    history_id = fields.String(
        data_key="historyId", **needed("The `_id` of its last attempt in the history.")
    )
    started_at = fields.DateTime(data_key="startedAt", **needed("When that began."))
    status = fields.Integer(**_NULL, **needed("Of the answer, if there was one."))
    failure = fields.String(**_NULL, **needed("`timeout`, `connection` and its like."))
    replayed = fields.Boolean(**needed("Whether it is made again now."))
    error = fields.String(**_NULL, **needed("Why it cannot be made again."))


class FailedCallList(Page):
    """A part of the calls that failed for good, the oldest first."""

    calls = fields.List(fields.Nested(FailedCall()), required=True)


class Recovered(Success):
    """The calls that are made again now."""

    calls = fields.List(fields.Nested(FailedCall()), required=True)
    replayed = fields.Integer(**needed("How many are."))
    remaining = fields.Integer(**needed("How many are left for another call of this."))
    impossible = fields.Integer(
        **needed("How many cannot be made again; `integrations.failedCalls` says why.")
    )


class NewToken(Success):
    """The token that an integration has now."""

    id = fields.String(data_key="_id", **needed())
    token = fields.String(**needed())
    url = fields.String(**needed("The hook's URL."))
    previous_token_until = fields.DateTime(
        data_key="previousTokenUntil",
        **_NULL,
        **needed("Until when the token before it goes on."),
    )


_SINCE: Mapping[str, Any] = {"since": "2026-03-01T12:00:00Z"}
OPERATIONS: Sequence[Operation] = (
    Operation(
        method="get",
        path=f"{PREFIX}overview",
        id="listOverviews",
        summary="Show how integrations are",
        description=(
            "As `integrations.list`, without secrets and scripts, and with what each did last. It"
            " may be sorted by `lastCallAt` and `failures` too."
        ),
        tag=REPAIRING,
        query=ListParameters,
        query_examples={"state": "failing"},
        answer=OverviewList,
        codes=(PARAMS, "error-invalid-sort"),
        errors=LISTING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}changes",
        id="listChanges",
        summary="Show who changed what",
        description=(
            "Of the integrations that the caller may manage now; who may manage all of a type sees"
            " also what was removed. Secrets are in none of it."
        ),
        tag=REPAIRING,
        query=ChangesParameters,
        query_examples={"integrationId": INTEGRATION_ID},
        answer=ChangeList,
        codes=(PARAMS,),
        errors=LISTING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}explain",
        id="explain",
        summary="Say why a call came out as it did",
        tag=REPAIRING,
        query=ExplainParameters,
        query_examples={"integrationId": INTEGRATION_ID, "historyId": ENTRY_ID},
        answer=Explanation,
        codes=(PARAMS, "error-invalid-integration-history"),
        errors=LISTING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}failedCalls",
        id="listFailedCalls",
        summary="List the calls that failed for good",
        description="Those that somebody made again already are left out.",
        tag=REPAIRING,
        query=FailedCallsParameters,
        query_examples=_SINCE,
        answer=FailedCallList,
        codes=(PARAMS,),
        errors=LISTING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}recover",
        id="recover",
        summary="Make failed calls again",
        description=(
            "All of `integrations.failedCalls` that can be, the oldest first, at most 500 at once:"
            " after a receiver was down for longer than its retries. So it may be repeated."
        ),
        tag=REPAIRING,
        bodies=(Recover,),
        body_examples={"one": {**_SINCE, "integrationId": INTEGRATION_ID}},
        answer=Recovered,
        codes=(PARAMS,),
        errors=REMOVING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}renewToken",
        id="renewToken",
        summary="Give a hook a new token",
        description=(
            "The one that it has now goes on for `overlap` seconds, so that its senders can be"
            " changed one by one. Yet another new token ends the oldest at once."
        ),
        tag=REPAIRING,
        bodies=(RenewToken,),
        body_examples={"one": {"integrationId": INTEGRATION_ID, "overlap": 86400}},
        answer=NewToken,
        codes=(PARAMS, "error-integration-changed"),
        errors=REMOVING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}setEnabled",
        id="setEnabled",
        summary="Switch an integration on or off",
        description="To switch it on makes all checks of an update. Nothing else of it changes.",
        tag=REPAIRING,
        bodies=(SetEnabled,),
        body_examples={"off": {"integrationId": INTEGRATION_ID, "enabled": False}},
        answer=OneIntegration,
        codes=UPDATING_CODES,
        errors=RUNNING,
    ),
)
