"""Names that complete themselves in the forms: what each person is shown."""

import pytest

from host_stub import seed
from host_stub.chat import users
from host_stub.models.rooms import PRIVATE_GROUP
from tests.callers import ALL, OWN, Server
from tests.unit.admin.conftest import Visitor, visitor


def suggested(person: Visitor, path: str, typed: str) -> list[str]:
    answer = person.get(f"/suggest/{path}", q=typed)
    assert answer.status_code == 200, answer.text
    return [one["value"] for one in (answer.json or {})["options"]]


@pytest.fixture
def chat(server: Server) -> Server:
    """Rooms #alpha, #alps of Olga, the private #alcove of hers, and the bot albot."""
    with server.app.app_context(), server.chat.transaction():
        admin = users.load_user(server.chat, username="admin")
        olga = seed.ensure_user(server.chat, "olga", name="Olga Al")
        seed.ensure_user(server.chat, "albot", roles=["bot"])
        seed.ensure_room(server.chat, "alpha", owner=admin)
        seed.ensure_room(server.chat, "alps", owner=olga)
        seed.ensure_room(server.chat, "alcove", owner=olga, kind=PRIVATE_GROUP)
    return server


def test_rooms_and_persons_are_suggested_as_the_field_takes_them(
    chat: Server, admin: Visitor
) -> None:
    found = ["#alerts", "#alpha", "#alps", "#general", "@albot", "@alice"]
    assert suggested(admin, "incoming/rooms", "al") == found
    assert suggested(admin, "incoming/rooms", "#AL") == found[:4]
    assert suggested(admin, "incoming/rooms", " @al ") == found[4:]
    assert suggested(admin, "outgoing/rooms", "alph") == ["#alpha"]


def test_a_field_for_sources_also_takes_all_rooms_of_a_kind(chat: Server, admin: Visitor) -> None:
    words = ["all_direct_messages", "all_private_groups", "all_public_channels"]
    assert suggested(admin, "outgoing/sources", "all") == words
    assert suggested(admin, "outgoing/sources", "all_pu") == words[2:]
    assert suggested(admin, "incoming/rooms", "all_") == []


def test_private_groups_of_others_are_not_suggested(chat: Server, admin: Visitor) -> None:
    assert "#alcove" not in suggested(admin, "incoming/rooms", "alc")
    assert "#secret" not in suggested(admin, "incoming/rooms", "sec")
    chat.invite("admin", "secret")
    assert suggested(admin, "incoming/rooms", "sec") == ["#secret"]


def test_only_users_who_may_post_for_it_are_suggested(chat: Server, admin: Visitor) -> None:
    assert suggested(admin, "incoming/users", "al") == ["albot"]
    assert suggested(admin, "outgoing/users", "@al") == ["albot", "alice"]
    chat.deactivate("albot")
    assert suggested(admin, "incoming/users", "al") == []


def test_who_may_not_choose_any_room_is_shown_those_he_is_in(chat: Server) -> None:
    bob = visitor(chat.caller("bob", OWN))
    chat.invite("bob", "alpha")

    assert suggested(bob, "incoming/rooms", "#al") == ["#alpha"]


def test_an_owner_is_shown_his_rooms_and_nobody_else(chat: Server) -> None:
    olga = visitor(chat.caller("olga"))

    assert suggested(olga, "incoming/rooms", "al") == ["#alcove", "#alps"]
    assert suggested(olga, "incoming/rooms", "@al") == []
    assert suggested(olga, "outgoing/sources", "all_") == []
    assert suggested(olga, "outgoing/users", "o") == ["olga", "albot", "rocket.cat"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "#", "@", "%", "a\x00", "\ud800", "x" * 101, "#" + "y" * 10_000],
    ids=["none", "blank", "room", "person", "pattern", "nul", "half", "long", "longer"],
)
def test_strange_texts_suggest_nothing(chat: Server, admin: Visitor, typed: str) -> None:
    for path in ("incoming/rooms", "outgoing/sources", "outgoing/users"):
        given = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert suggested(admin, path, given) == []


def test_only_some_are_suggested(chat: Server, admin: Visitor) -> None:
    with chat.app.app_context(), chat.chat.transaction():
        owner = users.load_user(chat.chat, username="admin")
        for number in range(40):
            seed.ensure_room(chat.chat, f"many{number}", owner=owner)
            seed.ensure_user(chat.chat, f"many{number}")

    found = suggested(admin, "incoming/rooms", "many")

    assert len(found) == 20
    assert sum(value.startswith("@") for value in found) == 5


def test_strangers_and_who_may_manage_nothing_are_told_nothing(
    chat: Server, stranger: Visitor
) -> None:
    bob, half = visitor(chat.caller("bob")), visitor(chat.caller("hal", ALL))

    assert stranger.get("/suggest/incoming/rooms", q="al").status_code == 401
    assert bob.get("/suggest/incoming/rooms", q="al").status_code == 403
    assert half.get("/suggest/incoming/rooms", q="al").status_code == 200
    assert half.get("/suggest/outgoing/rooms", q="al").status_code == 404
    assert half.get("/suggest/incoming/passwords", q="al").status_code == 404


def test_without_a_search_the_fields_are_plain(chat: Server, admin: Visitor) -> None:
    assert 'data-combobox="/admin/integrations/suggest/outgoing/sources"' in admin.text("/new")

    with chat.plain_host():
        assert "data-combobox" not in admin.text("/new")
        assert suggested(admin, "incoming/rooms", "al") == []
        assert suggested(admin, "incoming/users", "al") == []
