"""Ids of integrations and of what they did as arguments of commands, which the shell completes."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime

import click
from click.shell_completion import CompletionItem
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from rc_integrations_plugin.commands.acting import Actor, read_actor
from rc_integrations_plugin.commands.output import printable, short_time
from rc_integrations_plugin.errors import IntegrationsError
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.listing import list_history
from rc_integrations_plugin.schemas.queries import HistoryQuery, Paging
from rc_integrations_plugin.services import current_services
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter

_MOST = 1000
"""The newest; nobody reads more names than that."""
_MOST_LINES = 100


class _Id(click.ParamType[str], ABC):
    """An id; the shell is told those of what the one who acts may see."""

    name = "id"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 click's way
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the ids that begin so, each with words; none where that cannot be known."""
        # nobody could read an error in the middle of his line
        with contextlib.suppress(IntegrationsError, SQLAlchemyError, click.ClickException):
            app = ctx.ensure_object(ScriptInfo).load_app()
            with app.app_context():
                actor = read_actor(current_services(), ctx.params.get("acting_user"))
                return [
                    CompletionItem(found, help=printable(words))
                    for found, words in self._find(actor, ctx)
                    if found.startswith(incomplete)
                ]
        return []

    @abstractmethod
    def _find(self, actor: Actor, ctx: click.Context) -> Iterator[tuple[str, str]]:
        """Yield ids and words that tell people which is which."""


class IntegrationId(_Id):
    """The id of an integration, with its name."""

    def __init__(self, kind: IntegrationType | None = None) -> None:
        self.kind = kind

    def _find(
        self,
        actor: Actor,
        ctx: click.Context,  # noqa: ARG002 as of the others
    ) -> Iterator[tuple[str, str]]:
        wanted = IntegrationFilter(type=self.kind, made_by=actor.made_by)
        found, _total = actor.services.integrations.page(wanted, offset=0, count=_MOST)
        for one in found:
            yield one.id, shown_name(one.name)


class HistoryId(_Id):
    """The id of a line of the history of the integration that stands before, with when and how."""

    def _find(self, actor: Actor, ctx: click.Context) -> Iterator[tuple[str, str]]:
        # click has not sorted arguments where an option still lacks its value
        integration_id = ctx.params.get("integration_id") or next(iter(ctx.args), "")
        paging = Paging(offset=0, count=_MOST_LINES, sort=())
        query = HistoryQuery(paging, integration_id, None)
        found, _total = list_history(actor.services, actor.user, query)
        for one in found:
            at = short_time(datetime.fromisoformat(one["_createdAt"]))
            yield one["_id"], f"{at} {one['outcome']}"


ANY = IntegrationId()
INCOMING = IntegrationId(IntegrationType.INCOMING)
OUTGOING = IntegrationId(IntegrationType.OUTGOING)
HISTORY = HistoryId()
