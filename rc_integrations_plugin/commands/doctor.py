"""`doctor`: is the server well, and if not, what is to be done."""

import dataclasses

import click
from flask.cli import with_appcontext

from rc_integrations_plugin.commands.acting import Ended, clear_errors
from rc_integrations_plugin.commands.checks import Finding, State, find_all
from rc_integrations_plugin.commands.output import counted, print_json, print_line
from rc_integrations_plugin.services import current_services

_COLUMN = 14
_COLOURS = {State.OK: "green", State.NOTE: "yellow", State.WRONG: "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Look whether all is reachable, migrated and configured, and say what to do about it.

    Exit status 1 says that something is wrong.
    """
    with clear_errors():
        found = find_all(current_services())
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in found])
    else:
        for finding in found:
            _tell(finding)
    wrong = sum(finding.state is State.WRONG for finding in found)
    if wrong:
        raise Ended(f"{counted(wrong, 'thing')} should be mended")


def _tell(finding: Finding) -> None:
    word = click.style(f"{finding.state:<6}", fg=_COLOURS[finding.state])
    click.echo(word, nl=False)
    print_line(f"{finding.about:<{_COLUMN}} {finding.told}")
    if finding.advice:
        print_line(f"{'':<6}{'':<{_COLUMN}} -> {finding.advice}")
