"""/api/v1/integrations.*: Rocket.Chat's calls to manage integrations."""

from flask import Blueprint, Response, request

from rc_integrations_plugin.api import answers, repairs, requests, scripts, trials
from rc_integrations_plugin.errors import ApiError, IntegrationsError, NothingFound
from rc_integrations_plugin.integrations.permissions import read_manager
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.management import listing
from rc_integrations_plugin.management.clearing import clear_history as clear_integration_history
from rc_integrations_plugin.management.incoming import create_incoming, update_incoming
from rc_integrations_plugin.management.outgoing import create_outgoing, update_outgoing
from rc_integrations_plugin.management.replay import open_replay
from rc_integrations_plugin.management.saved import (
    Integration,
    editor_of,
    find_incoming,
    find_managed,
    find_outgoing,
    may_manage_some,
)
from rc_integrations_plugin.openapi.serving import description_text, kept_by_browsers
from rc_integrations_plugin.schemas import incoming, outgoing, queries
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
    blueprint.post("/integrations.replayOutgoing")(replay_outgoing)
    blueprint.get("/integrations.openapi")(describe)
    for module in (trials, scripts, repairs):
        module.add_routes(blueprint)
    return blueprint


def create() -> Response:
    """Make an integration."""
    services = current_services()
    user = requests.current_user(services)
    body = _body(services)
    kind = incoming.read_type(body)
    manager = read_manager(services.host, user, kind)
    if kind is IntegrationType.OUTGOING:
        new = outgoing.read_new_outgoing(body)
        return answers.stored(create_outgoing(services, manager, new))
    form = incoming.read_new_incoming(body)
    return answers.stored(create_incoming(services, manager, form))


def update() -> Response:
    """Change an integration; what the body leaves out stays as it was."""
    services = current_services()
    user = requests.current_user(services)
    body = _body(services)
    kind = incoming.read_type(body)
    manager = read_manager(services.host, user, kind)
    if kind is IntegrationType.OUTGOING:
        changed = outgoing.read_changed_outgoing(body)
        return answers.stored(update_outgoing(services, manager, changed))
    form = incoming.read_changed_incoming(body)
    return answers.stored(update_incoming(services, manager, form))


def get() -> Response:
    """Show one integration."""
    services = current_services()
    user = requests.current_user(services)
    query = queries.read_get_query(requests.read_query())
    found = find_managed(services, user, query.integration_id)
    if found is None or query.created_by not in {None, found.created_by.id}:
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
    """Show a part of what one integration did."""
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    query = queries.read_history_query(requests.read_query())
    documents, total = listing.list_history(services, user, query)
    return answers.page("history", documents, query.paging, total)


def remove() -> Response:
    """Remove an integration with its history and what it has still to deliver."""
    services = current_services()
    user = requests.current_user(services)
    requests.require_any_permission(services, user)
    body = _body(services)
    kind = incoming.read_type(body)
    named = queries.read_removal(body)
    manager = read_manager(services.host, user, kind)
    found: Integration
    if kind is IntegrationType.OUTGOING:
        found = find_outgoing(services, manager, named.integration_id, named.target_url)
    else:
        found = find_incoming(services, manager, named.integration_id or "")
    services.integrations.remove(found.id, by=editor_of(user))
    return answers.success(integration=integration_document(found))


def clear_history() -> Response:
    """Forget what an integration did; what it has still to deliver stays."""
    services = current_services()
    user = requests.current_user(services)
    integration_id = queries.read_clearing(_body(services))
    details = {"method": "clearIntegrationHistory"}
    if not may_manage_some(services, user):
        raise ApiError("Unauthorized", code="not_authorized", details=details)
    found = find_managed(services, user, integration_id)
    if found is None:
        raise ApiError("Invalid integration", code="error-invalid-integration", details=details)
    clear_integration_history(services, user, found)
    return answers.success()


def replay_outgoing() -> Response:
    """Make a call again, exactly as it was made."""
    services = current_services()
    user = requests.current_user(services)
    integration_id, history_id = queries.read_replay(_body(services))
    manager = read_manager(services.host, user, IntegrationType.OUTGOING)
    open_replay(services, manager, integration_id, history_id)
    return answers.success()


def describe() -> Response:
    """Show what this API is: to everybody, for it tells nothing of this server."""
    described = Response(description_text(request.script_root), mimetype="application/json")
    return kept_by_browsers(described, without_asking=True)


def _body(services: Services) -> dict[str, object]:
    return requests.read_body(most_bytes=services.settings.max_body_bytes)
