"""Finds the plugins and checks that their hooks exist."""

import pluggy

from host_stub import hookspecs

PLUGINS = "host_stub_plugins"
"""Where `app.extensions` keeps the pluggy manager."""


def get_plugin_manager(*, load_installed: bool) -> pluggy.PluginManager:
    """Return a manager that knows the hooks and, if asked, every installed plugin.

    Raises:
        pluggy.PluginValidationError: a plugin implements a hook that does not exist, or with
            arguments that do not.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    if load_installed:
        manager.load_setuptools_entrypoints(hookspecs.GROUP)
    # a wrong argument is found by register(), a misspelt hook only here
    manager.check_pending()
    return manager
