"""`changes`: who changed which integration, and what."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Moment, NothingThere, managing
from rc_integrations_plugin.commands.output import print_json, print_table, short_time
from rc_integrations_plugin.integrations.audit import AuditAction, AuditEntry
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.changes import (
    ChangesQuery,
    change_document,
    differences_of,
    list_all_changes,
    list_changes_of,
)

_OF_WHOLE = {AuditAction.CREATED, AuditAction.IMPORTED, AuditAction.REMOVED}
"""They would tell each field of an integration."""
_HEAD = ("WHEN (UTC)", "WHO", "INTEGRATION", "WHAT", "BEFORE", "AFTER")


@click.command()
@click.argument("integration_id", metavar="[ID]", required=False, type=ids.ANY)
@click.option("--since", type=Moment(), help="Only what is newer: 2h, 3d, or an ISO time.")
@click.option("--by", default="", metavar="USER", help="Only what this user did.")
@click.option(
    "--count", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many."
)
@managing
def changes(
    actor: Actor,
    integration_id: str | None,
    *,
    since: datetime | None,
    by: str,
    count: int,
    as_json: bool,
) -> None:
    """List who changed an integration, or any, the newest first; secrets are in none of it.

    Exit status 3 says that there is nothing.
    """
    query = ChangesQuery(username=by, since=since, count=count)
    if integration_id is None:
        managers = {kind: actor.manager(kind) for kind in IntegrationType}
        found, _total = list_all_changes(actor.services, managers, query)
    else:
        one = actor.find(integration_id)
        found, _total = list_changes_of(actor.services, actor.manager_of(one), one, query)
    if as_json:
        print_json([change_document(entry) for entry in found])
    if not found:
        raise NothingThere("No changes found")
    if not as_json:
        rows = [row for entry in found for row in _rows(entry)]
        print_table(_HEAD, rows, cut=("INTEGRATION", "BEFORE", "AFTER"))


def _rows(entry: AuditEntry) -> Iterator[Sequence[str]]:
    """Yield a line for the change, and one for each field that it changed."""
    who = entry.by.username or entry.by.id if entry.by else "(server)"
    yield short_time(entry.at), who, shown_name(entry.name), entry.action.value, "", ""
    if entry.action not in _OF_WHOLE:
        for one in differences_of(entry):
            yield "", "", "", f"  {one.name}", one.before or "-", one.after or "-"
