"""`db upgrade`: the plugin's tables."""

import click
from flask.cli import with_appcontext

from rc_integrations_plugin.commands.acting import clear_errors
from rc_integrations_plugin.commands.output import print_json
from rc_integrations_plugin.services import current_services


@click.group()
def db() -> None:
    """The plugin's tables in the database."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def upgrade(*, as_json: bool) -> None:
    """Make or change the tables as this release needs them; nothing happens where they are.

    For servers with RC_INTEGRATIONS_AUTO_MIGRATE = False: others do it whenever they start.
    """
    with clear_errors():
        state = current_services().state
        before = state.version()
        state.upgrade()
        after = state.version()
    if as_json:
        print_json({"before": before, "after": after})
    elif before == after:
        click.echo(f"The tables are at version {after} already")
    else:
        click.echo(f"The tables went from version {before or 'none'} to {after}")
