"""A stub host with the plugin in it, on a SQLite file of its own, for every test that asks."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rc_integrations_plugin.outgoing.dispatch import EXTENSION as DISPATCHER, Dispatcher
from rc_integrations_plugin.services import EXTENSION, Services
from tests.fakes import RecordingWakeUp, ScriptedRunner
from tests.listening import listen_again
from tests.routes import keep_compiled_routes

if TYPE_CHECKING:
    from host_stub.adapter import ChatHost


SLOW_FIRST = ("browser", "integration", "security", "compat")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes longest first, so that no process is busy when the others are done.

    Each file's tests run in one process, and all browser tests do: one browser takes a processor.
    """
    items.sort(key=_turn_of)
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent)
        name = "browser" if folder.parts[0] == "browser" else folder.as_posix()
        item.add_marker(pytest.mark.xdist_group(name))


def _turn_of(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)


@pytest.fixture(scope="session", autouse=True)
def _routes_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        keep_compiled_routes(patch)
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them: copying it is faster than making it."""
    return _fill(tmp_path_factory.mktemp("empty") / "chat.db", lambda _: None)


@pytest.fixture(scope="session")
def stage_database(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The file of a server with the people and rooms of `tests.hooks.Stage`."""
    from tests.hooks import Stage  # noqa: PLC0415

    path = tmp_path_factory.mktemp("stage") / "chat.db"
    shutil.copyfile(empty_database, path)
    return _fill(path, lambda app: Stage(app, ScriptedRunner()).fill())


@pytest.fixture(scope="session")
def server_database(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The file of a server with the people and rooms of `tests.callers.Server`."""
    from tests.callers import Server  # noqa: PLC0415

    path = tmp_path_factory.mktemp("server") / "chat.db"
    shutil.copyfile(empty_database, path)
    return _fill(path, lambda app: Server(app).fill())


def _fill(path: Path, fill: Callable[[Flask], None]) -> Path:
    from host_stub.app import create_app  # noqa: PLC0415 tests of rules need no server

    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"})
    fill(app)
    services: Services = app.extensions[EXTENSION]
    services.scripts.close()
    services.sender.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    return path


@pytest.fixture
def config(tmp_path: Path, empty_database: Path) -> dict[str, Any]:
    """What the stub is configured with; a test module may override it."""
    path = tmp_path / "chat.db"
    shutil.copyfile(empty_database, path)
    return {"TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"}


@pytest.fixture
def scripted() -> ScriptedRunner:
    """The fake script runner that `app` uses, unless the test asks for `real_scripts`."""
    return ScriptedRunner()


@pytest.fixture
def wake_up() -> RecordingWakeUp:
    """Counts who is woken by `app`, which wakes nobody."""
    return RecordingWakeUp()


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    config: dict[str, Any],
    scripted: ScriptedRunner,
    wake_up: RecordingWakeUp,
) -> Iterator[Flask]:
    """The stub host with the plugin; `@pytest.mark.real_scripts` leaves it its real scripts."""
    from host_stub.app import create_app  # noqa: PLC0415

    app = create_app(config)
    services: Services = app.extensions[EXTENSION]
    fakes: dict[str, Any] = {"wake_up": wake_up}
    if request.node.get_closest_marker("real_scripts") is None:
        fakes["scripts"] = scripted
    app.extensions[EXTENSION] = dataclasses.replace(services, **fakes)
    listen_again(app)
    dispatcher = Dispatcher(app.extensions[EXTENSION])
    app.extensions[DISPATCHER] = dispatcher
    yield app
    dispatcher.close()
    services.scripts.close()
    services.sender.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def app_context(app: Flask) -> Iterator[None]:
    """For a test that calls the host or the stores itself.

    Requests of `client` then share it, with its database session and `flask.g`: where that
    matters, use `with app.app_context():` around the direct calls instead.
    """
    with app.app_context():
        yield


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def host(services: Services) -> "ChatHost":
    from host_stub.adapter import ChatHost  # noqa: PLC0415

    assert isinstance(services.host, ChatHost)
    return services.host


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
