import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from blinker import Namespace
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.wiring import install
from tests.factories import make_incoming

if TYPE_CHECKING:
    from rc_integrations_plugin.host.port import Host


class NoHost:
    """Enough of a host to be installed into: all else is asked of it by requests."""

    signals = Namespace()


HOST = cast("Host", NoHost())
APPS: list[Flask] = []


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(app.extensions["sqlalchemy"].engine).get_table_names())


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path / "host.db")


@pytest.fixture(autouse=True)
def closed_databases() -> Iterator[None]:
    """Close the databases of all apps that a test installed into."""
    yield
    for app in APPS:
        if "sqlalchemy" in app.extensions:
            with app.app_context():
                app.extensions["sqlalchemy"].engine.dispose()
    APPS.clear()


def make_app(path: Path | None) -> Flask:
    app = Flask("host")
    if path is not None:
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path}"
    APPS.append(app)
    return app


def test_a_host_s_database_is_used_and_its_metadata_left_alone(app: Flask) -> None:
    database = SQLAlchemy(app)

    services = install(app, HOST)

    assert app.extensions["sqlalchemy"] is database
    assert database.metadata.tables == {}
    assert {"rc_integrations", "rc_integration_calls"} <= tables(app)
    integration = make_incoming()
    services.integrations.add(integration)
    assert services.integrations.find(integration.id) == integration


def test_errors_of_the_database_quote_neither_tokens_nor_scripts(app: Flask) -> None:
    database = SQLAlchemy(app)
    services = install(app, HOST)
    integration = make_incoming(script="class Script {}")
    services.integrations.add(integration)

    with pytest.raises(IntegrityError) as error:
        services.integrations.add(integration)

    assert integration.token not in str(error.value)
    assert "class Script" not in str(error.value)
    with app.app_context():
        assert database.engine.hide_parameters is False


def test_a_host_without_flask_sqlalchemy_gets_one(app: Flask) -> None:
    install(app, HOST)

    assert "rc_integrations" in tables(app)
    services: Services = app.extensions[EXTENSION]
    assert services.integrations.find("nothing") is None


def test_without_any_database_the_start_stops_in_one_line() -> None:
    with pytest.raises(SettingsError, match="SQLALCHEMY_DATABASE_URI"):
        install(make_app(None), HOST)


def test_migrations_can_be_left_to_the_operator(app: Flask) -> None:
    app.config["RC_INTEGRATIONS_AUTO_MIGRATE"] = False

    install(app, HOST)

    assert tables(app) == set()


def test_a_setting_with_a_spelling_mistake_stops_the_start(app: Flask) -> None:
    app.config["RC_INTEGRATIONS_HISTORY_DAY"] = 3

    with pytest.raises(SettingsError, match="RC_INTEGRATIONS_HISTORY_DAY"):
        install(app, HOST)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:6379", "http://127.0.0.1", "redis://:hunter2/x@127.0.0.1:6379/0"]
)
def test_an_address_that_is_not_redis_s_stops_the_start(app: Flask, url: str) -> None:
    app.config["RC_INTEGRATIONS_REDIS_URL"] = url

    with pytest.raises(SettingsError, match="RC_INTEGRATIONS_REDIS_URL") as error:
        install(app, HOST)

    assert "hunter2" not in error.value.reason


def test_an_address_of_redis_that_is_none_stops_the_start(app: Flask) -> None:
    app.config["RC_INTEGRATIONS_REDIS_URL"] = "localhost:6379"

    with pytest.raises(SettingsError, match="RC_INTEGRATIONS_REDIS_URL"):
        install(app, HOST)


def test_two_apps_in_one_process_keep_apart(tmp_path: Path) -> None:
    installed = [install(make_app(tmp_path / name), HOST) for name in ("one", "two")]
    integration = make_incoming()

    installed[0].integrations.add(integration)

    assert installed[1].integrations.find(integration.id) is None


def test_a_server_starts_without_libraries_that_most_commands_do_not_need(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from host_stub.app import create_app\n"
        f"create_app({{'HOST_STUB_DATA': {str(tmp_path)!r}}})\n"
        "print(*sorted({'aiohttp', 'alembic', 'apispec', 'limits'} & set(sys.modules)))"
    )

    # the second start finds its tables, as commands do
    for _ in range(2):
        found = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )

    assert found.stdout.split() == []
