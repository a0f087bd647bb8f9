"""Programs that others wrote, unchanged, against a running demo."""

import asyncio
import io
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apprise
import pytest
import requests
import rockethook
from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException
from rocketchat_API.rocketchat import RocketChat
from slack_sdk.webhook import WebhookClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.integration.demo import RunningDemo, running_demo
from tests.receivers import receiver

pytestmark = [
    pytest.mark.integration,
    # apprise still imports it
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo"), "--admin-password", PASSWORD) as demo:
        yield demo


@pytest.fixture
def rocket(demo: RunningDemo) -> Iterator[Any]:
    client = RocketChat("admin", PASSWORD, server_url=demo.url)
    yield client
    client.logout()


@pytest.fixture
def hook(rocket: Any) -> Iterator[dict[str, Any]]:
    """An incoming integration that lets the body choose the room."""
    made = rocket.integrations_create(
        "webhook-incoming",
        **fields(name="clients"),
        overrideDestinationChannelEnabled=True,
    )["integration"]
    yield made
    rocket.integrations_remove("webhook-incoming", made["_id"])


def fields(**given: Any) -> dict[str, Any]:
    """Return what an incoming integration needs."""
    return {
        "enabled": True,
        "username": "rocket.cat",
        "channel": "#general",
        "script_enabled": False,
    } | given


def newest(rocket: Any, room: str) -> dict[str, Any]:
    room_id = rocket.channels_info(channel=room)["channel"]["_id"]
    message: dict[str, Any] = next(rocket.channels_history(room_id, count=1), {})
    return message


def await_true(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_rocketchat_api_manages_incoming_integrations(rocket: Any) -> None:
    made = rocket.integrations_create("webhook-incoming", **fields(name="ci"), alias="CI")[
        "integration"
    ]
    found = rocket.integrations_get(made["_id"])["integration"]
    changed = rocket.integrations_update(
        "webhook-incoming", **fields(name="ci2", channel="#alerts"), integration_id=made["_id"]
    )["integration"]
    listed = list(rocket.integrations_list())
    history = list(rocket.integrations_history(made["_id"]))
    removed = rocket.integrations_remove("webhook-incoming", made["_id"])
    left = list(rocket.integrations_list())

    assert (found["name"], found["alias"], found["channel"]) == ("ci", "CI", ["#general"])
    assert (changed["name"], changed["channel"]) == ("ci2", ["#alerts"])
    assert changed["token"] == made["token"]
    assert made["_id"] in [each["_id"] for each in listed]
    assert history == []
    assert removed["success"] is True
    assert made["_id"] not in [each["_id"] for each in left]


def finished_calls(rocket: Any, integration: dict[str, Any]) -> list[dict[str, Any]]:
    history = rocket.integrations_history(integration["_id"])
    return [call for call in history if call.get("finished")]


def test_rocketchat_api_manages_outgoing_integrations(rocket: Any) -> None:
    with receiver() as receiving:
        made = rocket.integrations_create(
            "webhook-outgoing",
            **fields(name="bridge"),
            event="sendMessage",
            urls=[f"{receiving.url}/hook"],
            token="token-of-mine",
            triggerWords=["deploy"],
        )["integration"]
        rocket.chat_post_message("deploy it", channel="#general")
        await_true(lambda: len(receiving.received) == 1)
        await_true(lambda: len(finished_calls(rocket, made)) == 1)
        (call,) = finished_calls(rocket, made)
        again = {"integrationId": made["_id"], "historyId": call["_id"]}
        rocket.call_api_post("integrations.replayOutgoing", **again)
        await_true(lambda: len(finished_calls(rocket, made)) == 2)
    first, second = receiving.received
    (replay, _) = rocket.integrations_history(made["_id"])
    found = rocket.integrations_get(made["_id"])["integration"]
    changed = rocket.integrations_update(
        "webhook-outgoing", **fields(name="bridge2", channel=""), integration_id=made["_id"]
    )["integration"]
    listed = [each["_id"] for each in rocket.integrations_list(type="webhook-outgoing")]
    removed = rocket.integrations_remove("webhook-outgoing", made["_id"])
    left = [each["_id"] for each in rocket.integrations_list()]

    assert second.body == first.body
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert replay["replayOf"] == call["_id"]
    told = json.loads(first.body)
    assert (told["token"], told["text"]) == ("token-of-mine", "deploy it")
    assert (call["type"], call["outcome"], call["status"]) == ("outgoing-webhook", "delivered", 200)
    assert call["data"]["text"] == "deploy it"
    assert (found["urls"], found["channel"]) == (made["urls"], ["#general"])
    assert (changed["name"], changed["channel"], changed["token"]) == (
        "bridge2",
        [],
        "token-of-mine",
    )
    assert made["_id"] in listed
    assert removed["success"] is True
    assert made["_id"] not in left


def test_rocketchat_api_is_told_what_is_wrong_with_an_outgoing_integration(rocket: Any) -> None:
    with pytest.raises(RocketApiException, match="error-invalid-urls"):
        rocket.integrations_create(
            "webhook-outgoing", **fields(name="bridge"), event="sendMessage", urls=["nowhere"]
        )
    with pytest.raises(RocketApiException, match="error-invalid-event-type"):
        rocket.integrations_create(
            "webhook-outgoing", **fields(name="bridge"), event="nothing", urls=["http://a.test"]
        )


def test_rocketchat_api_pages_through_many_integrations(rocket: Any) -> None:
    made = [
        rocket.integrations_create("webhook-incoming", **fields(name=f"many {number}"))[
            "integration"
        ]["_id"]
        for number in range(7)
    ]

    listed = [each["_id"] for each in rocket.integrations_list(count=3)]

    assert set(made) <= set(listed)
    assert len(listed) == len(set(listed))
    for integration_id in made:
        rocket.integrations_remove("webhook-incoming", integration_id)


def test_rocketchat_api_lives_in_channels(rocket: Any) -> None:
    user = rocket.users_create("ann@example.org", "Ann", "pw-for-ann-1", "ann")["user"]
    room = rocket.channels_create("lounge", members=["ann"])["channel"]
    members = [each["username"] for each in rocket.channels_members(room["_id"])]
    rocket.channels_kick(room["_id"], user["_id"])
    kicked = [each["username"] for each in rocket.channels_members(room["_id"])]
    rocket.channels_invite(room["_id"], user["_id"])
    sent = rocket.chat_post_message("one", room_id=room["_id"])["message"]
    rocket.chat_post_message("two", channel="#lounge", emoji=":ghost:")
    rocket.chat_update(room["_id"], sent["_id"], "one, edited")
    texts = [each["msg"] for each in rocket.channels_history(room["_id"])]
    rocket.chat_delete(room["_id"], sent["_id"])
    rocket.channels_rename(room["_id"], "lounge2")
    info = rocket.rooms_info(room_name="lounge2")["room"]
    rocket.channels_archive(room["_id"])
    archived = rocket.channels_info(room_id=room["_id"])["channel"]
    rocket.channels_delete(room_id=room["_id"])

    assert {"admin", "ann"} <= set(members)
    assert "ann" not in kicked
    assert texts[:2] == ["two", "one, edited"]
    assert info["_id"] == room["_id"]
    assert archived["archived"] is True
    assert "lounge2" not in [each["name"] for each in rocket.channels_list()]


def test_rocketchat_api_lives_in_groups_and_direct_rooms(rocket: Any) -> None:
    rocket.users_create("bob@example.org", "Bob", "pw-for-bob-1", "bob")
    group = rocket.groups_create("ops", members=["bob"])["group"]
    members = [each["username"] for each in rocket.groups_members(room_id=group["_id"])]
    # a tuple: the client leaves a file open that it opens itself
    rocket.rooms_media(group["_id"], ("note.txt", io.BytesIO(b"hello"), "text/plain"))
    direct = rocket.dm_create("bob")["room"]
    rocket.chat_send_message({"rid": direct["_id"], "msg": "hi Bob"})
    texts = [each["msg"] for each in rocket.dm_messages(room_id=direct["_id"])]
    groups = [each["name"] for each in rocket.groups_list()]
    directs = [each["_id"] for each in rocket.dm_list()]
    rocket.groups_delete(room_id=group["_id"])

    assert set(members) == {"admin", "bob"}
    assert texts == ["hi Bob"]
    assert "ops" in groups
    assert direct["_id"] in directs


def test_rocketchat_api_is_told_of_what_it_may_not_do(demo: RunningDemo, rocket: Any) -> None:
    rocket.users_create("eve@example.org", "Eve", "pw-for-eve-1", "eve")
    eve = RocketChat("eve", "pw-for-eve-1", server_url=demo.url)

    with pytest.raises(RocketApiException, match=r"not_authorized|error-unauthorized"):
        eve.integrations_create("webhook-incoming", **fields(name="mine"))


def test_rocketchat_api_grants_a_permission(rocket: Any) -> None:
    def grant(*roles: str) -> None:
        rocket.permissions_update([{"_id": "message-impersonate", "roles": list(roles)}])

    with pytest.raises(RocketApiException, match="Not enough permission"):
        rocket.chat_post_message("who?", channel="#alerts", alias="Someone")
    grant("bot", "app", "admin")
    rocket.chat_post_message("me", channel="#alerts", alias="Someone")
    grant("bot", "app")

    stored = newest(rocket, "alerts")
    assert (stored["msg"], stored["alias"]) == ("me", "Someone")


def test_rockethook_posts(demo: RunningDemo, rocket: Any, hook: dict[str, Any]) -> None:
    webhook = rockethook.Webhook(demo.url, f"{hook['_id']}/{hook['token']}")
    message = rockethook.Message(text="line1\nline 2 é & =+", channel="#alerts")
    message.add_attachment(title="Attach", title_link="http://e.test", color="#ff0000")

    webhook.post(message)

    stored = newest(rocket, "alerts")
    assert stored["msg"] == "line1\nline 2 é & =+"
    assert stored["attachments"][0]["title"] == "Attach"
    assert stored["attachments"][0]["color"] == "#ff0000"


def test_rockethook_is_told_of_a_wrong_token(demo: RunningDemo, hook: dict[str, Any]) -> None:
    webhook = rockethook.Webhook(demo.url, f"{hook['_id']}/wrong")

    with pytest.raises(rockethook.WebhookError, match="Invalid integration id or token"):
        webhook.quick_post("nobody reads this")


def test_apprise_posts_by_webhook(demo: RunningDemo, rocket: Any, hook: dict[str, Any]) -> None:
    address = demo.url.removeprefix("http://")
    sender = apprise.Apprise()
    sender.add(f"rocket://{hook['_id']}/{hook['token']}@{address}/%23alerts?mode=webhook")

    sent = bool(sender.notify(title="Disk", body="95 % *full*"))

    stored = newest(rocket, "alerts")
    assert sent is True
    assert "95 % *full*" in stored["msg"]
    assert stored["avatar"].startswith("https://")


def test_apprise_posts_by_password(demo: RunningDemo, rocket: Any) -> None:
    address = demo.url.removeprefix("http://")
    sender = apprise.Apprise()
    sender.add(f"rocket://admin:{PASSWORD.replace(' ', '%20')}@{address}/%23alerts?mode=basic")

    assert sender.notify(body="by password")
    assert newest(rocket, "alerts")["msg"] == "by password"


def test_apprise_is_told_that_a_hook_is_gone(demo: RunningDemo) -> None:
    address = demo.url.removeprefix("http://")
    sender = apprise.Apprise()
    sender.add(f"rocket://gone/wrong@{address}/%23alerts?mode=webhook")

    assert not sender.notify(body="nobody reads this")


def test_slack_sdk_posts(demo: RunningDemo, rocket: Any, hook: dict[str, Any]) -> None:
    client = WebhookClient(f"{demo.url}/hooks/{hook['_id']}/{hook['token']}")

    answer = client.send(
        text="see <https://example.org|the site> &amp; relax",
        attachments=[{"fallback": "f", "color": "good", "text": "a"}],
    )

    stored = newest(rocket, "general")
    assert answer.status_code == 200
    assert stored["msg"] == "see [the site](https://example.org) & relax"
    assert stored["attachments"][0]["color"].startswith("#")


def test_slack_sdk_posts_blocks_only(demo: RunningDemo, rocket: Any, hook: dict[str, Any]) -> None:
    async def send() -> int:
        client = AsyncWebhookClient(f"{demo.url}/hooks/{hook['_id']}/{hook['token']}")
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "*deployed*"}}
        return (await client.send(blocks=[section])).status_code

    assert asyncio.run(send()) == 200
    assert "deployed" in newest(rocket, "general")["msg"]


ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


@contextmanager
def alertmanager(folder: Path, receiver: str) -> Iterator[str]:
    """Run Alertmanager with one receiver and give its address."""
    assert ALERTMANAGER is not None
    config = folder / "alertmanager.yml"
    config.write_text(
        "route: {receiver: chat, group_wait: 100ms, group_by: [alertname]}\n"
        f"receivers:\n- name: chat\n{receiver}"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            ALERTMANAGER,
            f"--config.file={config}",
            f"--storage.path={folder}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_true(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(
    ALERTMANAGER is None and "RC_TEST_REQUIRE_PROGRAMS" not in os.environ,
    reason="prometheus-alertmanager is not installed",
)
def test_alertmanager_posts_by_slack_configs(
    demo: RunningDemo, rocket: Any, hook: dict[str, Any], tmp_path: Path
) -> None:
    receiver = (
        "  slack_configs:\n"
        f"  - api_url: {demo.url}/hooks/{hook['_id']}/{hook['token']}\n"
        "    channel: '#alerts'\n"
        "    username: alertmanager\n"
        "    icon_emoji: ':fire:'\n"
        "    title: '{{ .CommonLabels.alertname }}'\n"
        "    text: '{{ .CommonAnnotations.summary }}'\n"
    )
    alert = {
        "labels": {"alertname": "HighLoad", "severity": "critical"},
        "annotations": {"summary": "load is 9 > 5 & rising"},
    }

    with alertmanager(tmp_path, receiver) as address:
        requests.post(f"{address}/api/v2/alerts", json=[alert], timeout=5).raise_for_status()
        await_true(lambda: newest(rocket, "alerts").get("alias") == "alertmanager")

    stored = newest(rocket, "alerts")
    assert stored["emoji"] == ":fire:"
    assert stored["attachments"][0]["title"] == "HighLoad"
    assert stored["attachments"][0]["text"] == "load is 9 > 5 & rising"
    assert stored["attachments"][0]["color"].startswith("#")
