"""What the pages and the command line show owners of rooms."""

import json

import pytest

from host_stub import seed
from host_stub.chat import users
from rc_integrations_plugin.admin.pages import menu_links
from tests.callers import Caller, Server, change_body
from tests.factories import make_call
from tests.unit.admin.conftest import Visitor, visitor


@pytest.fixture
def owner(server: Server) -> Caller:
    """Owns #garden, and holds no permission."""
    caller = server.caller("olga")
    with server.app.app_context(), server.chat.transaction():
        olga = users.load_user(server.chat, username="olga")
        bot = users.load_user(server.chat, username="rocket.cat")
        seed.ensure_room(server.chat, "garden", owner=olga, members_too=[bot])
    return caller


@pytest.fixture
def olga(owner: Caller) -> Visitor:
    return visitor(owner)


@pytest.fixture
def ids(server: Server, owner: Caller) -> tuple[str, str]:
    """An integration of #garden and one of #general, both made by the administrator."""
    admin = server.caller("admin")
    garden = admin.create(name="In the garden", channel="#garden")
    general = admin.create(name="In general", channel="#general")
    return garden["_id"], general["_id"]


def test_the_menu_leads_owners_to_the_pages(server: Server, owner: Caller) -> None:
    for user_id, expected in ((owner.id, 1), (server.user_id("bob"), 0)):
        with server.app.test_request_context():
            host = server.services.host
            user = host.find_user(user_id)
            assert user is not None
            assert len(menu_links(server.services, user)) == expected


def test_a_list_shows_owners_what_is_theirs(olga: Visitor, ids: tuple[str, str]) -> None:
    page = olga.text()

    assert "In the garden" in page
    assert "In general" not in page
    assert "1 integration" in page


@pytest.mark.parametrize("path", ["", "/edit", "/history", "/duplicate", "/delete"])
def test_owners_find_pages_of_theirs_alone(olga: Visitor, ids: tuple[str, str], path: str) -> None:
    garden, general = ids

    assert olga.get(f"/{garden}{path}").status_code == 200
    hidden, missing = olga.get(f"/{general}{path}"), olga.get(f"/missing{path}")
    assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)
    assert hidden.status_code == 404


def test_owners_switch_renew_and_delete(
    server: Server, olga: Visitor, ids: tuple[str, str]
) -> None:
    garden, general = ids

    for path, fields in (
        ("enabled", {"enabled": "no"}),
        ("enabled", {"enabled": "yes"}),
        ("new-token", {"overlap": "0"}),
        ("delete", {"name": "In the garden"}),
    ):
        assert olga.submit(f"/{garden}/{path}", fields).status_code == 303, path
        assert olga.submit(f"/{general}/{path}", fields).status_code == 404, path
    assert server.services.integrations.find(garden) is None


def test_a_form_says_at_its_field_that_a_room_is_not_theirs(olga: Visitor) -> None:
    fields = {"name": "x", "channel": "#general", "username": "rocket.cat", "enabled": "yes"}

    answer = olga.submit("/new/incoming", fields)

    assert answer.status_code == 400
    assert '<a href="#incoming-channel">Post to Channel</a>' in answer.text
    assert "only rooms that you own" in answer.text
    assert olga.submit("/new/incoming", {**fields, "channel": "#garden"}).status_code == 303


def test_commands_act_as_owners(server: Server, ids: tuple[str, str]) -> None:
    garden, general = ids
    run = server.app.test_cli_runner().invoke
    as_olga = ["--as", "olga"]

    shown = run(args=["integrations", "list", *as_olga])
    own = run(args=["integrations", "disable", garden, *as_olga])
    others = run(args=["integrations", "disable", general, *as_olga])
    exported = run(args=["integrations", "export", *as_olga])

    assert "In the garden" in shown.output
    assert "In general" not in shown.output
    assert (own.exit_code, others.exit_code) == (0, 3)
    assert "In general" not in exported.output


def test_owners_try_it_with_events_of_their_own_alone(
    server: Server, owner: Caller, olga: Visitor
) -> None:
    admin = server.caller("admin")
    bridge = admin.create_outgoing(channel="#garden", impersonateUser=True)
    mine = {"channel_id": server.room_id("garden"), "user_id": owner.id, "text": "x"}
    others = [
        {**mine, "channel_id": server.room_id("general")},
        {**mine, "user_id": admin.id},
        {"text": "x"},
    ]

    def send(visitor: Visitor, event: dict[str, str]) -> int:
        sent = {"try_data": json.dumps(event), "try_url": bridge["urls"][0], "do": "really"}
        return visitor.submit(f"/{bridge['_id']}/try", sent).status_code

    assert [send(olga, event) for event in others] == [400, 400, 400]
    assert send(olga, mine) == 200
    assert send(visitor(admin), others[1]) == 200


def test_what_owners_may_not_see_of_the_past_is_not_offered_for_trying(
    server: Server, olga: Visitor
) -> None:
    admin = server.caller("admin")
    hook = admin.create(channel="#garden,#general")
    call = make_call(integration_id=hook["_id"], body='{"text":"of old"}')
    server.services.calls.add(call)
    admin.send("update", change_body(hook, channel="#garden"))
    path = f"/{hook['_id']}/try"

    for query in ({}, {"from": call.id}):
        assert "of old" not in olga.text(path, **query)
        assert "of old" in visitor(admin).text(path, **query)
    assert call.id not in olga.text(f"/{hook['_id']}")
    assert "of old" not in olga.text(f"/{hook['_id']}/history")
