"""docs/commands.md names all commands."""

from pathlib import Path

import click

from rc_integrations_plugin.cli import integrations

DOCS = Path(__file__).parents[3] / "docs" / "commands.md"


def test_each_command_has_its_heading() -> None:
    text = DOCS.read_text()
    headings = {line.lstrip("# ") for line in text.splitlines() if line.startswith("## ")}
    told = {word.strip() for heading in headings for word in heading.split(" and ")}

    names = {
        f"{name} {inner}" if isinstance(command, click.Group) else name
        for name, command in integrations.commands.items()
        for inner in (command.commands if isinstance(command, click.Group) else [""])
        if name != "script"
    }
    assert names <= told


def test_each_option_that_is_shown_has_a_help_text() -> None:
    silent = [
        f"{name} {option.name}"
        for name, command in integrations.commands.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert silent == []
