"""Integrations in the database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from rc_integrations_plugin.errors import HookNotFound
from rc_integrations_plugin.integrations.audit import entry_of_switch_off
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.integrations.text import is_storable, storable
from rc_integrations_plugin.integrations.tokens import same_token
from rc_integrations_plugin.storage.audit_rows import (
    record,
    record_change,
    record_new,
    record_removal,
)
from rc_integrations_plugin.storage.integration_filter import (
    IntegrationFilter,
    conditions_of,
    order_of,
)
from rc_integrations_plugin.storage.integration_rows import (
    SELECT,
    SELECT_WITHOUT_SCRIPTS,
    Integration,
    from_row,
    to_row,
)
from rc_integrations_plugin.storage.json_text import to_json
from rc_integrations_plugin.storage.script_versions import find_same
from rc_integrations_plugin.storage.tables import (
    attempts,
    calls,
    changes,
    circuits,
    deliveries,
    integrations,
    script_tests,
)
from rc_integrations_plugin.storage.transactions import delete_in_batches, joined

_NO_TOKEN = "-" * 48


class IntegrationStore:
    """The table of integrations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def incoming_by_token(
        self, integration_id: str, token: str, *, now: datetime | None = None
    ) -> IncomingIntegration:
        """Return the incoming integration with this id and token, or with the token before it.

        Args:
            integration_id: of either type.
            token: may be anything.
            now: when it shall be good; None is this moment.

        Raises:
            HookNotFound: there is none; nothing tells whether the id exists.
        """
        found = self.find(integration_id)
        good = found.tokens_at(now or datetime.now(UTC)) if found else ()
        # always two comparisons: the time tells neither of ids nor of former tokens
        wanted = (*good, _NO_TOKEN, _NO_TOKEN)[:2]
        matches = [same_token(token, one) for one in wanted]
        if found is None or not any(matches[: len(good)]):
            raise HookNotFound("Invalid integration id or token provided.")
        return found

    def find(self, integration_id: str) -> IncomingIntegration | None:
        """Return the incoming integration with this id, or None."""
        found = self.find_any(integration_id)
        return found if isinstance(found, IncomingIntegration) else None

    def find_outgoing(self, integration_id: str) -> OutgoingIntegration | None:
        """Return the outgoing integration with this id, or None."""
        found = self.find_any(integration_id)
        return found if isinstance(found, OutgoingIntegration) else None

    def find_any(self, integration_id: str) -> Integration | None:
        """Return the integration with this id, whatever its type, or None."""
        if not is_storable(integration_id):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_BY_ID, {"wanted_id": integration_id}).first()
        return None if row is None else from_row(row)

    def outgoing_by_ids(self, integration_ids: Iterable[str]) -> dict[str, OutgoingIntegration]:
        """Return those of the outgoing integrations that exist, by id."""
        wanted = integrations.c.id.in_(list(integration_ids))
        return {integration.id: integration for integration in self._outgoing(wanted)}

    def enabled_outgoing(
        self, connection: Connection | None = None
    ) -> Sequence[OutgoingIntegration]:
        """Return all outgoing integrations that are switched on, without scripts, the oldest first.

        Args:
            connection: of a host's session, to see what its transaction changed.
        """
        statement = _OUTGOING_WITHOUT_SCRIPTS.where(integrations.c.enabled)
        if connection is not None:
            return _read_outgoing(connection, statement)
        with self._engine.connect() as own:
            return _read_outgoing(own, statement)

    def outgoing_by_url(self, url: str) -> Sequence[OutgoingIntegration]:
        """Return the outgoing integrations that call exactly this URL, the oldest first."""
        written = to_json(url)
        similar = integrations.c.outgoing.contains(written, autoescape=True)
        return [integration for integration in self._outgoing(similar) if url in integration.urls]

    def version(self, connection: Connection | None = None) -> int:
        """Return a number that each change of an integration makes greater.

        Args:
            connection: of a host's session, to see what its transaction changed.
        """
        if connection is not None:
            return connection.scalar(_VERSION) or 0
        with self._engine.connect() as own:
            return own.scalar(_VERSION) or 0

    def page(
        self,
        wanted: IntegrationFilter,
        *,
        sort: Sequence[tuple[str, int]] = (("created_at", -1),),
        offset: int,
        count: int,
    ) -> tuple[Sequence[Integration], int]:
        """Return some of the integrations, and how many there are in all.

        `sort` holds keys of `SORTABLE`, `LAST_AT` or `FAILURES`, each with 1 (upwards) or -1.
        """
        conditions = conditions_of(wanted)
        order = order_of(wanted, sort)
        rows = SELECT.where(*conditions).order_by(*order).offset(offset).limit(count)
        counted = select(func.count()).select_from(integrations).where(*conditions)
        with self._engine.connect() as connection:
            total = connection.scalar(counted)
            return [from_row(row) for row in connection.execute(rows)], total or 0

    def add(
        self,
        integration: Integration,
        *,
        by: Editor | None = None,
        imported: bool = False,
        broken_tests: Sequence[str] = (),
    ) -> None:
        """Store a new integration, and that it was made.

        Args:
            integration: as it is to be stored.
            by: who does it; None for who made it.
            imported: whether it comes from another server.
            broken_tests: names of those that its script breaks.
        """
        with self._engine.begin() as connection:
            connection.execute(insert(integrations), to_row(integration))
            connection.execute(_COUNT_CHANGE)
            by = by or integration.created_by
            record_new(connection, integration, by=by, imported=imported, broken_tests=broken_tests)

    def replace(
        self, old: Integration, new: Integration, *, broken_tests: Sequence[str] = ()
    ) -> bool:
        """Store a changed integration, unless somebody else changed or removed it meanwhile.

        What was changed is remembered as a doing of `new.updated_by`, the former script too.

        Args:
            old: as it was when it was read.
            new: as it is to be.
            broken_tests: names of those that its script breaks.

        Returns:
            Whether it was stored.
        """
        unchanged = (integrations.c.id == old.id) & (integrations.c.updated_at == old.updated_at)
        same_as = find_same(self._engine, old, new)
        with self._engine.begin() as connection:
            result = connection.execute(update(integrations).where(unchanged), to_row(new))
            connection.execute(_COUNT_CHANGE)
            if result.rowcount:
                record_change(connection, old, new, same_as=same_as, broken_tests=broken_tests)
            return result.rowcount == 1

    def disable(self, integration_id: str, reason: str, *, session: Any = None) -> bool:
        """Switch an integration off for a reason, and return whether it was on.

        Args:
            integration_id: of either type.
            reason: for people.
            session: the host's, if this is to be a part of its transaction.
        """
        return self._disable(integrations.c.id == integration_id, reason, session) == 1

    def disable_all_of_user(self, user_id: str, reason: str, *, session: Any = None) -> int:
        """Switch off what posts as this user, and return how many integrations those were."""
        return self._disable(integrations.c.user_id == user_id, reason, session)

    def remove(self, integration_id: str, *, by: Editor | None = None) -> bool:
        """Remove an integration, its history, its scripts and what it has still to deliver.

        That it was removed is remembered.

        Args:
            integration_id: of either type.
            by: who does it; None is the server.

        Returns:
            Whether there was one.
        """
        with self._engine.begin() as connection:
            removed = connection.execute(
                delete(integrations)
                .where(integrations.c.id == integration_id)
                .returning(*SELECT.selected_columns)
            ).first()
            connection.execute(_COUNT_CHANGE)
            if removed is not None:
                record_removal(connection, from_row(removed), by=by)
            for table in (calls, circuits, script_tests):
                connection.execute(delete(table).where(table.c.integration_id == integration_id))
        # may be very many. Should this be cut short: workers end what has no integration, and what
        # is left of the history gets old
        for table in (deliveries, attempts):
            delete_in_batches(self._engine, table, table.c.integration_id == integration_id)
        return removed is not None

    def _outgoing(self, *conditions: ColumnElement[bool]) -> list[OutgoingIntegration]:
        with self._engine.connect() as connection:
            return _read_outgoing(connection, _OUTGOING.where(*conditions))

    def _disable(self, which: ColumnElement[bool], reason: str, session: Any) -> int:
        reason, now = storable(reason), datetime.now(UTC)
        # the time lets who is changing the integration now see that
        switched_off = {"enabled": False, "disabled_reason": reason, "updated_at": now}
        with joined(self._engine, session) as connection:
            found = connection.execute(
                update(integrations)
                .where(which, integrations.c.enabled)
                .returning(integrations.c.id, integrations.c.type, integrations.c.name),
                switched_off,
            ).all()
            if found:
                connection.execute(_COUNT_CHANGE)
                entries = (
                    entry_of_switch_off(one, IntegrationType(kind), name, reason=reason, at=now)
                    for one, kind, name in found
                )
                record(connection, *entries)
            return len(found)


_IS_OUTGOING = integrations.c.type == IntegrationType.OUTGOING.value
_OLDEST_FIRST = (integrations.c.created_at, integrations.c.id)
_OUTGOING = SELECT.where(_IS_OUTGOING).order_by(*_OLDEST_FIRST)
_OUTGOING_WITHOUT_SCRIPTS = SELECT_WITHOUT_SCRIPTS.where(_IS_OUTGOING).order_by(*_OLDEST_FIRST)
_BY_ID = SELECT.where(integrations.c.id == bindparam("wanted_id"))
_VERSION = select(changes.c.version).where(changes.c.id == 1)
_COUNT_CHANGE = update(changes).where(changes.c.id == 1).values(version=changes.c.version + 1)


def _read_outgoing(connection: Connection, statement: Select[Any]) -> list[OutgoingIntegration]:
    found = (from_row(row) for row in connection.execute(statement))
    return [one for one in found if isinstance(one, OutgoingIntegration)]
