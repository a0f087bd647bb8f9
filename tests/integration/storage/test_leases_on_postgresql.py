"""The tests of tests/unit/storage/test_leases.py, on PostgreSQL, and what it alone can do."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from rc_integrations_plugin.integrations.deliveries import Posted
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from tests.unit.storage.test_leases import *  # noqa: F403 -- all of them
from tests.unit.storage.test_leases import SOON, ids, lease, open_many, run_all

pytestmark = pytest.mark.integration


@pytest.fixture
def strict(engine: Engine, address: str) -> Iterator[Engine]:
    """An engine as a host may have it: transactions see the database as it was at their begin."""
    found = create_engine(address, isolation_level="REPEATABLE READ")
    yield found
    found.dispose()


def test_strict_hosts_workers_keep_to_the_limit_together(engine: Engine, strict: Engine) -> None:
    open_many(DeliveryStore(engine), a=50)
    stores = [DeliveryStore(strict) for _ in range(4)]

    shares = run_all([partial(lease, one, per_integration=5) for one in stores])

    assert sum(len(share) for share in shares) == 5


def test_a_row_that_somebody_is_busy_with_is_not_waited_for(engine: Engine) -> None:
    store = DeliveryStore(engine)
    open_many(store, a=3)
    slow, *_ = lease(store, lease="slow", lease_seconds=30)
    later = SOON + timedelta(hours=1)

    with Session(engine) as session:
        store.mark_posted(slow, Posted.ANSWER, session=session)
        others = lease(store, now=later, lease="quick")
        session.commit()
    rest = lease(store, now=later)

    assert ids(others) == ["a1", "a2"]
    assert ids(rest) == ["a0"]
    assert rest[0].posted is Posted.ANSWER
