"""The hooks that a plugin of this chat server may implement.

A plugin is a module named by an entry point of the group `chat_host.plugins`; it marks its
functions with its own `pluggy.HookimplMarker("chat_host")`. What happens in the chat is told by
the blinker signals of `host.signals` (see `signals.py`), not by hooks.
"""

from collections.abc import Iterable, Mapping, Sequence

import click
import pluggy
from flask import Flask

from host_stub.models.users import User

PROJECT = "chat_host"
GROUP = "chat_host.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def chat_host_startup(app: Flask, host: object) -> None:
    """Install the plugin: register blueprints, connect signals.

    Called once for each app, inside its app context, when the database can be used and before the
    first request. `host` is the `host_stub.adapter.ChatHost` of the app.
    """


@hookspec
def chat_host_commands(cli_group: click.Group) -> None:
    """Add command groups to the `flask` command line."""


@hookspec
def chat_host_permissions() -> Mapping[str, Sequence[str]]:  # type: ignore[empty-body]
    """Return the permissions that the plugin checks, each with the roles that have it at first.

    Administrators may change the roles later; a permission that is stored already stays as it is.
    """


@hookspec
def chat_host_menu_links(user: User) -> Iterable[tuple[str, str]]:  # type: ignore[empty-body]
    """Return (label, path) of pages to link from the menu, for this user."""
