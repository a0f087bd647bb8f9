"""Why a demo does not start, or ends: one line for its user, and the exit code."""

import click


class CannotStart(click.ClickException):
    """What was asked for cannot be had; the user changes something and tries again."""

    exit_code = 2


class DemoBroke(click.ClickException):
    """A part of the demo failed, at the start or later."""

    exit_code = 1
