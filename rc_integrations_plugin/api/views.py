"""/api/v1/integrations.*: Rocket.Chat's calls to manage integrations."""

from flask import Blueprint, Response

from rc_integrations_plugin.api import answers, listing, requests, saving
from rc_integrations_plugin.errors import ApiError, IntegrationsError, InvalidParams, NothingFound
from rc_integrations_plugin.integrations.permissions import Manager, Scope, read_manager
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.schemas import incoming, queries
from rc_integrations_plugin.schemas.documents import integration_document
from rc_integrations_plugin.services import Services, current_services


def build_blueprint() -> Blueprint:
    """Return the blueprint of the management API."""
    blueprint = Blueprint("rc_integrations_api", __name__, url_prefix="/api/v1")
    blueprint.register_error_handler(IntegrationsError, answers.refusal)
    blueprint.post("/integrations.create")(create)
    blueprint.put("/integrations.update")(update)
    blueprint.get("/integrations.get")(get)
    blueprint.get("/integrations.list")(list_all)
    blueprint.get("/integrations.history")(history)
    blueprint.post("/integrations.remove")(remove)
    blueprint.post("/integrations.clearHistory")(clear_history)
    return blueprint


def create() -> Response:
    """Make an integration."""
    services = current_services()
    manager = _manager(services)
    body = _body(services)
    incoming.refuse_outgoing(incoming.read_type(body))
    form = incoming.read_new_incoming(body)
    return answers.stored(saving.create_incoming(services, manager, form))


def update() -> Response:
    """Change an integration; what the body leaves out stays as it was."""
    services = current_services()
    manager = _manager(services)
    body = _body(services)
    incoming.refuse_outgoing(incoming.read_type(body))
    form = incoming.read_changed_incoming(body)
    return answers.stored(saving.update_incoming(services, manager, form))


def get() -> Response:
    """Show one integration."""
    services = current_services()
    manager = _manager(services)
    query = queries.read_get_query(requests.read_query())
    found = services.integrations.find(query.integration_id)
    if (
        found is None
        or not manager.may_manage(found)
        or query.created_by not in {None, found.created_by.id}
    ):
        # docs: Rocket.Chat's spelling
        raise NothingFound("The integration does not exists.")
    return answers.success(integration=integration_document(found))


def list_all() -> Response:
    """Show a part of all integrations that the user may manage."""
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    query = queries.read_list_query(requests.read_query())
    documents, total = listing.list_integrations(services, user, query)
    return answers.page("integrations", documents, query.paging, total)


def history() -> Response:
    """Show a part of the calls of one integration."""
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    query = queries.read_history_query(requests.read_query())
    manager = read_manager(services.host, user, IntegrationType.INCOMING)
    documents, total = listing.list_history(services, manager, query)
    return answers.page("history", documents, query.paging, total)


def remove() -> Response:
    """Remove an integration with its history."""
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    body = _body(services)
    kind = incoming.read_type(body)
    integration_id = queries.read_removal(body)
    manager = read_manager(services.host, user, IntegrationType.INCOMING)
    found = saving.find_managed(services, manager, integration_id or "")
    if kind is not IntegrationType.INCOMING:
        raise InvalidParams("Invalid integration type.")
    services.integrations.remove(found.id)
    return answers.success(integration=integration_document(found))


def clear_history() -> Response:
    """Forget all calls of an integration."""
    services = current_services()
    manager = _manager(services)
    integration_id = queries.read_clearing(_body(services))
    details = {"method": "clearIntegrationHistory"}
    if manager.scope is Scope.NONE:
        raise ApiError("Unauthorized", code="not_authorized", details=details)
    found = services.integrations.find(integration_id)
    if found is None or not manager.may_manage(found):
        raise ApiError("Invalid integration", code="error-invalid-integration", details=details)
    services.calls.clear(found.id)
    return answers.success()


def _manager(services: Services) -> Manager:
    user = requests.current_user(services)
    return read_manager(services.host, user, IntegrationType.INCOMING)


def _body(services: Services) -> dict[str, object]:
    return requests.read_body(most_bytes=services.settings.max_body_bytes)
