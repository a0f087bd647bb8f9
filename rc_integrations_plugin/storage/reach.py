"""Which rows of integrations are about some rooms alone, in SQL: as `integrations/reach.py` has it.

Both types keep lists and mappings as JSON in text columns, which SQLite and PostgreSQL take apart
by functions of different names.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from rc_integrations_plugin.integrations.channels import EVENTS_WITH_CHANNELS
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import is_storable
from rc_integrations_plugin.storage.json_text import to_json
from rc_integrations_plugin.storage.tables import integrations

_EMPTY = "[]"


class _Elements(FunctionElement[Any]):
    """The texts in a JSON list, each a row with a `value`."""

    inherit_cache = True


class _Members(FunctionElement[Any]):
    """The members of a JSON object, each a row with `key` and `value`."""

    inherit_cache = True


class _Member(FunctionElement[Any]):
    """One member of a JSON object as text: a list as its JSON."""

    type = String()
    inherit_cache = True


@compiles(_Elements)
def _elements(element: _Elements, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_Elements, "postgresql")
def _elements_pg(element: _Elements, compiler: Any, **how: Any) -> str:
    of = compiler.process(element.clauses, **how)
    return f"json_array_elements_text(CAST({of} AS json))"


@compiles(_Members)
def _members(element: _Members, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_Members, "postgresql")
def _members_pg(element: _Members, compiler: Any, **how: Any) -> str:
    return f"json_each_text(CAST({compiler.process(element.clauses, **how)} AS json))"


@compiles(_Member)
def _member(element: _Member, compiler: Any, **how: Any) -> str:
    of, name = (compiler.process(one, **how) for one in element.clauses)
    return f"json_extract({of}, '$.' || {name})"


@compiles(_Member, "postgresql")
def _member_pg(element: _Member, compiler: Any, **how: Any) -> str:
    of, name = (compiler.process(one, **how) for one in element.clauses)
    return f"json_extract_path_text(CAST({of} AS json), CAST({name} AS text))"


def is_within(kind: IntegrationType, rooms: AbstractSet[str]) -> ColumnElement[bool]:
    """Return the condition that an integration of this type is about these rooms alone."""
    ids = to_json(sorted(filter(is_storable, rooms)))
    conditions = [
        integrations.c.type == kind.value,
        integrations.c.channels != _EMPTY,
        _are_all_among(ids),
    ]
    if kind is IntegrationType.INCOMING:
        return and_(*conditions, integrations.c.override_destination.is_(False))
    listens_to = _of_outgoing("listens_to")
    target = _of_outgoing("target_room")
    return and_(
        *conditions,
        _of_outgoing("event").in_([event.value for event in sorted(EVENTS_WITH_CHANNELS)]),
        listens_to != _EMPTY,
        _hears_only(listens_to, ids),
        or_(target.is_(None), _is_among(target, ids)),
    )


def _are_all_among(ids: str) -> ColumnElement[bool]:
    """Every channel is the name of one of these rooms."""
    channel = _Elements(integrations.c.channels).table_valued("value", name="channel")
    other = ~_is_among(channel.c.value, ids)
    return ~exists(select(1).select_from(channel).where(other).correlate(integrations))


def _is_among(place: ColumnElement[Any], ids: str) -> ColumnElement[bool]:
    """It is no person, and the id that it had when it was saved is one of these."""
    known = _Members(integrations.c.channel_ids).table_valued("key", "value", name="known")
    is_known = (known.c.key == place) & known.c.value.in_(_all(ids))
    found = exists(select(1).select_from(known).where(is_known).correlate_except(known))
    return and_(func.substr(place, 1, 1) != "@", found)


def _hears_only(listens_to: ColumnElement[Any], ids: str) -> ColumnElement[bool]:
    heard = _Elements(listens_to).table_valued("value", name="heard")
    is_room = (func.substr(heard.c.value, 1, 1) == "#") & func.substr(heard.c.value, 2).in_(
        _all(ids)
    )
    return ~exists(select(1).select_from(heard).where(~is_room).correlate(integrations))


def _all(ids: str) -> Any:
    # one value, however many rooms somebody owns
    return select(_Elements(literal(ids)).table_valued("value", name="room").c.value)


def _of_outgoing(name: str) -> ColumnElement[Any]:
    return _Member(integrations.c.outgoing, literal(name))
