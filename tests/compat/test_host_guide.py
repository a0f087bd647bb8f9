"""The guide for authors of chat servers is true: its code runs, and its headings are there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pluggy
import pytest
from flask import Flask

from rc_integrations_plugin.host import port
from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED
from rc_integrations_plugin.integrations.permissions import DEFAULT_ROLES
from rc_integrations_plugin.services import EXTENSION, Services
from rc_integrations_plugin.testing import CHECKS, HostConformance, World

GUIDE = (Path(__file__).parents[2] / "docs" / "host.md").read_text()
HEADINGS = {
    re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
    for heading in re.findall(
        r"^#+ (.+)$", re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL), re.MULTILINE
    )
}


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """The Python of the guide, run in one module."""
    module: dict[str, Any] = {"__name__": "our_chat"}
    source = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL))
    exec(compile(source, "docs/host.md", "exec"), module)  # noqa: S102 - our own documentation
    return module


@pytest.fixture(scope="module")
def app(example: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    database = tmp_path_factory.mktemp("guide") / "chat.db"
    app: Flask = example["create_app"](f"sqlite:///{database}")
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture(scope="module")
def world(example: dict[str, Any], app: Flask) -> World:
    world: World = example["OurWorld"](app)
    return world


class TestExample(HostConformance):
    """The adapter that the guide shows."""


def test_the_loader_of_the_guide_installs_the_plugin(
    example: dict[str, Any], world: World, tmp_path: Path
) -> None:
    app: Flask = example["create_app"](f"sqlite:///{tmp_path / 'chat.db'}")

    plugins: pluggy.PluginManager = example["load_plugins"](app, world.host)

    services: Services = app.extensions[EXTENSION]
    assert services.host is world.host
    assert "integrations" in app.cli.commands
    assert plugins.list_name_plugin()
    services.scripts.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("anchor", sorted({check.anchor for check in CHECKS}))
def test_each_check_points_to_a_heading(anchor: str) -> None:
    assert anchor in HEADINGS


@pytest.mark.parametrize("name", [name for name in vars(port.Host) if not name.startswith("_")])
def test_each_member_of_the_host_has_its_heading(name: str) -> None:
    assert f"\n### `{name}`\n" in GUIDE


@pytest.mark.parametrize("owner", [port.User, port.Room, port.Message, port.Refusal])
def test_each_property_is_in_the_table_of_its_object(owner: type) -> None:
    section = GUIDE.split(f"\n### {owner.__name__}\n")[1].split("\n#")[0]

    for name in vars(owner):
        assert name.startswith("_") or f"`{name}`" in section


@pytest.mark.parametrize("name", [*SIGNALS, USER_DELETED])
def test_each_signal_has_its_heading(name: str) -> None:
    assert f"\n### `{name}`\n" in GUIDE


@pytest.mark.parametrize("name", [*port.Capability, *DEFAULT_ROLES])
def test_each_capability_and_permission_has_its_row(name: str) -> None:
    assert f"\n| `{name}` |" in GUIDE


def test_links_inside_the_guide_lead_somewhere() -> None:
    links = set(re.findall(r"\]\(#([\w-]+)\)", GUIDE))

    assert links <= HEADINGS
