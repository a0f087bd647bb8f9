"""Changes, explanations, failed calls and new tokens, by REST."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryAttempt, DeliveryOutcome
from rc_integrations_plugin.management import recovery
from rc_integrations_plugin.outgoing.steps import Step
from tests.callers import ALL, OUTGOING_OWN, OWN, Caller, Server, change_body, refused, told
from tests.factories import make_attempt, make_call, make_delivery, make_incoming

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SINCE = (NOW - timedelta(days=1)).isoformat()


def fail(server: Server, document: dict[str, Any], **fields: Any) -> DeliveryAttempt:
    """Store a delivery that failed for good, and its attempt."""
    delivery = make_delivery(
        integration_id=document["_id"], outcome=DeliveryOutcome.FAILED, finished_at=NOW, attempts=1
    )
    usual = {
        "steps": (Step.START, Step.BEFORE_CALL),
        "outcome": DeliveryOutcome.FAILED,
        "started_at": NOW,
        "status": 500,
    }
    attempt = make_attempt(delivery, **usual | fields)
    server.services.deliveries.open([delivery], attempts=[attempt])
    return attempt


def test_changes_of_an_integration_are_told_without_secrets(admin: Caller) -> None:
    bridge = admin.create_outgoing(token="sesame-open", basicAuth="u:passw0rd")
    admin.create()
    told(admin.send("update", change_body(bridge, name="Another", token="other-sesame")))

    answer = admin.get("changes", integrationId=bridge["_id"])

    newest, first = told(answer)["changes"]
    assert (newest["action"], first["action"]) == ("updated", "created")
    assert newest["before"]["name"] == "Bridge"
    assert newest["after"]["name"] == "Another"
    assert newest["by"] == {"_id": admin.id, "username": "admin"}
    assert newest["_createdAt"].endswith("Z")
    for secret in ("sesame", "passw0rd"):
        assert secret not in answer.text


def test_changes_are_filtered_and_told_in_parts(server: Server, admin: Caller) -> None:
    carol = server.caller("carol", ALL)
    server.invite("carol", "general")
    hook = admin.create(name="First")
    second = carol.create(name="Second")

    def names(**query: Any) -> list[str]:
        return [one["name"] for one in told(admin.get("changes", **query))["changes"]]

    assert names() == ["Second", "First"]
    assert names(user="carol") == names(user="@carol") == ["Second"]
    assert names(integration="fir") == names(integration=hook["_id"]) == ["First"]
    assert names(integrationId=second["_id"]) == ["Second"]
    assert names(count=1, offset=1) == ["First"]
    assert names(oldest="2999-01-01") == names(latest="2001-01-01T00:00:00Z") == []
    assert names(oldest="2001-01-01", latest="2999-01-01") == ["Second", "First"]
    page = told(admin.get("changes", count=1))
    assert (page["count"], page["items"], page["total"]) == (1, 1, 2)


def test_what_was_removed_is_told_to_who_may_manage_all(server: Server, admin: Caller) -> None:
    ann = server.caller("ann", OWN)
    hook = admin.create(name="Gone")
    told(admin.send("remove", {"type": hook["type"], "integrationId": hook["_id"]}))

    assert told(admin.get("changes"))["changes"][0]["action"] == "removed"
    assert told(ann.get("changes"))["changes"] == []


@pytest.mark.parametrize("query", [{"oldest": "soon"}, {"count": "x"}, {"integrationId": "\x00"}])
def test_changes_take_a_query_of_their_form(admin: Caller, query: dict[str, Any]) -> None:
    assert refused(admin.get("changes", **query))["errorType"] == "invalid-params"


def test_a_line_of_the_history_is_explained(server: Server, admin: Caller) -> None:
    hook, bridge = admin.create(), admin.create_outgoing()
    call = make_call(integration_id=hook["_id"])
    server.services.calls.add(call)
    attempt = fail(server, bridge)
    waiting = make_delivery(integration_id=bridge["_id"])
    server.services.deliveries.open([waiting])

    def sentences(document: dict[str, Any], history_id: str) -> Any:
        query = {"integrationId": document["_id"], "historyId": history_id}
        return told(admin.get("explain", **query))["sentences"]

    assert sentences(hook, call.id)[0].startswith("Called by POST")
    assert "It failed for good." in sentences(bridge, attempt.id)
    assert sentences(bridge, waiting.id)[-1] == "It is waiting."


def test_a_line_that_is_not_there_is_not_explained(server: Server, admin: Caller) -> None:
    hook, bridge, other = admin.create(), admin.create_outgoing(), admin.create_outgoing()
    foreign = fail(server, other)
    waiting = make_delivery(integration_id=other["_id"])
    server.services.deliveries.open([waiting])

    for document in (hook, bridge):
        for history_id in (foreign.id, foreign.delivery_id, waiting.id, "nothing", ""):
            query = {"integrationId": document["_id"], "historyId": history_id}
            answer = refused(admin.get("explain", **query))
            assert answer["errorType"] == "error-invalid-integration-history"


def test_failed_calls_are_listed_and_made_again(server: Server, admin: Caller) -> None:
    bridge, off = admin.create_outgoing(), admin.create_outgoing(enabled=False)
    fail(server, bridge, started_at=NOW - timedelta(days=3))
    attempt, impossible = fail(server, bridge), fail(server, off)

    listed = told(admin.get("failedCalls", since=SINCE))
    reasons = {one["historyId"]: one["error"] for one in listed["calls"]}
    assert reasons == {attempt.id: None, impossible.id: "the integration is switched off"}
    assert [one["replayed"] for one in listed["calls"]] == [False, False]
    assert (listed["count"], listed["total"]) == (2, 2)
    assert told(admin.get("failedCalls", since=SINCE, count=1, offset=1))["count"] == 1

    made = told(admin.send("recover", {"since": SINCE}))
    assert [one["historyId"] for one in made["calls"]] == [attempt.id]
    assert made["calls"][0]["replayed"] is True
    assert (made["replayed"], made["remaining"], made["impossible"]) == (1, 0, 1)
    again = told(admin.send("recover", {"since": SINCE}))
    assert (again["calls"], again["replayed"]) == ([], 0)


def test_one_integration_recovers(server: Server, admin: Caller) -> None:
    bridge, other = admin.create_outgoing(), admin.create_outgoing()
    fail(server, other)
    attempt = fail(server, bridge)
    only = {"since": SINCE, "integrationId": bridge["_id"]}

    assert told(admin.get("failedCalls", **only))["total"] == 1
    made = told(admin.send("recover", only))
    assert [one["historyId"] for one in made["calls"]] == [attempt.id]


def test_many_are_made_again_in_parts(
    server: Server, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "MOST_AT_ONCE", 2)
    bridge = admin.create_outgoing()
    for _ in range(3):
        fail(server, bridge)

    made = [told(admin.send("recover", {"since": SINCE})) for _ in range(2)]

    assert [(one["replayed"], one["remaining"]) for one in made] == [(2, 1), (1, 0)]


def test_only_what_one_may_manage_recovers(server: Server, admin: Caller) -> None:
    bridge, hook = admin.create_outgoing(), admin.create()
    fail(server, bridge)
    ann = server.caller("ann", OUTGOING_OWN, OWN)

    assert told(ann.send("recover", {"since": SINCE}))["calls"] == []
    assert told(ann.get("failedCalls", since=SINCE))["total"] == 0
    for one in (bridge["_id"], hook["_id"], "nothing"):
        query = {"since": SINCE, "integrationId": one}
        for answer in (ann.send("recover", query), ann.get("failedCalls", **query)):
            assert refused(answer)["error"] == "No integration found."
    answer = admin.send("recover", {"since": SINCE, "integrationId": hook["_id"]})
    assert refused(answer)["errorType"] == "invalid-params"


@pytest.mark.parametrize(
    "body",
    [{}, {"since": "yesterday"}, {"since": 20260301}, {"since": None}, {"since": SINCE, "x": 1}],
    ids=["nothing", "a word", "a number", "null", "more"],
)
def test_recovering_takes_a_body_of_its_form(admin: Caller, body: dict[str, Any]) -> None:
    assert refused(admin.send("recover", body))["errorType"] == "invalid-params"


def test_a_token_is_renewed_with_an_overlap(server: Server, admin: Caller) -> None:
    hook = admin.create()

    made = told(admin.send("renewToken", {"integrationId": hook["_id"], "overlap": 3600}))

    assert made["token"] not in {hook["token"], ""}
    assert made["url"].endswith(f"/hooks/{hook['_id']}/{made['token']}")
    until = datetime.fromisoformat(made["previousTokenUntil"])
    assert timedelta(minutes=50) < until - datetime.now(UTC) < timedelta(minutes=61)
    client = server.app.test_client()
    for token in (hook["token"], made["token"]):
        answer = client.post(f"/hooks/{hook['_id']}/{token}", json={"text": "Hello"})
        assert answer.status_code == 200
    assert hook["token"] not in str(made)


def test_without_an_overlap_the_token_ends_at_once(server: Server, admin: Caller) -> None:
    hook = admin.create()

    made = told(admin.send("renewToken", {"integrationId": hook["_id"]}))

    assert made["previousTokenUntil"] is None
    path = f"/hooks/{hook['_id']}/{hook['token']}"
    assert server.app.test_client().post(path, json={"text": "x"}).status_code == 404


@pytest.mark.parametrize("overlap", [-1, 30 * 86400 + 1, "1h", True, None, 1e308], ids=str)
def test_an_overlap_that_makes_no_sense_changes_nothing(admin: Caller, overlap: Any) -> None:
    hook = admin.create()

    answer = admin.send("renewToken", {"integrationId": hook["_id"], "overlap": overlap})

    assert refused(answer)["errorType"] == "invalid-params"
    now = told(admin.get("get", integrationId=hook["_id"]))["integration"]
    assert now["token"] == hook["token"]


def test_no_token_of_others_and_of_no_outgoing_integration_is_renewed(
    server: Server, admin: Caller
) -> None:
    hook, bridge = admin.create(), admin.create_outgoing(token="sesame-open")
    ann = server.caller("ann", OWN, OUTGOING_OWN)

    for one in (hook["_id"], bridge["_id"], "nothing"):
        answer = refused(ann.send("renewToken", {"integrationId": one}))
        assert answer["error"] == "No integration found."
    answer = refused(admin.send("renewToken", {"integrationId": bridge["_id"]}))
    assert answer["errorType"] == "invalid-params"


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_an_integration_is_switched_off_and_on(admin: Caller, kind: str) -> None:
    made = admin.create() if kind == "incoming" else admin.create_outgoing()
    body = {"integrationId": made["_id"], "enabled": False}

    off = told(admin.send("setEnabled", body))["integration"]
    again = told(admin.send("setEnabled", body))["integration"]
    on = told(admin.send("setEnabled", {**body, "enabled": True}))["integration"]

    assert (off["enabled"], on["enabled"]) == (False, True)
    assert again == off
    assert {**on, "_updatedAt": 0, "_updatedBy": 0} == {**made, "_updatedAt": 0, "_updatedBy": 0}


def test_what_cannot_be_stays_off(server: Server, admin: Caller) -> None:
    hook = make_incoming(enabled=False, channels=("#gone",))
    server.services.integrations.add(hook)

    answer = refused(admin.send("setEnabled", {"integrationId": hook.id, "enabled": True}))

    assert answer["errorType"] == "error-invalid-room"
    assert answer["details"]["channel"] == "#gone"
    for wrong in ("true", 1, None):
        answer = refused(admin.send("setEnabled", {"integrationId": hook.id, "enabled": wrong}))
        assert answer["errorType"] == "invalid-params"


def test_nobody_switches_what_is_not_his(server: Server, admin: Caller) -> None:
    hook, ann = admin.create(), server.caller("ann", OWN)

    for one in (hook["_id"], "nothing"):
        answer = ann.send("setEnabled", {"integrationId": one, "enabled": False})
        assert refused(answer)["error"] == "No integration found."


def test_those_that_fail_or_are_off_are_listed(server: Server, admin: Caller) -> None:
    bridge, off, switched_off = (
        admin.create_outgoing(name="Failing"),
        admin.create_outgoing(name="Off", enabled=False),
        admin.create_outgoing(name="Switched off"),
    )
    fail(server, bridge)
    server.services.integrations.disable(switched_off["_id"], "gone")

    def names(state: str) -> set[str]:
        listed = told(admin.get("list", state=state))
        assert listed["total"] == len(listed["integrations"])
        return {one["name"] for one in listed["integrations"]}

    assert off["enabled"] is False
    assert names("failing") == {"Failing"}
    assert names("on") == {"Failing"}
    assert names("off") == {"Off", "Switched off"}
    assert names("switched-off") == {"Switched off"}
    assert refused(admin.get("list", state="broken"))["errorType"] == "invalid-params"


def test_the_overview_tells_what_each_did_last(server: Server, admin: Caller) -> None:
    script = "class Script {}"
    hook = admin.create(name="Hook", script=script, scriptEnabled=True)
    bridge = admin.create_outgoing(name="Bridge", token="sesame-open")
    server.services.calls.add(make_call(integration_id=hook["_id"], called_at=NOW - HOUR))
    fail(server, bridge)

    answer = admin.get("overview", sort='{"failures": -1}')

    first, second = told(answer)["integrations"]
    assert (first["name"], first["failures"], first["lastOutcome"]) == ("Bridge", 1, "failed")
    assert (second["name"], second["failures"], second["lastOutcome"]) == ("Hook", 0, "posted")
    assert datetime.fromisoformat(first["lastCallAt"]) > datetime.fromisoformat(
        second["lastCallAt"]
    )
    for secret in ("sesame-open", hook["token"], script):
        assert secret not in answer.text


def test_the_overview_is_filtered_sorted_and_told_in_parts(server: Server, admin: Caller) -> None:
    for name in ("One", "Two", "Three"):
        admin.create(name=name)
    fail(server, admin.create_outgoing(name="Failing"))

    def names(**query: Any) -> list[str]:
        return [one["name"] for one in told(admin.get("overview", **query))["integrations"]]

    assert names() == ["Failing", "Three", "Two", "One"]
    assert names(state="failing") == names(type="webhook-outgoing") == ["Failing"]
    assert names(name="t", sort='{"name": 1}') == ["Three", "Two"]
    assert names(sort='{"lastCallAt": -1}', count=1) == ["Failing"]
    assert told(admin.get("overview", count=1, offset=1))["total"] == 4
    ann = server.caller("ann", OWN, OUTGOING_OWN)
    assert told(ann.get("overview"))["integrations"] == []


@pytest.mark.parametrize("call", ["overview", "changes", "explain", "failedCalls"])
def test_reading_takes_a_permission(stranger: Caller, call: str) -> None:
    assert stranger.get(call).status_code == 403


@pytest.mark.parametrize("call", ["recover", "renewToken", "setEnabled"])
def test_repairing_takes_a_permission(stranger: Caller, call: str) -> None:
    assert stranger.send(call, {}).status_code == 403
