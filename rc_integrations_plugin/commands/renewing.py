"""`renew-token`: another token for a hook, and time to tell its senders."""

from datetime import timedelta
from typing import Any

import click

from rc_integrations_plugin.commands import ids
from rc_integrations_plugin.commands.acting import Actor, Ended, Lasting, managing
from rc_integrations_plugin.commands.output import print_json, print_line, short_time
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.management.tokens import hook_url, renew_token as renew


@click.command("renew-token")
@click.argument("integration_id", metavar="ID", type=ids.INCOMING)
@click.option(
    "--overlap",
    type=Lasting(),
    default="0s",
    show_default="it ends at once",
    help="How long the token that it has now goes on: 12h, 7d; at most 30d.",
)
@managing
def renew_token(actor: Actor, integration_id: str, *, overlap: timedelta, as_json: bool) -> None:
    """Give a hook a new token, and print its URL.

    With --overlap both tokens are good for that time, so that senders can be changed one by one.
    """
    if not isinstance(actor.find(integration_id), IncomingIntegration):
        raise Ended(
            "Only hooks get new tokens; others are told theirs: update ID --set-file token=FILE"
        )
    made = renew(actor.services, actor.user, integration_id, overlap=overlap)
    url = hook_url(actor.services.host.site_url, made)
    until = made.previous_token_until
    if as_json:
        document: dict[str, Any] = {
            "_id": made.id,
            "name": made.name,
            "token": made.token,
            "url": url,
        }
        print_json(document | {"previousTokenUntil": until and until.isoformat()})
        return
    print_line(f"{made.id} {shown_name(made.name)} has a new token")
    print_line(f"url: {url}")
    ends = "ended" if until is None else f"is good until {short_time(until)} UTC"
    print_line(f"The token before it {ends}", err=True)
