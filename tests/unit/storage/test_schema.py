import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.pool import StaticPool

from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.storage import schema
from rc_integrations_plugin.storage.calls import CallFilter, CallStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.tables import metadata
from tests.factories import (
    make_attempt,
    make_call,
    make_delivery,
    make_incoming,
    make_outgoing,
)

INTEGRATIONS = "rc_integrations"


def migrate(engine: Engine, move: Callable[[Config, str], None], revision: str) -> None:
    """Move the tables to a revision, by Alembic's own means."""
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        location = Path(schema.__file__).parent / "migrations"
        config.set_main_option("script_location", str(location))
        move(config, revision)


def differences(engine: Engine) -> list[object]:
    options = {
        "version_table": schema.VERSION_TABLE,
        "include_name": lambda name, kind, parents: kind != "table" or name in metadata.tables,
    }
    with engine.connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        )


def test_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    assert differences(engine) == []


def test_the_newest_revision_is_the_one_that_the_code_needs() -> None:
    folder = Path(schema.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))

    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_a_revision_can_be_taken_back_and_made_again(engine: Engine) -> None:
    kept = make_incoming(script="class Script {}", channels=("#ünïcode",))
    IntegrationStore(engine).add(kept)
    IntegrationStore(engine).add(make_outgoing())
    CallStore(engine).add(make_call(integration_id=kept.id))
    migrate(engine, command.downgrade, "0001")
    with engine.connect() as connection:
        old_columns = {column["name"] for column in inspect(connection).get_columns(INTEGRATIONS)}
        old_rows = connection.execute(text("SELECT id FROM rc_integrations")).all()
        old_tables = set(inspect(connection).get_table_names())

    schema.upgrade(engine)

    assert old_columns.isdisjoint({"channel_ids", "outgoing", "disabled_reason"})
    assert [row.id for row in old_rows] == [kept.id]
    assert {name for name in old_tables if name in metadata.tables} == {
        "rc_integrations",
        "rc_integration_calls",
    }
    assert differences(engine) == []
    # it may have been about other rooms until it was last changed
    expected = dataclasses.replace(kept, rooms_since=kept.updated_at)
    assert IntegrationStore(engine).find(kept.id) == expected
    assert IntegrationStore(engine).version() == 1
    calls, _ = CallStore(engine).page(CallFilter(integration_id=kept.id), offset=0, count=9)
    assert len(calls) == 1


def test_the_history_from_before_messages_were_kept_has_none(engine: Engine) -> None:
    call, delivery = make_call(message={"text": "Hello"}), make_delivery()
    attempt = make_attempt(delivery, messages={"answer": {"text": "Hello"}})
    CallStore(engine).add(call)
    DeliveryStore(engine).open([delivery], attempts=[attempt])
    migrate(engine, command.downgrade, "0005")

    schema.upgrade(engine)

    found = CallStore(engine).find(call.integration_id, call.id)
    assert found == dataclasses.replace(call, message=None)
    assert DeliveryStore(engine).find_attempt(attempt.integration_id, attempt.id) == (
        dataclasses.replace(attempt, messages=None),
        delivery,
    )


def test_current_tables_are_left_alone(engine: Engine) -> None:
    integration = make_incoming()
    IntegrationStore(engine).add(integration)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    schema.upgrade(engine)

    assert IntegrationStore(engine).find(integration.id) == integration
    assert [
        statement for statement in statements if not statement.startswith(("SELECT", "PRAGMA"))
    ] == []


def test_the_hosts_tables_and_its_own_alembic_stay_as_they_were(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('host-1')"))
        connection.execute(text("CREATE TABLE users (id INTEGER)"))

    schema.upgrade(empty_engine)

    host_tables = MetaData()
    host_tables.reflect(empty_engine, only=["alembic_version", "users"])
    with empty_engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "host-1"
    assert set(inspect(empty_engine).get_table_names()) == {
        "alembic_version",
        "users",
        *metadata.tables,
        "rc_integrations_version",
    }


def test_many_threads_may_upgrade_at_once(address: str) -> None:
    engines = [create_engine(address) for _ in range(6)]

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(schema.upgrade, engines))

    assert differences(engines[0]) == []
    for engine in engines:
        engine.dispose()


def test_tables_of_a_newer_release_stop_the_start(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE rc_integrations_version SET version_num = '9999'"))

    with pytest.raises(SettingsError, match="newer release") as caught:
        schema.upgrade(engine)

    assert "9999" in caught.value.reason


def test_no_connection_is_left_for_forked_servers_to_share(empty_engine: Engine) -> None:
    opened: list[object] = []
    closed: list[object] = []
    event.listen(empty_engine, "connect", lambda connection, record: opened.append(connection))
    event.listen(empty_engine, "close_detached", closed.append)

    schema.upgrade(empty_engine)

    assert opened
    assert closed == opened


def test_a_database_in_memory_keeps_its_tables() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)

    schema.upgrade(engine)

    integration = make_incoming()
    IntegrationStore(engine).add(integration)
    assert IntegrationStore(engine).find(integration.id) == integration
    engine.dispose()
