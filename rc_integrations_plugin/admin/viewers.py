"""Who looks at the pages, and what he may see there."""

from collections.abc import Mapping
from dataclasses import dataclass

from rc_integrations_plugin.errors import NothingFound, NotLoggedIn, PermissionMissing
from rc_integrations_plugin.host.port import Host, User
from rc_integrations_plugin.integrations.permissions import (
    Manager,
    Part,
    Scope,
    read_manager,
    type_of,
    visible_parts,
)
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.services import Services


@dataclass(frozen=True)
class Viewer:
    """A user and what he may manage of each type."""

    user: User
    managers: Mapping[IntegrationType, Manager]

    @property
    def types(self) -> tuple[IntegrationType, ...]:
        """Those of which he may manage some."""
        return tuple(
            kind for kind, manager in self.managers.items() if manager.scope is not Scope.NONE
        )

    @property
    def made_by(self) -> Mapping[IntegrationType, str | Part | None]:
        """What a list shows him, as `IntegrationFilter.made_by` says it."""
        return visible_parts(*(self.managers[kind] for kind in IntegrationType))

    def may_manage(self, integration: IncomingIntegration | OutgoingIntegration) -> bool:
        """Return whether the integration is in his scope."""
        return self.manager_of(integration).may_manage(integration)

    def manager_of(self, integration: IncomingIntegration | OutgoingIntegration) -> Manager:
        """Return what he may manage of the type of an integration."""
        return self.managers[type_of(integration)]


def read_viewer(host: Host, user: User) -> Viewer:
    """Return what a user may see."""
    return Viewer(user, {kind: read_manager(host, user, kind) for kind in IntegrationType})


def current_viewer(services: Services) -> Viewer:
    """Return who sent the request that is being handled.

    Raises:
        NotLoggedIn: a stranger did.
        PermissionMissing: he may manage nothing.
    """
    user = services.host.find_current_user()
    if user is None:
        raise NotLoggedIn("Please log in to manage integrations.")
    viewer = read_viewer(services.host, user)
    if not viewer.types:
        raise PermissionMissing("You may not manage integrations on this server.")
    return viewer


def find_managed(
    services: Services, viewer: Viewer, integration_id: str
) -> IncomingIntegration | OutgoingIntegration:
    """Return the integration with this id.

    Raises:
        NothingFound: there is none, or it is not his to know of.
    """
    found = services.integrations.find_any(integration_id)
    if found is None or not viewer.may_manage(found):
        raise NothingFound("There is no such integration, or it is not yours to see.")
    return found
