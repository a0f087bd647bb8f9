"""The command line of `python -m host_stub`."""

from pathlib import Path

import click

from host_stub.demo.errors import DemoBroke
from host_stub.demo.launcher import Options, run_demo

_PASSWORD_LIMIT = 200


@click.group()
def main() -> None:
    """A small chat server that shows what the integrations plugin does."""


def _checked_password(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    if value is not None and (not value.strip() or len(value) > _PASSWORD_LIMIT):
        raise click.BadParameter(f"give 1 to {_PASSWORD_LIMIT} characters, not only blanks")
    if value is not None and not value.isprintable():
        raise click.BadParameter("it holds a character that cannot be printed")
    return value


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=3000,
    show_default=True,
    help="0: any free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Folder that keeps everything; made if it is missing.",
)
@click.option("--reset", is_flag=True, help="Delete what an earlier demo left in the folder first.")
@click.option(
    "--admin-password",
    callback=_checked_password,
    help="Set admin's password; otherwise one is made up at the first start and kept.",
)
def demo(*, port: int, host: str, data: Path, reset: bool, admin_password: str | None) -> None:
    """Start a chat server with the plugin, a worker and Redis; Ctrl-C stops it all.

    Exit status: 0 when stopped by Ctrl-C or SIGTERM, 2 when it can't start as asked (the line says
    what to change), 1 when a part of it fails.
    """
    options = Options(port=port, host=host, data=data, reset=reset, admin_password=admin_password)
    try:
        run_demo(options, tell=click.echo)
    except OSError as error:  # a full disk, a log file of somebody else, ...
        raise DemoBroke(str(error)) from error
