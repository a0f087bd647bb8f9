"""Who calls the management API for what he may manage."""

from dataclasses import dataclass

from rc_integrations_plugin.api import requests
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import Manager, read_manager, type_of
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.switching import load_managed
from rc_integrations_plugin.services import Services, current_services


@dataclass(frozen=True)
class Caller:
    """Somebody who may manage some integrations."""

    services: Services
    user: User

    def load(self, integration_id: str) -> tuple[Integration, Manager]:
        """Return an integration, and what he may manage of its type.

        Raises:
            NothingFound: there is none, or it is not his to know of.
        """
        found = load_managed(self.services, self.user, integration_id)
        return found, self.manager(type_of(found))

    def manager(self, kind: IntegrationType) -> Manager:
        """Return what he may manage of a type."""
        return read_manager(self.services.host, self.user, kind)

    def body(self) -> dict[str, object]:
        """Return the JSON object in the body of his call.

        Raises:
            BodyTooLarge: it is longer than allowed.
            InvalidParams: it is something else.
        """
        return requests.read_body(most_bytes=self.services.settings.max_body_bytes)


def current_caller() -> Caller:
    """Return who sent the request.

    Raises:
        NotLoggedIn: a stranger did.
        PermissionMissing: he may manage nothing.
    """
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    return Caller(services, user)
