"""The query strings and small bodies of the management API."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from marshmallow import post_load, validate

from rc_integrations_plugin.errors import ApiError, InvalidParams
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.integrations.records import IntegrationState, IntegrationType
from rc_integrations_plugin.schemas.fields import (
    Moment,
    OpenSchema,
    StrictSchema,
    Text,
    Whole,
    about,
    load,
)
from rc_integrations_plugin.schemas.incoming import NOT_BLANK

_Item = TypeVar("_Item")
DEFAULT_COUNT = 50
MOST_COUNT = 100
_NOT_ALLOWED = "must be equal to one of the allowed values"
ID_LONGEST = 1000


@dataclass(frozen=True)
class Paging:
    """Which part of a list is wanted, and in which order."""

    offset: int
    count: int
    sort: Sequence[tuple[str, int]]
    """Rocket.Chat's names of fields, each with 1 (upwards) or -1."""

    def part_of(self, whole: Sequence[_Item]) -> Sequence[_Item]:
        """Return that part of a list which is all there, in the order that it has."""
        return whole[self.offset : self.offset + self.count]


class Paged(OpenSchema):
    """Which part of a list is wanted."""

    offset = Whole(load_default=0, **about("How many to leave out at the beginning."))
    count = Whole(
        load_default=DEFAULT_COUNT,
        **about(f"How many to show; never more than {MOST_COUNT}, and 0 means {DEFAULT_COUNT}."),
    )


class _Sorted(Paged):
    sort = Text(
        load_default="",
        **about(
            "A JSON object of names of fields with 1 (upwards) or -1; names that are not known"
            " are ignored.",
            contentMediaType="application/json",
            contentSchema={"type": "object", "additionalProperties": {"type": "integer"}},
            examples=['{"name": 1}'],
        ),
    )


class ListParameters(_Sorted):
    """The query of `integrations.list`."""

    name = Text(load_default=None, most=1000, **about("A part of the name, in any case."))
    type = Text(
        load_default=None,
        validate=validate.OneOf(list(IntegrationType), error=_NOT_ALLOWED),
        **about("Only those of this type."),
    )
    state = Text(
        load_default=None,
        validate=validate.OneOf(list(IntegrationState), error=_NOT_ALLOWED),
        **about(
            "Only those that are so; `switched-off`: by the server, `failing`: the last call"
            " failed, or one of the last 24 hours, or its receiver is left alone for a while."
        ),
    )


class HistoryParameters(_Sorted):
    """The query of `integrations.history`."""

    id = Text(required=True, most=ID_LONGEST, **about("The integration's id.", pattern=NOT_BLANK))
    outcome = Text(
        load_default=None,
        validate=validate.OneOf([*CallOutcome, *DeliveryOutcome], error=_NOT_ALLOWED),
        **about("Only what ended so."),
    )
    oldest = Moment(
        load_default=None,
        **about("Only what began then or later: ISO 8601, in UTC unless it says."),
    )
    latest = Moment(load_default=None, **about("Only what began earlier."))


class GetParameters(OpenSchema):
    """The query of `integrations.get`."""

    integration_id = Text(
        required=True, data_key="integrationId", most=ID_LONGEST, **about("The integration's id.")
    )
    created_by = Text(
        load_default=None,
        data_key="createdBy",
        most=ID_LONGEST,
        **about("Only if the user with this id made it."),
    )


class Remove(StrictSchema):
    """The body of `integrations.remove`."""

    rules = {  # noqa: RUF012
        "oneOf": [
            {"required": ["integrationId"], "properties": {"target_url": False}},
            {
                "required": ["target_url"],
                "properties": {
                    "integrationId": False,
                    "type": {"const": IntegrationType.OUTGOING.value},
                },
            },
        ]
    }

    type = Text(
        required=True,
        **about("The type of integration.", enum=[kind.value for kind in IntegrationType]),
    )
    integration_id = Text(
        data_key="integrationId", most=ID_LONGEST, **about("Which one, by its id ...")
    )
    target_url = Text(**about("... or the outgoing one that calls this URL."))

    @post_load
    def check_alternatives(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Return what was said, if it names one integration one way."""
        if len(data) != 2 or (data["type"] == IntegrationType.INCOMING and "target_url" in data):
            raise InvalidParams("must match exactly one schema in oneOf")
        return data


class ClearHistory(StrictSchema):
    """The body of `integrations.clearHistory`."""

    integration_id = Text(
        required=True, data_key="integrationId", most=ID_LONGEST, **about("The integration's id.")
    )


class Replay(ClearHistory):
    """The body of `integrations.replayOutgoing`."""

    history_id = Text(
        required=True,
        data_key="historyId",
        most=ID_LONGEST,
        **about("The `_id` of the attempt in the history."),
    )


_LIST, _HISTORY, _GET, _REMOVE = ListParameters(), HistoryParameters(), GetParameters(), Remove()
_CLEAR, _REPLAY = ClearHistory(), Replay()


@dataclass(frozen=True)
class ListQuery:
    """What `integrations.list` is asked for."""

    paging: Paging
    name_part: str | None
    type: IntegrationType | None
    state: IntegrationState | None = None


@dataclass(frozen=True)
class HistoryQuery:
    """What `integrations.history` is asked for."""

    paging: Paging
    integration_id: str
    outcome: str | None
    """A value of `CallOutcome` or `DeliveryOutcome`."""
    since: datetime | None = None
    """What began then, or later."""
    until: datetime | None = None
    """What began earlier."""


@dataclass(frozen=True)
class Removal:
    """Which integration shall go: by its id, or by a URL that it calls."""

    integration_id: str | None = None
    target_url: str | None = None


@dataclass(frozen=True)
class GetQuery:
    """What `integrations.get` is asked for."""

    integration_id: str
    created_by: str | None


def read_list_query(query: Mapping[str, str]) -> ListQuery:
    """Return what the query of `integrations.list` says."""
    data = load(_LIST, query)
    kind, state = data["type"], data["state"]
    return ListQuery(
        read_paging(data),
        data["name"],
        None if kind is None else IntegrationType(kind),
        None if state is None else IntegrationState(state),
    )


def read_history_query(query: Mapping[str, str]) -> HistoryQuery:
    """Return what the query of `integrations.history` says."""
    data = load(_HISTORY, query)
    if not data["id"].strip():
        raise InvalidParams("Invalid integration id.")
    return HistoryQuery(
        read_paging(data), data["id"], data["outcome"], since=data["oldest"], until=data["latest"]
    )


def read_get_query(query: Mapping[str, str]) -> GetQuery:
    """Return what the query of `integrations.get` says."""
    return GetQuery(**load(_GET, query))


def read_removal(body: Any) -> Removal:
    """Return which integration the body of `integrations.remove` names."""
    data = load(_REMOVE, body, one_of=True)
    return Removal(data.get("integration_id"), data.get("target_url"))


def read_clearing(body: Any) -> str:
    """Return the integration's id that the body of `integrations.clearHistory` names."""
    integration_id: str = load(_CLEAR, body)["integration_id"]
    return integration_id


def read_replay(body: Any) -> tuple[str, str]:
    """Return the ids that the body of `integrations.replayOutgoing` names: integration, history."""
    data = load(_REPLAY, body)
    return data["integration_id"], data["history_id"]


def read_paging(data: Mapping[str, Any]) -> Paging:
    """Return which part of a list is wanted, by what a schema made of a query."""
    # docs: Rocket.Chat takes a count of 0 for none given
    count = min(data["count"] or DEFAULT_COUNT, MOST_COUNT)
    return Paging(data["offset"], count, _read_sort(data.get("sort", "")))


def _read_sort(text: str) -> Sequence[tuple[str, int]]:
    if not text:
        return ()
    try:
        sort = json.loads(text)
    except (ValueError, RecursionError):
        sort = None
    if not isinstance(sort, dict) or any(type(sign) is not int for sign in sort.values()):
        raise ApiError(
            'Invalid sort parameter provided; it looks like {"name": 1}', code="error-invalid-sort"
        )
    return [(key, 1 if sign >= 0 else -1) for key, sign in sort.items()]
