"""What came of attempts, as rows: the attempts themselves, and what becomes of their deliveries."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, bindparam, case, update
from sqlalchemy.dialects import postgresql, sqlite

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome, DeliveryResult
from rc_integrations_plugin.storage.delivery_rows import attempt_row
from rc_integrations_plugin.storage.tables import attempts, deliveries

IS_LEASED_SO: ColumnElement[bool] = (deliveries.c.id == bindparam("its_id")) & (
    deliveries.c.lease == bindparam("its_lease")
)
"""It has this id, and still this lease."""
_FINISH = (
    update(deliveries)
    .where(IS_LEASED_SO)
    .values(
        attempts=bindparam("now_attempts"),
        due_at=bindparam("now_due_at"),
        lease=None,
        # where nothing came of the attempt, what it has posted stays posted
        posted=case(
            (bindparam("its_attempt_counts", type_=Boolean), None), else_=deliveries.c.posted
        ),
        outcome=bindparam("now_outcome"),
        finished_at=bindparam("now_finished_at"),
    )
)


def store_results(
    connection: Connection, results: Sequence[DeliveryResult], *, now: datetime
) -> None:
    """Store what came of attempts; of a delivery that somebody else has by now, only the attempt.

    Storing the same results once more changes nothing.
    """
    made = [attempt_row(one.attempt) for one in results if one.attempt is not None]
    if made:
        connection.execute(_insert_new_attempts(connection.dialect.name), made)
    connection.execute(_FINISH, [_finish_row(result, now) for result in results])


@cache
def _insert_new_attempts(dialect: str) -> Any:
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(attempts).on_conflict_do_nothing()


def _finish_row(result: DeliveryResult, now: datetime) -> dict[str, Any]:
    delivery = result.delivery
    is_finished = result.next_attempt_at is None
    outcome = DeliveryOutcome.STOPPED if result.attempt is None else result.attempt.outcome
    return {
        "its_id": delivery.id,
        "its_lease": delivery.lease,
        "its_attempt_counts": result.counts,
        "now_attempts": delivery.attempts + result.counts,
        "now_due_at": result.next_attempt_at,
        "now_outcome": outcome.value if is_finished else None,
        "now_finished_at": now if is_finished else None,
    }
