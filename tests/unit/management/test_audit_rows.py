"""Every way that leads to a change leaves its row."""

from datetime import timedelta

import pytest
from flask import Flask

from host_stub.chat import users
from rc_integrations_plugin.integrations.audit import AuditAction, AuditEntry
from rc_integrations_plugin.integrations.permissions import Operator
from rc_integrations_plugin.management.switching import remove, set_enabled
from rc_integrations_plugin.management.tokens import renew_token
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.storage.audit import AuditFilter
from tests.callers import OUTGOING_OWN, Caller, Server, change_body
from tests.factories import make_call, make_incoming


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def admin(app: Flask) -> Caller:
    server = Server(app)
    server.fill()
    return server.caller("admin")


def newest(services: Services, integration_id: str) -> AuditEntry:
    wanted = AuditFilter(integration_id=integration_id)
    entries, _ = services.audit.page(wanted, offset=0, count=1)
    return entries[0]


def test_the_api_tells_who_made_changed_cleared_and_removed_one(
    services: Services, admin: Caller
) -> None:
    made = admin.create(name="CI")
    assert newest(services, made["_id"]).action is AuditAction.CREATED

    admin.send("update", change_body(made, alias="Bot"))
    entry = newest(services, made["_id"])
    assert (entry.action, entry.after) == (AuditAction.UPDATED, {"alias": "Bot"})

    services.calls.add(make_call(integration_id=made["_id"]))
    admin.send("clearHistory", {"integrationId": made["_id"]})
    entry = newest(services, made["_id"])
    assert entry.action is AuditAction.HISTORY_CLEARED

    admin.send("remove", {"type": made["type"], "integrationId": made["_id"]})
    entry = newest(services, made["_id"])
    assert entry.action is AuditAction.REMOVED
    assert entry.by
    assert entry.by.username == "admin"


def test_the_history_of_an_outgoing_one_is_cleared_with_a_row(
    services: Services, admin: Caller
) -> None:
    made = admin.create_outgoing()

    admin.send("clearHistory", {"integrationId": made["_id"]})

    entry = newest(services, made["_id"])
    assert (entry.action, entry.by and entry.by.id) == (AuditAction.HISTORY_CLEARED, admin.id)


def test_a_refused_change_leaves_no_row(services: Services, admin: Caller) -> None:
    made = admin.create_outgoing()

    answer = admin.send("update", change_body(made, channel="#nowhere"))

    assert answer.status_code == 400
    assert newest(services, made["_id"]).action is AuditAction.CREATED


@pytest.mark.usefixtures("app_context", "admin")
def test_switching_renewing_and_removing_are_told_as_such(services: Services) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    user = Operator()

    set_enabled(services, user, hook.id, enabled=False)
    assert newest(services, hook.id).action is AuditAction.DISABLED
    set_enabled(services, user, hook.id, enabled=True)
    assert newest(services, hook.id).action is AuditAction.ENABLED
    set_enabled(services, user, hook.id, enabled=True)
    renew_token(services, user, hook.id, overlap=timedelta(hours=1))
    assert newest(services, hook.id).action is AuditAction.TOKEN_RENEWED
    remove(services, user, hook.id)
    entry = newest(services, hook.id)
    assert (entry.action, entry.by and entry.by.id) == (AuditAction.REMOVED, user.id)

    _, total = services.audit.page(AuditFilter(), offset=0, count=1)
    assert total == 5


def test_a_deleted_user_s_integrations_are_switched_off_by_the_server(
    services: Services, admin: Caller
) -> None:
    server = Server(admin.app)
    bot = server.caller("helper", "message-impersonate")
    made = admin.create(username="helper")

    with admin.app.app_context(), server.chat.transaction():
        users.delete_user(server.chat, users.load_user(server.chat, user_id=bot.id))

    entry = newest(services, made["_id"])
    assert (entry.action, entry.by) == (AuditAction.DISABLED, None)
    assert "helper" in entry.after["disabledReason"]


def test_services_that_subscribe_themselves_leave_rows_of_the_user_that_the_hook_posts_as(
    services: Services, admin: Caller
) -> None:
    Server(admin.app).caller("rocket.cat", OUTGOING_OWN)
    hook = admin.create()
    path = f"{hook['_id']}/{hook['token']}"
    client = admin.app.test_client()
    target = {"target_url": "https://receiver.test/x"}
    wanted = {**target, "name": "Zap", "event": "newMessageOnChannel"}
    made = client.post(f"/hooks/add/{path}", json={**wanted, "data": {"channel_name": "general"}})
    assert made.status_code == 200, made.json

    subscription = made.json["_id"]  # type: ignore[index]
    assert newest(services, subscription).action is AuditAction.CREATED
    client.post(f"/hooks/remove/{path}", json=target)

    entry = newest(services, subscription)
    assert (entry.action, entry.by and entry.by.username) == (AuditAction.REMOVED, "rocket.cat")
