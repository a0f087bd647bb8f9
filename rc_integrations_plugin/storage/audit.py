"""Who changed what, for those who ask; `audit_rows` writes it with each change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, or_, select

from rc_integrations_plugin.integrations.audit import AuditEntry
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.storage.audit_rows import from_row
from rc_integrations_plugin.storage.columns import between
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter, ids_of
from rc_integrations_plugin.storage.tables import audit, integrations
from rc_integrations_plugin.storage.transactions import delete_in_batches


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which changes are wanted; None asks for nothing."""

    types: frozenset[IntegrationType] = frozenset(IntegrationType)
    """All changes of integrations of these types, also of those that are gone."""
    also: IntegrationFilter | None = None
    """And all changes of the integrations that are like this now."""
    of_rooms: IntegrationFilter | None = None
    """And those of these integrations, after the one that made them about these rooms alone."""
    integration_id: str | None = None
    integration: str | None = None
    """The id of one, or a part of what it was called."""
    username: str | None = None
    """Of who did it, as it was then."""
    since: datetime | None = None
    until: datetime | None = None


class AuditStore:
    """The table of changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self, wanted: AuditFilter, *, offset: int, count: int
    ) -> tuple[Sequence[AuditEntry], int]:
        """Return some of the changes, the newest first, and how many there are in all."""
        conditions = _conditions(wanted)
        newest_first = (audit.c.at.desc(), audit.c.id.desc())
        rows = select(audit).where(*conditions).order_by(*newest_first).offset(offset).limit(count)
        counted = select(func.count()).select_from(audit).where(*conditions)
        with self._engine.connect() as connection:
            total = connection.scalar(counted) or 0
            return [from_row(row) for row in connection.execute(rows).mappings()], total

    def prune(self, *, older_than: datetime) -> int:
        """Delete what was done before a time, and return how many changes that were."""
        return delete_in_batches(self._engine, audit, audit.c.at < older_than)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    visible: list[ColumnElement[bool]] = [audit.c.type.in_([kind.value for kind in wanted.types])]
    if wanted.also is not None:
        visible.append(audit.c.integration_id.in_(ids_of(wanted.also)))
    if wanted.of_rooms is not None:
        since = integrations.c.rooms_since
        ids = ids_of(wanted.of_rooms).where(or_(since.is_(None), since < audit.c.at))
        visible.append(audit.c.integration_id.in_(ids.correlate(audit)))
    conditions = [or_(*visible), between(audit.c.at, wanted.since, wanted.until)]
    if wanted.integration_id is not None:
        conditions.append(audit.c.integration_id == wanted.integration_id)
    if wanted.integration is not None:
        part = audit.c.name.icontains(wanted.integration, autoescape=True)
        conditions.append(or_(audit.c.integration_id == wanted.integration, part))
    if wanted.username is not None:
        conditions.append(audit.c.by_username == wanted.username)
    return conditions
