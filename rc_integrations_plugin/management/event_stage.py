"""Where the messages of an event that is tried out would be posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.errors import IntegrationsError, PostRefused
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.deliveries import Delivery, Posted
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.management.rehearsal import Rehearsal
from rc_integrations_plugin.management.trying import Place, Preview, fitted, shown_places
from rc_integrations_plugin.messages.payload import read_payload
from rc_integrations_plugin.outgoing.posting import Order, post_order
from rc_integrations_plugin.outgoing.reply import Reply
from rc_integrations_plugin.services import Services

NOT_SENT = "not-sent"
"""The id of a delivery that there is not."""


@dataclass(frozen=True)
class EventStage:
    """Where messages would be posted."""

    services: Services
    integration: OutgoingIntegration
    data: Mapping[str, Any]
    rehearsal: Rehearsal

    def preview(self, reply: Reply, stage: Posted) -> Preview:
        """Return a message as it would be posted."""
        host, integration = self.rehearsal.host, self.integration
        draft = None
        author = self._author(reply)
        try:
            payload = read_payload(
                reply.content, defaults=reply.defaults, integration_id=integration.id
            )
            draft = fitted(payload.draft, host, topic=integration.name)
            order = Order(
                reply=reply, integration=integration, delivery=self._delivery(), stage=stage
            )
            results = post_order(host, order)
        except IntegrationsError as refused:
            return _refused(refused, draft, author)
        return Preview(draft=draft, author=author, places=shown_places(results, self.rehearsal))

    def _author(self, reply: Reply) -> User | None:
        users = map(self.services.host.find_user, reply.author_ids)
        return next((user for user in users if user is not None and user.is_active), None)

    def _delivery(self) -> Delivery:
        return Delivery(
            id=NOT_SENT,
            webhook_id=NOT_SENT,
            integration_id=self.integration.id,
            created_at=datetime.now(UTC),
            event=self.integration.event,
            url=self.integration.urls[0],
            data=self.data,
        )


def _refused(refused: IntegrationsError, draft: Any, author: User | None) -> Preview:
    channel = refused.channel if isinstance(refused, PostRefused) else None
    places: tuple[Place, ...] = ()
    if channel is not None:
        places = (Place(channel=channel, error_code=refused.code, reason=refused.reason),)
    error = None if places else refused.reason
    return Preview(draft=draft, author=author, places=places, error=error)
