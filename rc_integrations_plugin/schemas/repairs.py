"""What calls take that tell what happened and why, and that repair."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rc_integrations_plugin.integrations.tokens import LONGEST_OVERLAP
from rc_integrations_plugin.schemas.fields import (
    Flag,
    Moment,
    Number,
    OpenSchema,
    StrictSchema,
    Text,
    about,
    load,
)
from rc_integrations_plugin.schemas.queries import ID_LONGEST, Paged, Paging, read_paging

_ID: Mapping[str, Any] = {"data_key": "integrationId", "most": ID_LONGEST}
_SINCE = about("Only what failed then or later: ISO 8601, in UTC unless it says.")
_ONLY = about("Only calls of this integration; without it of all that the caller may manage.")


class ChangesParameters(Paged):
    """The query of `integrations.changes`."""

    integration_id = Text(
        load_default=None, **_ID, **about("Only changes of the integration with this id.")
    )
    integration = Text(
        load_default="",
        most=1000,
        **about("Only those of integrations with this id, or with this in their name then."),
    )
    user = Text(load_default="", most=1000, **about("Only what the user of this name did."))
    oldest = Moment(
        load_default=None,
        **about("Only what was done then or later: ISO 8601, in UTC unless it says."),
    )
    latest = Moment(load_default=None, **about("Only what was done earlier."))


class ExplainParameters(OpenSchema):
    """The query of `integrations.explain`."""

    integration_id = Text(required=True, **_ID, **about("The integration's id."))
    history_id = Text(
        required=True,
        data_key="historyId",
        most=ID_LONGEST,
        **about("The `_id` of a line of its history."),
    )


class FailedCallsParameters(Paged):
    """The query of `integrations.failedCalls`."""

    since = Moment(required=True, **_SINCE)
    integration_id = Text(load_default=None, **_ID, **_ONLY)


class Recover(StrictSchema):
    """The body of `integrations.recover`."""

    since = Moment(required=True, **_SINCE)
    integration_id = Text(load_default=None, **_ID, **_ONLY)


class RenewToken(StrictSchema):
    """The body of `integrations.renewToken`."""

    integration_id = Text(required=True, **_ID, **about("The incoming integration's id."))
    overlap = Number(
        load_default=0.0,
        least=0,
        most=LONGEST_OVERLAP.total_seconds(),
        **about("How many seconds the token that it has now goes on; else it ends at once."),
    )


class SetEnabled(StrictSchema):
    """The body of `integrations.setEnabled`."""

    integration_id = Text(required=True, **_ID, **about("The integration's id."))
    enabled = Flag(required=True, **about("Whether it shall be on."))


@dataclass(frozen=True, kw_only=True)
class ChangesWish:
    """Which changes are wanted."""

    paging: Paging
    integration_id: str | None
    integration: str
    user: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class FailedCallsQuery:
    """Which failed calls are wanted."""

    paging: Paging
    since: datetime
    integration_id: str | None


_CHANGES, _EXPLAIN, _FAILED = ChangesParameters(), ExplainParameters(), FailedCallsParameters()
_RECOVER, _RENEW, _SET = Recover(), RenewToken(), SetEnabled()


def read_changes_query(query: Mapping[str, str]) -> ChangesWish:
    """Return what the query of `integrations.changes` says."""
    data = load(_CHANGES, query)
    return ChangesWish(
        paging=read_paging(data),
        integration_id=data["integration_id"],
        integration=data["integration"].strip(),
        user=data["user"],
        since=data["oldest"],
        until=data["latest"],
    )


def read_explain_query(query: Mapping[str, str]) -> tuple[str, str]:
    """Return the ids that the query of `integrations.explain` names: integration, history."""
    data = load(_EXPLAIN, query)
    return data["integration_id"], data["history_id"]


def read_failed_calls_query(query: Mapping[str, str]) -> FailedCallsQuery:
    """Return what the query of `integrations.failedCalls` says."""
    data = load(_FAILED, query)
    return FailedCallsQuery(
        paging=read_paging(data), since=data["since"], integration_id=data["integration_id"]
    )


def read_recovery(body: Any) -> tuple[datetime, str | None]:
    """Return what the body of `integrations.recover` says: since when, and of which integration."""
    data = load(_RECOVER, body)
    return data["since"], data["integration_id"]


def read_renewal(body: Any) -> tuple[str, timedelta]:
    """Return what the body of `integrations.renewToken` says: the integration's id, the overlap."""
    data = load(_RENEW, body)
    return data["integration_id"], timedelta(seconds=data["overlap"])


def read_switch(body: Any) -> tuple[str, bool]:
    """Return what the body of `integrations.setEnabled` says: an id, and whether it is on."""
    data = load(_SET, body)
    return data["integration_id"], data["enabled"]
