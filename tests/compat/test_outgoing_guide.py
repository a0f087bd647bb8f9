"""What the product guide promises about outgoing integrations, one promise a test.

Each docstring says the promise in our words. Events are the stub's own, scripts run in their real
processes, and calls go to a real receiver.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from host_stub.chat import files, members, rooms, users
from rc_integrations_plugin.delivery.retry import RetryDelay
from rc_integrations_plugin.host.events import EventName
from tests.bridges import GUIDE_SAMPLE, LATER, Bridge, bridge as bridge_of, steps_of
from tests.hooks import Stage

pytestmark = pytest.mark.real_scripts


@pytest.fixture
def config(config: dict[str, Any]) -> dict[str, Any]:
    return {**config, "RC_INTEGRATIONS_ALLOWED_NETWORKS": ["127.0.0.1"]}


@pytest.fixture
def bridge(stage: Stage) -> Iterator[Bridge]:
    with bridge_of(stage) as running:
        yield running


# Key capabilities, and the seven events


def send_message(bridge: Bridge) -> None:
    bridge.say("hello")


def upload_file(bridge: Bridge) -> None:
    with bridge.transaction():
        upload = files.Upload(name="a.txt", content=b"a")
        files.upload_file(
            bridge.chat, upload, room=bridge.room("general"), author=bridge.user("alice")
        )


def archive_room(bridge: Bridge) -> None:
    with bridge.transaction():
        rooms.archive_room(bridge.chat, bridge.room("ops"), by=bridge.user("alice"))


def create_room(kind: str) -> Callable[[Bridge], None]:
    def create(bridge: Bridge) -> None:
        with bridge.transaction():
            rooms.create_room(bridge.chat, "new", kind=kind, owner=bridge.user("alice"))

    return create


def join_room(bridge: Bridge) -> None:
    with bridge.transaction():
        members.join_room(bridge.chat, bridge.user("bob"), bridge.room("general"))


def leave_room(bridge: Bridge) -> None:
    with bridge.transaction():
        members.remove_member(bridge.chat, bridge.user("rocket.cat"), bridge.room("general"))


def create_user(bridge: Bridge) -> None:
    with bridge.transaction():
        users.create_user(bridge.chat, "carol", password=None)


@pytest.mark.parametrize(
    ("event", "happen", "expected"),
    [
        (EventName.MESSAGE_SENT, send_message, {"text": "hello", "user_name": "alice"}),
        (EventName.FILE_UPLOADED, upload_file, {"channel_name": "general", "user_name": "alice"}),
        (EventName.ROOM_ARCHIVED, archive_room, {"channel_name": "ops", "user_name": "alice"}),
        (EventName.ROOM_CREATED, create_room("c"), {"channel_name": "new", "user_name": "alice"}),
        (EventName.ROOM_CREATED, create_room("p"), {"channel_name": "new", "user_name": "alice"}),
        (EventName.ROOM_JOINED, join_room, {"channel_name": "general", "user_name": "bob"}),
        (EventName.ROOM_LEFT, leave_room, {"channel_name": "general", "user_name": "rocket.cat"}),
        (EventName.USER_CREATED, create_user, {"user_name": "carol"}),
    ],
    ids=[
        "message sent",
        "file uploaded",
        "room archived",
        "public room created",
        "private room created",
        "user joined",
        "user left",
        "user created",
    ],
)
def test_each_event_calls_the_url(
    bridge: Bridge, event: EventName, happen: Callable[[Bridge], None], expected: dict[str, str]
) -> None:
    """Messages, files, rooms and users: what happens is sent to an outside service."""
    bridge.listen(event=event, target_room="#general")

    happen(bridge)

    (payload,) = bridge.payloads()
    assert payload | expected == payload
    assert payload["token"] == "s3cret-token"


def test_one_that_is_not_enabled_calls_nobody(bridge: Bridge) -> None:
    """The setting "Enabled" switches the integration on."""
    bridge.listen(enabled=False)
    bridge.say("hello")

    assert bridge.calls() == []


# Channel


@pytest.mark.parametrize(
    ("channels", "heard"),
    [
        ((), {"public"}),
        (("all_public_channels",), {"public"}),
        (("all_private_groups",), {"private"}),
        (("all_direct_messages",), {"direct"}),
        (("#general",), {"public"}),
        (("#team",), {"private"}),
        (("#ops",), set()),
        (("@bob",), {"direct"}),
        (("@rocket.cat",), set()),
        (("#team", "all_direct_messages"), {"private", "direct"}),
    ],
    ids=lambda given: ",".join(sorted(given)),
)
def test_it_listens_where_its_channel_says(
    bridge: Bridge, channels: tuple[str, ...], heard: set[str]
) -> None:
    """`#` for a channel, `@` for a user, and a word for all of a kind."""
    bridge.listen(channels=channels)

    bridge.say("public")
    bridge.say("private", room="team")
    bridge.say_to("bob", "direct")

    assert {payload["text"] for payload in bridge.payloads()} == heard


# Trigger words


@pytest.mark.parametrize(
    ("text", "word"),
    [("deploy now", "deploy"), ("status?", "status"), ("please deploy", None), ("hello", None)],
)
def test_a_message_must_begin_with_a_trigger_word(
    bridge: Bridge, text: str, word: str | None
) -> None:
    """A message that starts with one of the configured words triggers."""
    bridge.listen(trigger_words=("deploy", "status"))
    bridge.say(text)

    assert [payload["trigger_word"] for payload in bridge.payloads()] == [word] * bool(word)


def test_the_word_may_be_anywhere(bridge: Bridge) -> None:
    """The setting "Word Placement Anywhere" lets the words be elsewhere in the sentence."""
    bridge.listen(trigger_words=("deploy",), trigger_word_anywhere=True)
    bridge.say("please deploy")

    assert [payload["trigger_word"] for payload in bridge.payloads()] == ["deploy"]


@pytest.mark.parametrize(("run_on_edits", "expected"), [(True, ["a", "b"]), (False, ["a"])])
def test_it_runs_on_edits_if_it_is_to(
    bridge: Bridge, expected: list[str], *, run_on_edits: bool
) -> None:
    """The setting "Run On Edits" off: only new messages count."""
    bridge.listen(run_on_edits=run_on_edits)
    message_id = bridge.say("a")
    bridge.deliver()

    bridge.edit(message_id, "b")

    assert [payload["text"] for payload in bridge.payloads()] == expected


# URLs, token, and the payload


def test_each_url_is_called(bridge: Bridge) -> None:
    """Several URLs may be given; each is called for each event."""
    bridge.listen(urls=(f"{bridge.receiver.url}/a", f"{bridge.receiver.url}/b"))
    bridge.say("hello")

    assert sorted(call.path for call in bridge.calls()) == ["/a", "/b"]


def test_a_receiver_can_verify_the_token(bridge: Bridge) -> None:
    """The token is sent with each call."""
    bridge.listen(token="verify-me")
    bridge.say("hello")

    (call,) = bridge.calls()
    assert json.loads(call.body)["token"] == "verify-me"
    assert (call.method, call.headers["content-type"]) == ("POST", "application/json")


# Who answers, and what it looks like


def test_the_answer_comes_from_the_user_to_post_as(bridge: Bridge) -> None:
    """The setting "Post as" names the author."""
    bridge.listen(user_id=bridge.stage.add_bot("builder"))
    bridge.answer({"text": "done"})
    bridge.say("hello")

    message = bridge.last_message()
    assert (message["msg"], message["u"]["username"]) == ("done", "builder")


def test_the_user_to_post_as_must_exist(bridge: Bridge) -> None:
    """That user must exist already."""
    integration = bridge.listen(user_id="nobody")
    bridge.say("hello")

    assert bridge.calls() == []
    found = bridge.services.integrations.find_outgoing(integration.id)
    assert found is not None
    assert (found.enabled, found.disabled_reason is None) == (False, False)


def test_it_may_answer_as_who_triggered_it(bridge: Bridge) -> None:
    """The setting "Impersonate User" takes the person for the author."""
    bridge.listen(impersonate_user=True)
    bridge.answer({"text": "done"})
    bridge.say("hello")

    assert bridge.last_message()["u"]["username"] == "alice"


@pytest.mark.parametrize("picture", [{"avatar": "https://x.test/a.png"}, {"emoji": ":ghost:"}])
def test_answers_show_the_alias_and_the_picture(bridge: Bridge, picture: dict[str, str]) -> None:
    """Alias, avatar URL or emoji of the settings are those of each message it posts."""
    bridge.listen(alias="CI", **picture)
    bridge.answer({"text": "done"})
    bridge.say("hello")

    message = bridge.last_message()
    assert message | {"alias": "CI", **picture} == message


# Responding


def test_a_json_answer_is_posted_back_into_the_channel(bridge: Bridge) -> None:
    """A handler that returns JSON posts a message into the channel."""
    bridge.listen()
    bridge.answer({"text": "done", "attachments": [{"title": "Build"}]})
    bridge.say("hello", room="ops")

    message = bridge.last_message("ops")
    assert (message["msg"], message["attachments"][0]["title"]) == ("done", "Build")


def test_an_answer_in_a_direct_room_goes_there(bridge: Bridge) -> None:
    """A response goes back into the channel, whatever its kind."""
    bridge.listen(channels=("all_direct_messages",))
    bridge.answer({"text": "done"})
    bridge.say_to("rocket.cat", "hello")
    bridge.deliver()

    assert bridge.stage.direct_texts("alice") == ["hello", "done"]


@pytest.mark.parametrize("content", ["", {"text": ""}, {}, {"other": 1}], ids=str)
def test_an_answer_without_text_is_ignored(bridge: Bridge, content: Any) -> None:
    """Empty bodies, and bodies with an empty text, are ignored."""
    bridge.listen(retry_failed_calls=True)
    bridge.answer(content)
    bridge.say("hello")

    (attempt,) = bridge.deliver()
    assert (attempt.outcome, attempt.next_attempt_at) == ("delivered", None)
    assert bridge.texts() == ["hello"]


def test_alias_and_avatar_of_the_answer_count_before_the_settings(bridge: Bridge) -> None:
    """The alias and the avatar in the JSON override those of the settings."""
    bridge.listen(alias="CI", avatar="https://x.test/a.png")
    bridge.answer({"text": "done", "alias": "Bot", "avatar": "https://x.test/b.png"})
    bridge.say("hello")

    message = bridge.last_message()
    assert (message["alias"], message["avatar"]) == ("Bot", "https://x.test/b.png")


# Retries


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_what_is_not_200_is_tried_again(bridge: Bridge, status: int) -> None:
    """Non-200 responses are retried."""
    bridge.listen(retry_failed_calls=True, retry_count=1)
    bridge.answer("busy", status=status)
    bridge.say("hello")
    bridge.deliver()

    bridge.answer({"text": "done"})
    bridge.deliver(after=LATER)

    assert bridge.texts() == ["hello", "done"]


def test_a_call_that_reaches_nobody_is_tried_again(bridge: Bridge) -> None:
    """The call is retried if the call out to the URL fails."""
    bridge.listen(retry_failed_calls=True, urls=("http://127.0.0.1:1/",))
    bridge.say("hello")

    (attempt,) = bridge.deliver()
    assert (attempt.failure, attempt.outcome) == ("connection", "retrying")


def test_without_that_setting_it_is_not(bridge: Bridge) -> None:
    """The setting "Retry Failed Url Calls" switches retries on."""
    bridge.listen()
    bridge.answer("busy", status=500)
    bridge.say("hello")

    assert steps_of(bridge.deliver()) == ["failed-and-not-configured-to-retry"]
    assert bridge.deliver(after=LATER) == []


def test_it_is_tried_again_as_often_as_set(bridge: Bridge) -> None:
    """The setting "Retry Count" says how often."""
    bridge.listen(retry_failed_calls=True, retry_count=2)
    bridge.answer("busy", status=500)
    bridge.say("hello")

    steps = [step for _ in range(4) for step in steps_of(bridge.deliver(after=LATER))]

    assert steps == ["going-to-retry-1", "going-to-retry-2", "too-many-retries"]
    assert len({call.headers["webhook-id"] for call in bridge.receiver.received}) == 1


@pytest.mark.parametrize(
    ("formula", "seconds"),
    [
        (RetryDelay.POWERS_OF_TEN, [0.1, 1, 10]),
        (RetryDelay.POWERS_OF_TWO, [2, 4, 8]),
        (RetryDelay.INCREMENTS_OF_TWO, [2, 4, 6]),
    ],
)
def test_it_waits_as_the_formula_says(
    bridge: Bridge, formula: RetryDelay, seconds: list[float]
) -> None:
    """Three algorithms for the delay: powers of ten, powers of two, increments of two."""
    bridge.listen(retry_failed_calls=True, retry_count=3, retry_delay=formula.value)
    bridge.answer("busy", status=500)
    bridge.say("hello")

    for wait in seconds:
        (attempt,) = bridge.deliver(after=LATER)
        assert attempt.next_attempt_at is not None
        waited = (attempt.next_attempt_at - attempt.started_at).total_seconds()
        # up to a tenth later, and the call itself takes a moment
        assert wait <= waited < wait * 1.1 + 5


# Scripts: the class


def test_the_class_is_made_once_and_kept(bridge: Bridge) -> None:
    """`Script` is instantiated once, and the same instance sees all later events."""
    bridge.listen_with_script(
        """
        constructor() { this.seen = 0; }
        prepare_outgoing_request({ request }) {
          this.seen += 1;
          return { message: { text: `event ${this.seen}` } };
        }
        """
    )
    bridge.say("a")
    bridge.say("b")

    assert bridge.texts()[2:] == ["event 1", "event 2"]


def test_a_script_that_is_not_enabled_does_not_run(bridge: Bridge) -> None:
    """The setting "Script Enabled" switches the script on."""
    bridge.listen_with_script("prepare_outgoing_request() {}", script_enabled=False)
    bridge.say("hello")

    assert [payload["text"] for payload in bridge.payloads()] == ["hello"]


# Scripts: the request


def test_the_script_is_given_the_request(bridge: Bridge) -> None:
    """params, method, url, headers and data (token, channel, time, user, text, trigger word)."""
    bridge.listen_with_script(
        """
        prepare_outgoing_request({ request }) {
          return { ...request, url: request.url + '/seen', data: request };
        }
        """,
        trigger_words=("hel",),
    )
    message_id = bridge.say("hello")

    (request,) = bridge.payloads()
    assert request["method"] == "POST"
    assert request["url"] == f"{bridge.receiver.url}/hook"
    assert (request["params"], list(request["headers"])) == ({}, ["User-Agent"])
    data = request["data"]
    assert (
        data
        | {
            "token": "s3cret-token",
            "channel_id": bridge.stage.room_id("general"),
            "channel_name": "general",
            "message_id": message_id,
            "user_id": bridge.stage.user_id("alice"),
            "user_name": "alice",
            "text": "hello",
            "trigger_word": "hel",
        }
        == data
    )
    assert data["timestamp"].endswith("Z")


def test_the_script_changes_or_replaces_the_request(bridge: Bridge) -> None:
    """What it returns, with at least url and method, is what is sent."""
    bridge.listen_with_script(
        """
        prepare_outgoing_request({ request }) {
          return {
            url: request.url + '/other?a=1',
            method: 'PUT',
            headers: { 'X-From': 'script' },
            auth: 'ann:pw',
            data: { said: request.data.text },
          };
        }
        """
    )
    bridge.say("hello")

    (call,) = bridge.calls()
    assert (call.method, call.path) == ("PUT", "/hook/other?a=1")
    assert json.loads(call.body) == {"said": "hello"}
    assert (call.headers["x-from"], call.headers["authorization"]) == ("script", "Basic YW5uOnB3")


@pytest.mark.parametrize(
    "result", ["", "return null;", "return { url: request.url };", "return { method: 'GET' };"]
)
def test_a_script_that_returns_no_request_cancels_it(bridge: Bridge, result: str) -> None:
    """Returning nothing cancels the request, and url and method must both be there."""
    bridge.listen_with_script(f"prepare_outgoing_request({{ request }}) {{ {result} }}")
    bridge.say("hello")

    assert bridge.calls() == []
    assert bridge.texts() == ["hello"]


def test_a_message_may_take_the_place_of_the_request(bridge: Bridge) -> None:
    """A script can cancel the request and return a message."""
    bridge.listen_with_script(
        """
        prepare_outgoing_request({ request }) {
          return { message: { text: 'no need', channel: '#alerts' } };
        }
        """
    )
    bridge.say("hello")

    assert bridge.calls() == []
    assert bridge.texts("alerts") == ["no need"]


def test_a_script_may_make_another_request(bridge: Bridge) -> None:
    """Another request can be made in the script, by the HTTP global."""
    bridge.answer({"name": "Build 7"}, path="/lookup")
    bridge.listen_with_script(
        f"""
        prepare_outgoing_request({{ request }}) {{
          const found = HTTP('GET', '{bridge.receiver.url}/lookup');
          request.data.build = found.result.data.name;
          return request;
        }}
        """
    )
    bridge.say("hello")

    assert [(call.method, call.path) for call in bridge.calls()] == [
        ("GET", "/lookup"),
        ("POST", "/hook"),
    ]
    assert json.loads(bridge.receiver.received[1].body)["build"] == "Build 7"


# Scripts: the response


@pytest.mark.parametrize("status", [200, 404, 500])
def test_the_script_sees_every_response(bridge: Bridge, status: int) -> None:
    """The method is called for every response, with the request as it was returned."""
    bridge.answer({"n": 7}, status=status, path="/hook/api")
    bridge.listen_with_script(
        """
        prepare_outgoing_request({ request }) {
          return { url: request.url + '/api', method: 'GET', note: 'mine' };
        }
        process_outgoing_response({ request, response }) {
          const { error, status_code, content, content_raw, headers } = response;
          const seen = [request.note, error, status_code, content.n, content_raw, typeof headers];
          return { content: { text: JSON.stringify(seen) } };
        }
        """
    )
    bridge.say("hello")

    assert json.loads(bridge.texts()[-1]) == ["mine", None, status, 7, '{"n": 7}', "object"]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("", ["hello", "done"]),
        ("return false;", ["hello"]),
        ("return { content: { text: 'mine' } };", ["hello", "mine"]),
    ],
    ids=["nothing", "false", "content"],
)
def test_the_script_says_how_it_goes_on(bridge: Bridge, result: str, expected: list[str]) -> None:
    """Nothing for the usual way, false to stop, content for a message."""
    bridge.answer({"text": "done"})
    bridge.listen_with_script(f"process_outgoing_response({{ response }}) {{ {result} }}")
    bridge.say("hello")

    assert bridge.texts() == expected


# The guide's own script


@pytest.fixture
def github(bridge: Bridge) -> Bridge:
    """The guide's script, on a stand-in of GitHub."""
    bridge.listen(script=GUIDE_SAMPLE.read_text(), urls=(f"{bridge.receiver.url}/repos/o/r",))
    bridge.answer(
        [
            {"state": "open", "number": 7, "html_url": "https://x.test/7", "title": "Fix it"},
            {"state": "closed", "number": 6, "html_url": "https://x.test/6", "title": "Break it"},
        ],
        path="/repos/o/r/pulls",
    )
    return bridge


@pytest.mark.parametrize("command", ["pr ls", "pr list"])
def test_the_sample_lists_pull_requests(github: Bridge, command: str) -> None:
    """`pr ls` asks for the pull requests and posts a list of them."""
    github.say(command)

    assert github.last_message()["msg"] == (
        "> open [#7](https://x.test/7) - Fix it\n> closed [#6](https://x.test/6) - Break it"
    )
    (call,) = github.receiver.received
    assert (call.method, call.path, call.body) == ("GET", "/repos/o/r/pulls", b"")
    assert call.headers["user-agent"].startswith("Mozilla/5.0")


def test_the_sample_explains_itself_without_a_call(github: Bridge) -> None:
    """`help` prevents the request and returns a message."""
    github.say("help")

    assert github.texts()[-1] == (
        "**commands**\n```\n  pr ls [open|closed|all]  List Pull Requests\n```"
    )
    assert github.receiver.received == []


def test_the_sample_is_silent_about_all_else(github: Bridge) -> None:
    """What the script has no answer to is cancelled."""
    github.say("hello")

    assert steps_of(github.deliver()) == ["after-prepare-no-opts"]
    assert github.texts() == ["hello"]


# The pattern for other platforms


def test_the_payload_can_have_another_platform_s_form(bridge: Bridge) -> None:
    """All manipulation of data is done in the script."""
    bridge.listen_with_script(
        """
        prepare_outgoing_request({ request }) {
          const { user_name, text } = request.data;
          return { ...request, data: { text: `*${user_name}*: ${s.capitalize(text)}` } };
        }
        """
    )
    bridge.say("hello")

    assert bridge.payloads() == [{"text": "*alice*: Hello"}]
