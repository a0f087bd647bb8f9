from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

from host_stub import hookspecs, plugins
from host_stub.settings import StubSettings

hookimpl = pluggy.HookimplMarker("chat_host")


def test_a_plugin_may_implement_every_hook() -> None:
    names = [name for name in vars(hookspecs) if name.startswith("chat_host_")]
    manager = plugins.get_plugin_manager(load_installed=False)

    assert sorted(names) == [
        "chat_host_commands",
        "chat_host_menu_links",
        "chat_host_permissions",
        "chat_host_startup",
    ]
    assert all(getattr(manager.hook, name).spec for name in names)


def test_a_misspelt_hook_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    @hookimpl
    def chat_host_startupp(app: Any) -> None: ...

    def install(manager: pluggy.PluginManager, _group: str) -> None:
        manager.register(SimpleNamespace(chat_host_startupp=chat_host_startupp))

    monkeypatch.setattr(pluggy.PluginManager, "load_setuptools_entrypoints", install)

    with pytest.raises(pluggy.PluginValidationError, match="chat_host_startupp"):
        plugins.get_plugin_manager(load_installed=True)


def test_settings_are_read_by_their_prefix() -> None:
    settings = StubSettings.from_mapping(
        {"HOST_STUB_SITE_URL": "https://chat.test/", "HOST_STUB_MESSAGE_SIZE": 10, "OTHER": 1}
    )

    assert (settings.site_url, settings.message_size) == ("https://chat.test", 10)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"HOST_STUB_SIDE_URL": "x"}, "Unknown setting HOST_STUB_SIDE_URL"),
        ({"HOST_STUB_MESSAGE_SIZE": "10"}, "HOST_STUB_MESSAGE_SIZE must be of type int"),
        ({"HOST_STUB_LOAD_PLUGINS": 1}, "HOST_STUB_LOAD_PLUGINS must be of type bool"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(
    config: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        StubSettings.from_mapping(config)
