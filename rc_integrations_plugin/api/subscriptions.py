"""/hooks/add and /hooks/remove: services that subscribe themselves, with an incoming hook's URL.

Who has that URL may write. So that it does not let just anybody read as well, two users must hold a
permission to manage outgoing integrations: who made the hook, and who it posts as. What is made
belongs to the latter, and he may choose no more than if he made it himself.
"""

import time

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from rc_integrations_plugin.api import requests
from rc_integrations_plugin.errors import ApiError, HookDisabled, IntegrationsError
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.incoming import answers
from rc_integrations_plugin.incoming.answers import Answer
from rc_integrations_plugin.incoming.author import load_post_as_user
from rc_integrations_plugin.incoming.views import (
    answer_preflight,
    respond,
    show_error,
    show_fault,
    show_http_error,
)
from rc_integrations_plugin.integrations.budget import Allowance
from rc_integrations_plugin.integrations.permissions import Manager, read_manager
from rc_integrations_plugin.integrations.records import IncomingIntegration, IntegrationType
from rc_integrations_plugin.integrations.tokens import new_token
from rc_integrations_plugin.management.outgoing import create_outgoing
from rc_integrations_plugin.management.saved import editor_of
from rc_integrations_plugin.schemas.documents import integration_document
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm
from rc_integrations_plugin.schemas.subscriptions import (
    read_subscription,
    read_unsubscription,
)
from rc_integrations_plugin.services import Services, current_services


def build_blueprint() -> Blueprint:
    """Return the blueprint of these two, beside that of the hooks."""
    blueprint = Blueprint("rc_integrations_subscriptions", __name__, url_prefix="/hooks")
    for action, view in (("add", subscribe), ("remove", unsubscribe)):
        for rest in ("<token>", "<_user_id>/<token>"):
            blueprint.add_url_rule(
                f"/{action}/<integration_id>/{rest}",
                view_func=view,
                methods=["POST", "OPTIONS"],
                provide_automatic_options=False,
            )
    blueprint.before_request(answer_preflight)
    blueprint.register_error_handler(IntegrationsError, show_error)
    blueprint.register_error_handler(HTTPException, show_http_error)
    blueprint.register_error_handler(Exception, show_fault)
    return blueprint


def subscribe(integration_id: str, token: str, _user_id: str | None = None) -> Response:
    """Make an outgoing integration."""
    services = current_services()
    hook = services.integrations.incoming_by_token(integration_id, token)
    refused = _beyond_budget(services, hook)
    if refused is not None:
        return respond(refused)
    manager = _manager_of(services, hook)
    wanted = read_subscription(_body(services))
    form = OutgoingForm(
        name=wanted.name,
        enabled=True,
        event="sendMessage",
        channel=wanted.channel,
        username=manager.user.username or manager.user.id,
        urls=(wanted.target_url,),
        trigger_words=wanted.trigger_words,
        token=new_token(),
        script_enabled=False,
    )
    made = create_outgoing(services, manager, form).integration
    return respond(Answer(200, integration_document(made) | answers.SUCCESS.body))


def unsubscribe(integration_id: str, token: str, _user_id: str | None = None) -> Response:
    """Remove the outgoing integrations that call a URL and nothing else."""
    services = current_services()
    hook = services.integrations.incoming_by_token(integration_id, token)
    refused = _beyond_budget(services, hook)
    if refused is not None:
        return respond(refused)
    manager = _manager_of(services, hook)
    target_url = read_unsubscription(_body(services)).strip()
    found = [
        integration
        for integration in services.integrations.outgoing_by_url(target_url)
        if integration.created_by.id == manager.user.id and integration.urls == (target_url,)
    ]
    if not found:
        raise ApiError("No integration of this hook calls this URL", code="integration-not-found")
    for integration in found:
        services.integrations.remove(integration.id, by=editor_of(manager.user))
    return respond(answers.SUCCESS)


def _manager_of(services: Services, hook: IncomingIntegration) -> Manager:
    """Return the user that the hook posts as, if both he and the hook's maker may do this.

    Raises:
        PostAsUserMissing: he is gone or deactivated.
        HookDisabled: the hook is switched off.
        ApiError: one of them may not.
    """
    user = load_post_as_user(services.host, hook)
    if not hook.enabled:
        raise HookDisabled("This integration is switched off")
    maker = services.host.find_user(hook.created_by.id)
    for one in (maker, user):
        if one is None or not one.is_active or not _manager(services, one).is_permitted:
            raise ApiError("Unauthorized", code="not_authorized")
    return _manager(services, user)


def _manager(services: Services, user: User) -> Manager:
    return read_manager(services.host, user, IntegrationType.OUTGOING)


def _beyond_budget(services: Services, hook: IncomingIntegration) -> Answer | None:
    """Return the answer to a call that is one too many, or None."""
    if services.rate_limiter is None:
        return None
    address = request.remote_addr or ""
    allowance: Allowance = services.rate_limiter.count(
        hook.id, "subscribe", request.method, address
    )
    if allowance.granted:
        return None
    refused = answers.beyond_budget(allowance, now=time.time())
    return Answer(
        refused.status, refused.body, {**refused.headers, **answers.budget_headers(allowance)}
    )


def _body(services: Services) -> dict[str, object]:
    return requests.read_body(most_bytes=services.settings.max_body_bytes)
