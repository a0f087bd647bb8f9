"""What lists of integrations tell of each one's past: when it last did something, what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Engine, Table, func, select

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.storage.tables import attempts, calls, integrations

FAILED_CALLS = frozenset(
    {
        CallOutcome.PARTLY_POSTED,
        CallOutcome.REFUSED,
        CallOutcome.SCRIPT_REFUSED,
        CallOutcome.SCRIPT_FAILED,
        CallOutcome.FAILED,
    }
)
"""Outcomes of incoming calls after which somebody may want to do something."""
FAILED_ATTEMPTS = frozenset({DeliveryOutcome.RETRYING, DeliveryOutcome.FAILED})


@dataclass(frozen=True, kw_only=True)
class Overview:
    """An integration's past in short."""

    last_at: datetime | None = None
    """When it was last called, or last called somebody."""
    last_outcome: CallOutcome | DeliveryOutcome | None = None
    failures: int = 0
    """Since the time that was asked for."""


class OverviewStore:
    """Reads the histories of many integrations at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_all(self, integration_ids: Sequence[str], *, since: datetime) -> Mapping[str, Overview]:
        """Return the past of each of these integrations, by its id.

        Args:
            integration_ids: of either type.
            since: failures before this time don't count.
        """
        ids = list(integration_ids)
        incoming = self._read(ids, calls, calls.c.called_at, CallOutcome, FAILED_CALLS, since)
        outgoing = self._read(
            ids, attempts, attempts.c.started_at, DeliveryOutcome, FAILED_ATTEMPTS, since
        )
        # an integration has rows in one of the two
        return {one: incoming.get(one) or outgoing.get(one) or Overview() for one in ids}

    def _read(
        self,
        ids: list[str],
        table: Table,
        time: Column[Any],
        outcomes: type[CallOutcome] | type[DeliveryOutcome],
        failed: frozenset[Any],
        since: datetime,
    ) -> dict[str, Overview]:
        of_this = table.c.integration_id == integrations.c.id
        # one look into the index for each integration, however long its history is
        last = [
            select(column)
            .where(of_this)
            .order_by(time.desc(), table.c.id.desc())
            .limit(1)
            .correlate(integrations)
            .scalar_subquery()
            for column in (time, table.c.outcome)
        ]
        names = [outcome.value for outcome in failed]
        failures = (
            select(func.count())
            .select_from(table)
            .where(of_this, time >= since, table.c.outcome.in_(names))
            .correlate(integrations)
            .scalar_subquery()
        )
        rows = select(integrations.c.id, *last, failures).where(integrations.c.id.in_(ids))
        with self._engine.connect() as connection:
            return {
                row[0]: Overview(last_at=row[1], last_outcome=outcomes(row[2]), failures=row[3])
                for row in connection.execute(rows)
                if row[1] is not None
            }
