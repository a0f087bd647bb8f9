import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine

from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.outgoing.index_cache import IndexCache
from rc_integrations_plugin.outgoing.matching import ListenerIndex
from rc_integrations_plugin.storage import schema
from rc_integrations_plugin.storage.integrations import IntegrationStore
from tests.factories import make_incoming, make_outgoing


class CountingStore(IntegrationStore):
    """Counts how often all integrations are read."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.reads = 0

    def enabled_outgoing(
        self, connection: Connection | None = None
    ) -> Sequence[OutgoingIntegration]:
        self.reads += 1
        return super().enabled_outgoing(connection)


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'plugin.db'}"


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    schema.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> CountingStore:
    return CountingStore(engine)


@pytest.fixture
def cache(store: CountingStore) -> IndexCache:
    return IndexCache(store)


@pytest.fixture
def elsewhere(address: str, engine: Engine) -> Iterator[IntegrationStore]:
    """The same database, as another process has it."""
    other = create_engine(address)
    yield IntegrationStore(other)
    other.dispose()


def names(index: ListenerIndex) -> list[str]:
    return [integration.name for integration in index.integrations]


def test_integrations_are_read_once_for_many_events(
    store: CountingStore, cache: IndexCache
) -> None:
    store.add(make_outgoing(name="a"))
    store.add(make_incoming(name="in"))
    store.add(make_outgoing(name="off", enabled=False))

    assert [names(cache.load()) for _ in range(5)] == [["a"]] * 5
    assert store.reads == 1


def test_an_empty_table_is_read_once_too(store: CountingStore, cache: IndexCache) -> None:
    assert [names(cache.load()) for _ in range(3)] == [[], [], []]
    assert store.reads <= 1


def test_what_another_process_changes_counts_with_the_next_event(
    store: CountingStore, cache: IndexCache, elsewhere: IntegrationStore
) -> None:
    cache.load()

    made = make_outgoing(name="a")
    elsewhere.add(made)
    assert names(cache.load()) == ["a"]
    elsewhere.replace(made, changed := make_outgoing(id=made.id, name="b"))
    assert names(cache.load()) == ["b"]
    elsewhere.disable(changed.id, "why not")
    assert names(cache.load()) == []
    elsewhere.add(make_outgoing(id="c", name="c"))
    elsewhere.add(make_outgoing(id="d", name="d"))
    assert names(cache.load()) == ["c", "d"]
    elsewhere.remove("c")
    assert names(cache.load()) == ["d"]
    assert store.reads <= 6


def test_the_rows_are_read_on_the_connection_that_is_given(
    engine: Engine, store: CountingStore, cache: IndexCache
) -> None:
    seen: list[object] = []
    read = store.enabled_outgoing

    def spy(connection: Connection | None = None) -> Sequence[OutgoingIntegration]:
        seen.append(connection)
        return read(connection)

    store.enabled_outgoing = spy  # type: ignore[method-assign]
    store.add(make_outgoing())
    with engine.connect() as connection:
        cache.load(connection)

        assert seen == [connection]


def test_what_a_transaction_changed_itself_is_seen_there_only(
    engine: Engine, store: CountingStore, cache: IndexCache
) -> None:
    store.add(make_outgoing(name="a", user_id="ann"))
    assert names(cache.load()) == ["a"]

    with engine.connect() as connection:
        store.disable_all_of_user("ann", "gone", session=_SessionOf(connection))
        assert names(cache.load(connection, keep=False)) == []
        assert names(cache.load()) == ["a"]
        connection.rollback()

    assert names(cache.load()) == ["a"]


def test_a_transaction_that_sees_the_past_does_not_bring_it_back(
    store: CountingStore, cache: IndexCache
) -> None:
    store.add(make_outgoing(name="a"))
    cache.load()
    store.version = lambda connection=None: 0  # type: ignore[method-assign]

    assert names(cache.load()) == ["a"]
    assert store.reads == 1


def test_threads_that_come_together_read_once(store: CountingStore, cache: IndexCache) -> None:
    store.add(make_outgoing(name="a"))
    start = threading.Barrier(8)

    def load(_number: int) -> list[str]:
        start.wait(10)
        return names(cache.load())

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(load, range(8))) == [["a"]] * 8
    assert store.reads == 1


def test_a_change_while_the_rows_are_read_is_not_missed(
    store: CountingStore, cache: IndexCache, elsewhere: IntegrationStore
) -> None:
    read = store.enabled_outgoing

    def read_slowly(connection: Connection | None = None) -> Sequence[OutgoingIntegration]:
        found = read(connection)
        if store.reads == 1:
            elsewhere.add(make_outgoing(name="late"))
        return found

    store.enabled_outgoing = read_slowly  # type: ignore[method-assign]
    store.add(make_outgoing(name="a"))

    assert names(cache.load()) == ["a"]
    assert "late" in names(cache.load())


def test_a_process_that_is_forked_while_rows_are_read_is_not_stuck(cache: IndexCache) -> None:
    with cache._building:
        child = os.fork()
        if child == 0:
            # no test must ever see this process
            os._exit(0 if cache._building.acquire(timeout=5) else 1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


class _SessionOf:
    """As much of a session as the store asks for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self) -> Any:
        return self._connection
