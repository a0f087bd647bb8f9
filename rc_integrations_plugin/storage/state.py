"""What whoever runs the server wants to know of the database: its version, and what waits in it."""

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, exists, func, inspect, or_, select, text

from rc_integrations_plugin.storage import schema
from rc_integrations_plugin.storage.tables import attempts, calls, deliveries, integrations


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Deliveries that are not finished."""

    all: int
    due: int
    """Those that a worker should have taken already."""
    oldest_due_at: datetime | None


class StateStore:
    """Reads, and brings up to date, what the stores build on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def database(self) -> str:
        """What kind of database it is, in SQLAlchemy's words."""
        return self._engine.dialect.name

    def version(self) -> str | None:
        """Return the version of the tables; None where there are none yet."""
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(schema.VERSION_TABLE):
                return None
            found: str | None = connection.scalar(
                text(f"SELECT version_num FROM {schema.VERSION_TABLE}")  # noqa: S608 a constant
            )
            return found

    def upgrade(self) -> None:
        """Make or change the tables, where they are not current."""
        schema.upgrade(self._engine)

    def time(self) -> datetime:
        """Return what time it is for the database."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(func.current_timestamp()))
        moment = datetime.fromisoformat(found) if isinstance(found, str) else found
        if moment is None or moment.tzinfo is None:
            moment = (moment or datetime.now(UTC)).replace(tzinfo=UTC)
        return moment.astimezone(UTC)

    def waiting(self, now: datetime) -> Waiting:
        """Return how much is left to deliver."""
        is_waiting = deliveries.c.due_at.is_not(None)
        count = select(func.count()).select_from(deliveries)
        with self._engine.connect() as connection:
            return Waiting(
                all=connection.scalar(count.where(is_waiting)) or 0,
                due=connection.scalar(count.where(deliveries.c.due_at <= now)) or 0,
                oldest_due_at=connection.scalar(
                    select(func.min(deliveries.c.due_at)).where(is_waiting)
                ),
            )

    def replayed_attempts(self, integration_id: str) -> AbstractSet[str]:
        """Return the ids of an integration's attempts that were made again, or shall be."""
        statement = select(deliveries.c.replay).where(
            deliveries.c.integration_id == integration_id, deliveries.c.replay.is_not(None)
        )
        with self._engine.connect() as connection:
            found = [json.loads(one) for one in connection.scalars(statement) if one]
        return {one["attempt_id"] for one in found if isinstance(one, dict)}

    def active_since(self, moment: datetime) -> AbstractSet[str]:
        """Return the ids of the integrations whose history has something since then."""
        called = exists().where(
            calls.c.integration_id == integrations.c.id, calls.c.called_at >= moment
        )
        tried = exists().where(
            attempts.c.integration_id == integrations.c.id, attempts.c.started_at >= moment
        )
        with self._engine.connect() as connection:
            return set(connection.scalars(select(integrations.c.id).where(or_(called, tried))))
