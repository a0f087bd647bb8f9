"""Who changed what, as pages."""

import dataclasses
import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import pytest

from rc_integrations_plugin.integrations.records import Editor
from rc_integrations_plugin.services import Services
from tests.callers import ALL, OUTGOING_ALL, OWN, Server
from tests.factories import NOON, make_incoming, make_outgoing
from tests.unit.admin.conftest import Visitor, visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
BOB = Editor("bob-id", "bob")


def lines(page: str) -> list[str]:
    """Return the changes of a page: what was done, and by whom."""
    found = re.findall(r'<p class="rc-change">(.*?)</p>', page, re.DOTALL)
    texts = (re.sub(r"<[^>]+>", " ", one) for one in found)
    return [" ".join(text.split()[3:]) for text in texts]


def test_an_integration_shows_who_changed_it_the_newest_first(
    services: Services, admin: Visitor
) -> None:
    hook = make_incoming(name="CI")
    services.integrations.add(hook)
    later = dataclasses.replace(hook, updated_at=NOON.replace(year=2099), updated_by=BOB)
    services.integrations.replace(hook, dataclasses.replace(later, alias="Bot"))

    page = unescape(admin.text(f"/{hook.id}/changes"))

    assert lines(page) == ["Changed by bob", "Made by admin"]
    assert "2 changes" in page
    assert ">Alias</th>" in page
    assert ">Bot<" in page
    assert hook.token not in page


def test_what_the_server_did_is_told_with_its_reason(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing()
    services.integrations.add(bridge)
    services.integrations.disable(bridge.id, "It failed too often")

    page = admin.text(f"/{bridge.id}/changes")

    assert lines(page)[0] == "Switched off by the server"
    assert "It failed too often" in page


def test_when_a_former_token_ends_is_told_as_a_time(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)
    later = dataclasses.replace(
        hook,
        updated_at=NOON.replace(year=2099),
        token="other",
        previous_token=hook.token,
        previous_token_until=NOON,
    )
    services.integrations.replace(hook, later)

    page = admin.text(f"/{hook.id}/changes")

    assert f">{NOON:%Y-%m-%d} 12:00 UTC<" in page


def test_all_changes_are_filtered_by_integration_and_by_user(
    services: Services, admin: Visitor
) -> None:
    ci, alerts = make_incoming(name="CI"), make_outgoing(name="Night alerts", created_by=BOB)
    for one in (ci, alerts):
        services.integrations.add(one)
    services.integrations.remove(ci.id, by=BOB)

    def shown(**query: str) -> list[str]:
        return sorted(lines(admin.text("/changes", **query)))

    everything = ["Deleted CI by bob", "Made CI by admin", "Made Night alerts by bob"]
    assert shown() == everything
    assert shown(integration="ALERTS") == ["Made Night alerts by bob"]
    assert shown(integration=ci.id) == ["Deleted CI by bob", "Made CI by admin"]
    assert shown(user="@bob") == ["Deleted CI by bob", "Made Night alerts by bob"]
    assert shown(user="bob", integration="ci") == ["Deleted CI by bob"]
    assert "No change is like that" in admin.text("/changes", user="nobody")


def test_many_changes_come_in_pages(services: Services, admin: Visitor) -> None:
    for number in range(30):
        services.integrations.add(make_incoming(name=f"Hook {number}"))

    assert lines(admin.text("/changes"))[0] == "Made Hook 29 by admin"
    assert len(lines(admin.text("/changes"))) == 25
    assert lines(admin.text("/changes", page="2"))[-1] == "Made Hook 0 by admin"
    assert len(lines(admin.text("/changes", page="99"))) == 5
    second = admin.text("/changes", page="1", integration="Hook 1", user="admin")
    assert "11 changes like that" in second


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        pytest.param([OWN], ["own"], id="own ones"),
        pytest.param([ALL], ["gone", "other", "own"], id="all of a type"),
        pytest.param([OWN, OUTGOING_ALL], ["outgoing", "own"], id="own ones and all of a type"),
    ],
)
def test_everybody_sees_the_changes_of_what_he_may_manage(
    server: Server, services: Services, grants: Sequence[str], expected: Sequence[str]
) -> None:
    someone = server.caller("ann", *grants)
    mine = Editor(someone.id, "ann")
    for one in (
        make_incoming(name="own", created_by=mine),
        make_incoming(name="other"),
        make_outgoing(name="outgoing"),
        gone := make_incoming(name="gone", created_by=mine),
    ):
        services.integrations.add(one)
    services.integrations.remove(gone.id, by=mine)

    page = visitor(someone).text("/changes")

    names = {line.split()[1] for line in lines(page)}
    assert sorted(names) == expected


def test_changes_of_another_s_integration_are_not_found(server: Server, services: Services) -> None:
    other = make_incoming()
    services.integrations.add(other)
    ann = visitor(server.caller("ann", OWN))

    foreign, unknown = ann.get(f"/{other.id}/changes"), ann.get("/unknown/changes")

    assert foreign.status_code == 404
    assert foreign.text == unknown.text
    assert "No change is like that" in ann.text("/changes", integration=other.id)


@pytest.mark.parametrize("path", ["/changes", "/{}/changes"])
def test_strangers_and_those_without_permission_see_nothing(
    server: Server, services: Services, stranger: Visitor, path: str
) -> None:
    hook = make_incoming()
    services.integrations.add(hook)

    assert stranger.get(path.format(hook.id)).status_code == 401
    assert visitor(server.caller("carl")).get(path.format(hook.id)).status_code == 403


def test_who_owns_the_rooms_sees_what_was_done_since_they_are_the_only_ones(
    server: Server, services: Services
) -> None:
    alice = server.caller("alice")
    with server.app.app_context():
        (room,) = services.host.find_rooms("general")
    hook = make_incoming(channels=("#general",), channel_ids={"#general": room.id})
    services.integrations.add(dataclasses.replace(hook, name="Of old"))
    since = NOON.replace(year=2098)
    now_hers = dataclasses.replace(
        hook, name="Now", rooms_since=since, updated_at=since, updated_by=BOB
    )
    services.integrations.replace(hook, now_hers)
    after = dataclasses.replace(now_hers, name="After", updated_at=since + timedelta(hours=1))
    services.integrations.replace(now_hers, after)

    pages = [visitor(alice).text(path) for path in ("/changes", f"/{hook.id}/changes")]

    assert [len(lines(page)) for page in pages] == [1, 1]
    assert ["Of old" in page for page in pages] == [False, False]


@pytest.mark.parametrize("path", ["/changes", "/{}/changes"])
def test_hostile_names_and_values_are_text(services: Services, admin: Visitor, path: str) -> None:
    hook = make_incoming(name=HOSTILE, alias=HOSTILE, created_by=Editor("x", HOSTILE))
    services.integrations.add(hook)
    new = dataclasses.replace(hook, alias=f"2{HOSTILE}", updated_at=NOON.replace(year=2099))
    services.integrations.replace(hook, dataclasses.replace(new, updated_by=Editor("x", HOSTILE)))

    page = admin.text(path.format(hook.id), integration=HOSTILE, user=HOSTILE)

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49" not in re.findall(r"onerror=.{0,40}", page)


def test_no_secret_is_on_the_pages(services: Services, admin: Visitor) -> None:
    bridge = make_outgoing(
        token="hidden-token",
        headers={"X-Key": "hidden-value"},
        basic_auth="me:hidden-password",
        urls=("https://me:hidden-password@receiver.test/?token=hidden-in-url",),
        script="class Script { hidden }",
    )
    services.integrations.add(bridge)

    for path in ("/changes", f"/{bridge.id}/changes"):
        page = admin.text(path)
        assert "X-Key" in page
        assert "hidden-" not in page
        assert "class Script" not in page


def test_the_list_and_the_details_lead_there(services: Services, admin: Visitor) -> None:
    hook = make_incoming()
    services.integrations.add(hook)

    assert 'href="/admin/integrations/changes"' in admin.text()
    assert f'href="/admin/integrations/{hook.id}/changes"' in admin.text(f"/{hook.id}")
