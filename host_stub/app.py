"""Builds the chat server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from host_stub.adapter import ChatHost
from host_stub.api.blueprint import register_api
from host_stub.chat.permissions import DEFAULT_PERMISSIONS, seed_permissions
from host_stub.chat.server import EXTENSION, Chat
from host_stub.database import connect_database, db, schema_lock
from host_stub.plugins import PLUGINS, get_plugin_manager
from host_stub.settings import StubSettings
from host_stub.web.pages import register_pages


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the whole server, with its plugins installed and its tables made.

    Settings come from `config` and from environment variables with the prefix `FLASK_`
    (`FLASK_HOST_STUB_SITE_URL`, `FLASK_SQLALCHEMY_DATABASE_URI`); `config` wins.
    """
    app = Flask("host_stub", static_folder=None, template_folder=None)
    app.config.from_prefixed_env()
    app.config.from_mapping(config or {})
    settings = StubSettings.from_mapping(app.config)
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_bytes + settings.body_bytes
    connect_database(app, data=Path(settings.data))
    host = ChatHost(Chat(settings=settings))
    app.extensions[EXTENSION] = host.chat
    register_api(app)
    register_pages(app, most_listeners=settings.stream_listeners)
    _install_plugins(app, host)
    return app


def _install_plugins(app: Flask, host: ChatHost) -> None:
    plugins = get_plugin_manager(load_installed=host.chat.settings.load_plugins)
    app.extensions[PLUGINS] = plugins
    permissions = dict(DEFAULT_PERMISSIONS)
    for more in plugins.hook.chat_host_permissions():
        permissions = {**more, **permissions}
    plugins.hook.chat_host_commands(cli_group=app.cli)
    with app.app_context():
        with host.chat.transaction() as session:
            schema_lock(session.connection())
            seed_permissions(session, permissions)
        plugins.hook.chat_host_startup(app=app, host=host)
        db.session.remove()
        db.engine.dispose()
