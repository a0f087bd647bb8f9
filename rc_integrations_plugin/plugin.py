"""The hooks that a chat server calls; start reading here."""

from typing import TYPE_CHECKING

import pluggy

from rc_integrations_plugin import wiring

if TYPE_CHECKING:
    from flask import Flask

    from rc_integrations_plugin.host.port import Host

hookimpl = pluggy.HookimplMarker("chat_host")


@hookimpl
def chat_host_startup(app: "Flask", host: "Host") -> None:
    """Install the plugin into the chat server's Flask app."""
    wiring.install(app, host)
