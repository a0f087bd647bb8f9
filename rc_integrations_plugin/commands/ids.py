"""Ids of integrations as arguments of commands, which the shell completes."""

import contextlib
from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from rc_integrations_plugin.commands.acting import read_actor
from rc_integrations_plugin.commands.output import printable
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.services import current_services
from rc_integrations_plugin.storage.integrations import IntegrationFilter

_MOST = 1000
"""The newest; nobody reads more names than that."""


class IntegrationId(click.ParamType[str]):
    """The id of an integration; the shell is told those that the one who acts may manage."""

    name = "id"

    def __init__(self, kind: IntegrationType | None = None) -> None:
        self.kind = kind

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 click's way
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the ids that begin so, each with its name; none where that cannot be known."""
        # nobody could read an error in the middle of his line
        with contextlib.suppress(IntegrationsError, SQLAlchemyError, click.ClickException):
            app = ctx.ensure_object(ScriptInfo).load_app()
            with app.app_context():
                return list(self._find(ctx, incomplete))
        return []

    def _find(self, ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
        actor = read_actor(current_services(), ctx.params.get("acting_user"))
        wanted = IntegrationFilter(type=self.kind, made_by=actor.made_by)
        found, _total = actor.services.integrations.page(wanted, offset=0, count=_MOST)
        for one in found:
            if one.id.startswith(incomplete):
                yield CompletionItem(one.id, help=printable(one.name))


ANY = IntegrationId()
INCOMING = IntegrationId(IntegrationType.INCOMING)
OUTGOING = IntegrationId(IntegrationType.OUTGOING)
