"""The list of integrations: what an address asks for, and the part of the list that it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rc_integrations_plugin.admin.viewers import Viewer
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationState,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.management.listing import filter_of_state
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.integration_filter import FAILURES, LAST_AT, IntegrationFilter
from rc_integrations_plugin.storage.overview import Overview, recent

PER_PAGE = 50
NEWEST_FIRST = "-created"
SORT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "type": "type",
        "state": "enabled",
        "username": "username",
        "created": "created_at",
        "changed": "updated_at",
        "last": LAST_AT,
        "failed": FAILURES,
    }
)
"""What an address calls each key of `SORTABLE`; with a minus before it, downwards."""
_DOWNWARDS_FIRST = frozenset({"last", "failed"})
_TYPES = MappingProxyType(
    {"incoming": IntegrationType.INCOMING, "outgoing": IntegrationType.OUTGOING}
)
_LONGEST = 200
_MOST_PAGES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """Which part of the list is wanted."""

    text: str = ""
    type: str = ""
    state: str = ""
    sort: str = NEWEST_FIRST
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether some integrations may be left out."""
        return bool(self.text or self.type or self.state)

    def with_sort(self, key: str) -> str:
        """Return the sort that a click on a column's head asks for."""
        if key in _DOWNWARDS_FIRST:
            return key if self.sort == f"-{key}" else f"-{key}"
        return f"-{key}" if self.sort == key else key

    def address(self, **changed: str | int) -> dict[str, str | int]:
        """Return the query of the same list with something else; what is usual is left out."""
        values = {
            "q": self.text,
            "type": self.type,
            "state": self.state,
            "sort": "" if self.sort == NEWEST_FIRST else self.sort,
            "page": "",
        } | changed
        return {key: value for key, value in values.items() if value and value != 1}


@dataclass(frozen=True)
class Row:
    """An integration and its past."""

    integration: IncomingIntegration | OutgoingIntegration
    overview: Overview


@dataclass(frozen=True)
class ListPage:
    """A part of the list."""

    rows: Sequence[Row]
    total: int
    query: ListQuery

    @property
    def first(self) -> int:
        """The number of the first row, counted from 1."""
        return (self.query.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def pages(self) -> int:
        """How many there are; at least one."""
        return max(1, -(-self.total // PER_PAGE))


def read_list_query(query: Mapping[str, str]) -> ListQuery:
    """Return what an address asks for; what makes no sense counts as not said."""
    kind, state, sort = (query.get(name, "") for name in ("type", "state", "sort"))
    return ListQuery(
        text=storable(query.get("q", "").strip())[:_LONGEST],
        type=kind if kind in _TYPES else "",
        state=state if state in list(IntegrationState) else "",
        sort=sort if sort.removeprefix("-") in SORT_KEYS else NEWEST_FIRST,
        page=read_page(query.get("page", "")),
    )


def load_list(services: Services, viewer: Viewer, query: ListQuery) -> ListPage:
    """Return the part of the list that is wanted; the last one if there are not so many."""
    found, total = _find(services, viewer, query)
    page = ListPage((), total, query)
    if query.page > page.pages:
        query = ListQuery(**{**vars(query), "page": page.pages})
        found, total = _find(services, viewer, query)
    pasts = services.overview.of_all(
        [one.id for one in found], since=recent(), made_by=viewer.made_by
    )
    return ListPage([Row(one, pasts[one.id]) for one in found], total, query)


def _find(
    services: Services, viewer: Viewer, query: ListQuery
) -> tuple[Sequence[IncomingIntegration | OutgoingIntegration], int]:
    key = SORT_KEYS[query.sort.removeprefix("-")]
    return services.integrations.page(
        IntegrationFilter(
            name_part=query.text or None,
            type=_TYPES.get(query.type),
            **filter_of_state(IntegrationState(query.state) if query.state else None),
            made_by=viewer.made_by,
        ),
        sort=[(key, -1 if query.sort.startswith("-") else 1)],
        offset=(query.page - 1) * PER_PAGE,
        count=PER_PAGE,
    )


def read_page(text: str) -> int:
    """Return the number of a page that an address asks for; 1 for what makes no sense."""
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(_MOST_PAGES))
    return max(1, int(text)) if is_number else 1
