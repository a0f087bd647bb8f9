"""What a shell is told when somebody presses Tab."""

import pytest
from click.shell_completion import ShellComplete
from flask import Flask


@pytest.mark.parametrize(
    ("given", "begun", "completed"),
    [
        ([], "re", {"recover", "remove", "replay"}),
        (["db"], "", {"upgrade"}),
        (["history", "x", "--outcome"], "fa", {"failed"}),
        (["list", "--type"], "", {"incoming", "outgoing"}),
        (["apply", "f"], "--p", {"--prune"}),
    ],
    ids=["command", "group", "outcome", "type", "option"],
)
def test_commands_options_and_values_are_completed(
    app: Flask, given: list[str], begun: str, completed: set[str]
) -> None:
    shell = ShellComplete(app.cli, {}, "flask", "_FLASK_COMPLETE")

    found = shell.get_completions(["integrations", *given], begun)

    assert {one.value for one in found} == completed
