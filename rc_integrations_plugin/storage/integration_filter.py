"""Which integrations are wanted, and in which order: as conditions of SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from rc_integrations_plugin.integrations.permissions import Part
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.storage.overview import (
    EVERYONES,
    MadeBy,
    failures,
    is_failing,
    last_at,
    recent,
)
from rc_integrations_plugin.storage.reach import is_within
from rc_integrations_plugin.storage.tables import integrations

SORTABLE: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "id": integrations.c.id,
        "name": integrations.c.name_folded,
        "type": integrations.c.type,
        "enabled": integrations.c.enabled,
        "username": integrations.c.username,
        "created_at": integrations.c.created_at,
        "updated_at": integrations.c.updated_at,
    }
)
LAST_AT = "last_at"
"""A key beside those: when it last did something, as far as the history shows it."""
FAILURES = "failures"
"""And another: how many there were since the filter's `failures_since`."""


@dataclass(frozen=True, kw_only=True)
class IntegrationFilter:
    """Which integrations are wanted; None asks for nothing."""

    name_part: str | None = None
    type: IntegrationType | None = None
    enabled: bool | None = None
    switched_off: bool = False
    """Only those that the server switched off by itself."""
    failing: bool = False
    """Only those that somebody should look after."""
    failures_since: datetime = field(default_factory=recent)
    """Earlier failures don't count."""
    made_by: MadeBy = field(default_factory=lambda: EVERYONES)
    """Of each type those that the user with this id made, this part of them, or all for None.

    A type that is left out is invisible.
    """


def ids_of(wanted: IntegrationFilter) -> Select[tuple[str]]:
    """Return the SELECT of the ids of the integrations that are wanted."""
    return select(integrations.c.id).where(*conditions_of(wanted))


def conditions_of(wanted: IntegrationFilter) -> list[ColumnElement[bool]]:
    """Return what must hold for an integration that is wanted."""
    conditions = [or_(false(), *(_is_made_by(*entry) for entry in wanted.made_by.items()))]
    if wanted.name_part:
        folded = wanted.name_part.casefold()
        conditions.append(integrations.c.name_folded.contains(folded, autoescape=True))
    if wanted.type is not None:
        conditions.append(integrations.c.type == wanted.type.value)
    if wanted.enabled is not None:
        conditions.append(integrations.c.enabled == wanted.enabled)
    if wanted.switched_off:
        conditions += [~integrations.c.enabled, integrations.c.disabled_reason.is_not(None)]
    if wanted.failing:
        conditions.append(is_failing(wanted.failures_since, wanted.made_by))
    return conditions


def order_of(
    wanted: IntegrationFilter, sort: Sequence[tuple[str, int]]
) -> list[ColumnElement[Any]]:
    """Return the order that is wanted; by id where that leaves it open.

    Args:
        wanted: which integrations; failures are counted since its time.
        sort: keys of `SORTABLE`, `LAST_AT` or `FAILURES`, each with 1 (upwards) or -1.
    """
    columns = {
        **SORTABLE,
        LAST_AT: last_at(wanted.made_by),
        FAILURES: failures(wanted.failures_since, wanted.made_by),
    }
    return [_direction(columns[key], sign) for key, sign in (*sort, ("id", 1))]


def _is_made_by(kind: IntegrationType, part: str | Part | None) -> ColumnElement[bool]:
    of_type = integrations.c.type == kind.value
    match part:
        case None:
            return of_type
        case str() as maker_id:
            return and_(of_type, integrations.c.created_by_id == maker_id)
        case Part(None, rooms):
            return is_within(kind, rooms)
        case Part(maker_id, rooms):
            return or_(_is_made_by(kind, maker_id), is_within(kind, rooms))


def _direction(column: ColumnElement[Any], sign: int) -> ColumnElement[Any]:
    # never is earlier than everything
    return column.desc().nulls_last() if sign < 0 else column.asc().nulls_first()
