"""`enable`, `disable`, `remove`, `prune` and `db upgrade`."""

from datetime import timedelta

from rc_integrations_plugin.storage import schema
from tests.callers import OWN, Server
from tests.factories import NOON, make_call, make_incoming, make_outgoing
from tests.unit.commands.conftest import Console


def test_disable_and_enable(console: Console, server: Server) -> None:
    admin = server.caller("admin")
    incoming, outgoing = admin.create(name="CI"), admin.create_outgoing(name="Bridge")
    ids = [incoming["_id"], outgoing["_id"]]

    assert "CI is now off" in console.ok("disable", *ids)
    assert [one["enabled"] for one in console.json("list")] == [False, False]
    assert "CI was already off" in console.ok("disable", ids[0])
    assert [one["changed"] for one in console.json("enable", *ids)] == [True, True]
    stored = server.stored(incoming)
    assert stored is not None
    assert stored.enabled
    assert stored.updated_by is not None
    assert stored.updated_by.username == "(console)"


def test_enable_makes_the_checks_of_the_api(console: Console, server: Server) -> None:
    one = make_incoming(enabled=False, channels=("#gone",))
    server.services.integrations.add(one)

    assert console.fails(1, "enable", one.id) == "Error: Invalid room: #gone\n"


def test_one_that_cannot_be_switched_does_not_stop_the_others(
    console: Console, server: Server
) -> None:
    one = server.caller("admin").create()

    told = console.fails(1, "disable", "nothing", one["_id"])

    assert "nothing: No integration found." in told
    stored = server.stored(one)
    assert stored is not None
    assert not stored.enabled


def test_a_user_may_switch_and_remove_only_his_own(console: Console, server: Server) -> None:
    one = server.caller("admin").create()
    server.caller("carol", OWN)

    assert "No integration found" in console.fails(3, "disable", one["_id"], "--as", "carol")
    assert "No integration" in console.fails(3, "remove", one["_id"], "--yes", "--as", "carol")
    assert server.stored(one) is not None


def test_remove_asks_for_the_name(console: Console, server: Server) -> None:
    one = server.caller("admin").create(name="Build server")

    assert "nothing was removed" in console.fails(1, "remove", one["_id"], stdin="Build\n")
    assert server.stored(one) is not None
    console.ok("remove", one["_id"], stdin="Build server\n")
    assert server.stored(one) is None


def test_one_without_a_name_is_removed_by_its_id_and_not_by_enter(
    console: Console, server: Server
) -> None:
    hook = make_incoming(name="")
    server.services.integrations.add(hook)

    assert f'Type the id "{hook.id}"' in console.fails(1, "remove", hook.id, stdin="\n")
    assert server.services.integrations.find_any(hook.id) is not None
    assert console.ok("enable", hook.id) == f"{hook.id} (no name) was already on\n"
    assert "(no name) is removed" in console.ok("remove", hook.id, stdin=f"{hook.id}\n")
    assert server.services.integrations.find_any(hook.id) is None


def test_remove_with_yes_asks_nothing(console: Console, server: Server) -> None:
    outgoing = make_outgoing(name="Bridge")
    server.services.integrations.add(outgoing)

    assert console.json("remove", outgoing.id, "--yes")["removed"] is True
    assert server.services.integrations.find_any(outgoing.id) is None


def test_prune_deletes_what_is_too_old(console: Console, server: Server) -> None:
    one = server.caller("admin").create()
    old = make_call(integration_id=one["_id"], called_at=NOON - timedelta(days=3650))
    server.services.calls.add(old)

    assert console.ok("prune") == "1 row of the histories deleted\n"
    assert console.json("prune") == {"deleted": 0}


def test_upgrade_of_current_tables_changes_nothing(console: Console) -> None:
    assert console.ok("db", "upgrade") == f"The tables are at version {schema.HEAD} already\n"
    assert console.json("db", "upgrade") == {"before": schema.HEAD, "after": schema.HEAD}
