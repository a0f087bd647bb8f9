"""What the buttons of an integration's page do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.services import Services
from tests.callers import Server
from tests.factories import make_call, make_incoming, make_outgoing
from tests.unit.admin.conftest import Visitor, visitor


@pytest.mark.parametrize("make", [make_incoming, make_outgoing])
def test_an_integration_is_switched_off_and_on(
    services: Services, server: Server, admin: Visitor, make: Callable[..., object]
) -> None:
    one = make_incoming if make is make_incoming else make_outgoing
    stored = one(user_id=server.user_id("rocket.cat"))
    services.integrations.add(stored)

    answer = admin.submit(f"/{stored.id}/enabled", {"enabled": "no"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/admin/integrations/{stored.id}?done=off"
    found = services.integrations.find_any(stored.id)
    assert found is not None
    assert not found.enabled
    page = admin.text(f"/{stored.id}", done="off")
    assert "It is off now." in page
    assert ">Enable<" in page
    admin.submit(f"/{stored.id}/enabled", {"enabled": "yes"})
    found = services.integrations.find_any(stored.id)
    assert found is not None
    assert found.enabled


def test_what_cannot_be_switched_on_says_why(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing(enabled=False, username="nobody", user_id="gone")
    services.integrations.add(bridge)

    answer = admin.submit(f"/{bridge.id}/enabled", {"enabled": "yes"})

    assert answer.status_code == 400
    assert "It could not be switched on" in answer.text


@pytest.mark.parametrize("typed", ["", "ci", "CI ", "Other"])
def test_an_integration_is_deleted_only_with_its_name(
    services: Services, admin: Visitor, typed: str
) -> None:
    hook = make_incoming(name="CI  pipeline")
    services.integrations.add(hook)
    services.calls.add(make_call(integration_id=hook.id))

    answer = admin.submit(f"/{hook.id}/delete", {"name": typed, "asked": "yes"})

    assert answer.status_code == 400
    assert "This is not its name" in answer.text
    assert services.integrations.find(hook.id) is not None
    assert "Type <bdi" in admin.text(f"/{hook.id}/delete")
    assert admin.submit(f"/{hook.id}/delete", {"name": ""}).status_code == 200
    assert services.integrations.find(hook.id) is not None
    done = admin.submit(f"/{hook.id}/delete", {"name": " CI pipeline"})
    assert done.headers["Location"] == "/admin/integrations?done=deleted"
    assert services.integrations.find(hook.id) is None
    assert "was deleted" in admin.text(done="deleted")


def test_a_new_token_leaves_the_old_one_its_time(services: Services, admin: Visitor) -> None:
    hook = make_incoming(token="old-s3cret")
    services.integrations.add(hook)

    answer = admin.submit(f"/{hook.id}/new-token", {"overlap": "3600"})

    assert answer.status_code == 303
    new = services.integrations.find(hook.id)
    assert new is not None
    now = datetime.now(UTC)
    assert set(new.tokens_at(now)) == {new.token, "old-s3cret"}
    assert new.tokens_at(now + timedelta(hours=1)) == (new.token,)
    page = admin.text(f"/{hook.id}")
    assert "still works" in page
    assert "old-s3cret" not in page
    assert new.token not in page
    for token in ("old-s3cret", new.token):
        assert admin.client.post(f"/hooks/{hook.id}/{token}", json={}).status_code != 404
    admin.submit(f"/{hook.id}/new-token", {"overlap": "0"})
    for token in ("old-s3cret", new.token):
        assert admin.client.post(f"/hooks/{hook.id}/{token}", json={}).status_code == 404
    assert "still works" not in admin.text(f"/{hook.id}")


@pytest.mark.parametrize("overlap", ["", "1", "-1", "9" * 30, "x"])
def test_no_other_time_is_taken(services: Services, admin: Visitor, overlap: str) -> None:
    hook = make_incoming()
    services.integrations.add(hook)

    assert admin.submit(f"/{hook.id}/new-token", {"overlap": overlap}).status_code == 400
    assert services.integrations.find(hook.id) == hook


def test_an_outgoing_integration_gets_no_new_token_here(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)

    assert admin.submit(f"/{bridge.id}/new-token", {"overlap": "0"}).status_code == 400


def test_one_without_a_name_is_deleted_after_a_question_too(
    services: Services, admin: Visitor
) -> None:
    hook = make_incoming(name="")
    services.integrations.add(hook)

    asked = admin.submit(f"/{hook.id}/delete", {"name": ""})

    assert "Delete <bdi>(no name)</bdi>?" in asked.text
    assert services.integrations.find_any(hook.id) is not None
    assert admin.submit(f"/{hook.id}/delete", {"asked": "yes"}).status_code == 303
    assert services.integrations.find_any(hook.id) is None


@pytest.mark.parametrize("path", ["enabled", "delete", "new-token"])
def test_only_who_may_manage_it_can_do_anything(
    services: Services, server: Server, admin: Visitor, stranger: Visitor, path: str
) -> None:
    carol = visitor(server.caller("carol", "manage-own-incoming-integrations"))
    dave = visitor(server.caller("dave", "manage-outgoing-integrations"))
    hook = make_incoming(name="CI", created_by=Editor("somebody", "else"))
    services.integrations.add(hook)
    sent = {"name": "CI", "enabled": "no", "overlap": "0"}

    for person in (carol, dave):
        assert person.submit(f"/{hook.id}/{path}", sent).status_code == 404
    assert stranger.submit(f"/{hook.id}/{path}", sent, token="none").status_code == 401
    for headers in ({"token": "none"}, {"Sec_Fetch_Site": "cross-site"}):
        assert admin.submit(f"/{hook.id}/{path}", sent, **headers).status_code == 403
    assert services.integrations.find(hook.id) == hook
