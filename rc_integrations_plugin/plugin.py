"""The hooks that a chat server calls; start reading here."""

from typing import TYPE_CHECKING

import pluggy

from rc_integrations_plugin import cli, wiring
from rc_integrations_plugin.admin import pages
from rc_integrations_plugin.integrations.permissions import DEFAULT_ROLES
from rc_integrations_plugin.services import current_services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import click
    from flask import Flask

    from rc_integrations_plugin.host.port import Host, User

hookimpl = pluggy.HookimplMarker("chat_host")


@hookimpl
def chat_host_startup(app: "Flask", host: "Host") -> None:
    """Install the plugin into the chat server's Flask app."""
    wiring.install(app, host)


@hookimpl
def chat_host_permissions() -> "Mapping[str, Sequence[str]]":
    """Return the permissions that the plugin asks for, each with its roles at first."""
    return DEFAULT_ROLES


@hookimpl
def chat_host_commands(cli_group: "click.Group") -> None:
    """Add `integrations worker` to the chat server's command line."""
    cli_group.add_command(cli.integrations)


@hookimpl
def chat_host_menu_links(user: "User") -> "Iterable[tuple[str, str]]":
    """Return the link to the pages, for who may manage some integrations."""
    return pages.menu_links(current_services(), user)
