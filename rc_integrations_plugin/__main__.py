"""`python -m rc_integrations_plugin script ...`: commands for scripts, without a chat server."""

import click

from rc_integrations_plugin.script_commands import script


@click.group()
def main() -> None:
    """Tools for integrations that need no chat server."""


main.add_command(script)

if __name__ == "__main__":
    main(prog_name="python -m rc_integrations_plugin")
