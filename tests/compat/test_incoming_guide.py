"""What the product guide promises about incoming integrations, one promise a test.

Each docstring says the promise in our words. Scripts run in their real processes.
"""

from typing import Any

import pytest

from tests.hooks import FORM, JSON, Hook, Stage

pytestmark = pytest.mark.real_scripts

GUIDE_PAYLOAD = """{
    "emoji": ":ghost:",
    "text": "Example message",
    "attachments": [
        {
            "title": "Rocket.Chat",
            "title_link": "https://rocket.chat",
            "text": "Rocket.Chat, the best open source chat",
            "color": "#764FA5",
            "fields": [
                {"title": "Owner", "value": "John Doe"},
                {"title": "Type", "value": "New Contributor"}
            ]
        }
    ]
}"""


def script_hook(stage: Stage, body: str, **fields: Any) -> Hook:
    """Return a hook whose script has this body of `process_incoming_request`."""
    source = f"class Script {{\n  process_incoming_request({{ request }}) {{\n{body}\n  }}\n}}"
    return stage.hook(script=source, **fields)


def test_an_outside_service_posts_a_message_by_http(stage: Stage) -> None:
    """A POST to the integration's own URL puts a message into a room."""
    answer = stage.hook().post(text="build passed")

    assert answer.status_code == 200
    assert stage.texts() == ["build passed"]


def test_one_integration_posts_to_several_rooms(stage: Stage) -> None:
    """An integration can have more than one destination."""
    stage.hook(channels=("#general", "#alerts", "@bob")).post(text="x")

    assert (stage.texts("general"), stage.texts("alerts")) == (["x"], ["x"])
    assert stage.direct_texts("bob") == ["x"]


def test_the_sample_request_posts_text_emoji_and_attachment(stage: Stage) -> None:
    """The guide's curl sample, its brackets closed, posts what it shows."""
    answer = stage.hook().send(GUIDE_PAYLOAD, JSON)

    assert answer.status_code == 200
    message = stage.message()
    assert (message["msg"], message["emoji"]) == ("Example message", ":ghost:")
    (attachment,) = message["attachments"]
    assert attachment["title"] == "Rocket.Chat"
    assert attachment["title_link"] == "https://rocket.chat"
    assert attachment["text"] == "Rocket.Chat, the best open source chat"
    assert attachment["color"] == "#764FA5"
    assert [(field["title"], field["value"]) for field in attachment["fields"]] == [
        ("Owner", "John Doe"),
        ("Type", "New Contributor"),
    ]


def test_the_sender_is_the_user_to_post_as(stage: Stage) -> None:
    """Messages come from the account chosen as "Post as"."""
    stage.hook(user_id=stage.add_bot("builder")).post(text="x")

    assert stage.message()["u"]["username"] == "builder"


def test_the_sender_must_be_a_member_of_a_private_room(stage: Stage) -> None:
    """The "Post as" account needs membership of the destination."""
    member, stranger = stage.hook(channels=("#team",)), stage.hook(channels=("#secret",))

    assert member.post(text="x").status_code == 200
    assert stranger.post(text="x").status_code == 400
    assert stage.texts("team") == ["x"]
    assert stage.texts("secret") == []


def test_an_alias_stands_in_for_the_user_name(stage: Stage) -> None:
    """The alias is shown as the author's name."""
    stage.hook(alias="Build server").post(text="x")

    assert stage.message()["alias"] == "Build server"


def test_an_avatar_replaces_the_account_s_picture(stage: Stage) -> None:
    """The avatar URL is the picture of the messages."""
    stage.hook(avatar="https://a.test/x.png").post(text="x")

    assert stage.message()["avatar"] == "https://a.test/x.png"


def test_an_emoji_can_be_the_picture(stage: Stage) -> None:
    """An emoji can be shown in place of an image."""
    stage.hook(emoji=":rocket:").post(text="x")

    assert stage.message()["emoji"] == ":rocket:"


def test_a_body_may_name_its_room_where_that_is_allowed(stage: Stage) -> None:
    """With the override on, the body chooses the destination; without it, it can't."""
    allowed, fixed = stage.hook(override_destination=True), stage.hook()

    answers = [allowed.post(text="x", channel="#alerts"), fixed.post(text="x", channel="#alerts")]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert stage.texts("alerts") == ["x"]


def test_a_switched_off_integration_posts_nothing(stage: Stage) -> None:
    """Only an enabled integration works."""
    answer = stage.hook(enabled=False).post(text="x")

    assert answer.status_code == 503
    assert stage.messages() == []


def test_a_switched_off_script_does_not_run(stage: Stage) -> None:
    """With the script off, the same request posts as if there were no script."""
    hook = script_hook(stage, "return { error: 'no' };", script_enabled=False)

    assert hook.post(text="plain").status_code == 200
    assert stage.texts() == ["plain"]


def test_the_token_is_needed(stage: Stage) -> None:
    """The token in the URL is what authorises a request."""
    hook = stage.hook()

    answer = hook.send('{"text":"x"}', JSON, url=f"/hooks/{hook.integration.id}/wrong")

    assert answer.status_code == 404
    assert stage.messages() == []


def test_a_script_makes_the_message(stage: Stage) -> None:
    """What the script returns as content is posted in place of the body."""
    hook = script_hook(stage, "return { content: { text: `<${request.content.text}>!` } };")

    assert hook.post(text="x").status_code == 200
    assert stage.texts() == ["<x>!"]


def test_a_script_may_use_the_language_of_2015_and_later(stage: Stage) -> None:
    """Classes, destructuring, arrows, template strings and spread work."""
    hook = script_hook(
        stage,
        """
        const { items: [first, ...rest] } = request.content;
        const join = (...words) => words.map((word) => `*${word}*`).join(' ');
        return { content: { text: join(first, ...rest) } };
        """,
    )

    hook.post(items=["a", "b", "c"])

    assert stage.texts() == ["*a* *b* *c*"]


def test_a_script_s_instance_is_kept(stage: Stage) -> None:
    """The class is instantiated at the first request; later ones find what it kept."""
    hook = script_hook(
        stage,
        "this.count = (this.count || 0) + 1; return { content: { text: `no. ${this.count}` } };",
    )

    for _ in range(3):
        hook.post()

    assert stage.texts() == ["no. 1", "no. 2", "no. 3"]


def test_an_error_is_answered_with_400_and_the_object(stage: Stage) -> None:
    """An object returned as error is the JSON answer, with status 400."""
    hook = script_hook(stage, "return { error: { success: false, message: 'Not today' } };")

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert answer.json == {"success": False, "message": "Not today"}
    assert stage.messages() == []


def test_a_message_needs_something_to_say(stage: Stage) -> None:
    """A script's message without a text is none."""
    hook = script_hook(stage, "return { content: { emoji: ':x:' } };")

    answer = hook.post(text="x")

    assert answer.status_code == 400
    assert stage.messages() == []


@pytest.mark.parametrize("kind", ["name", "user", "id"])
def test_a_script_redirects_a_message(stage: Stage, kind: str) -> None:
    """A script's channel is a room id, or a name after # or @."""
    channel = {"name": "#alerts", "user": "@bob", "id": stage.room_id("alerts")}[kind]
    hook = script_hook(
        stage,
        f"return {{ content: {{ text: 'x', channel: '{channel}' }} }};",
        override_destination=True,
    )

    assert hook.post().status_code == 200
    assert (stage.direct_texts("bob") if kind == "user" else stage.texts("alerts")) == ["x"]


def test_a_script_has_console_underscore_and_its_strings(stage: Stage) -> None:
    """`console`, `_` and `s` are there; what is printed is in the history."""
    hook = script_hook(
        stage,
        """
        console.log('got', request.content);
        return { content: { text: s.capitalize(_.last(request.content.words)) } };
        """,
    )

    hook.post(words=["a", "bee"])

    assert stage.texts() == ["Bee"]
    (line,) = hook.call().console
    assert line["level"] == "log"
    assert line["text"].startswith("got ")
    assert "bee" in line["text"]


def test_a_script_sees_all_parts_of_the_request(stage: Stage) -> None:
    """URL with its parts, headers, the user, and the body raw and parsed."""
    hook = script_hook(
        stage,
        """
        const { url, user } = request;
        const parts = [url.hash, url.search, url.query.a, url.pathname, typeof url.path,
          typeof request.url_raw, request.url_params.integrationId, request.headers['x-a'],
          user._id, user.name, user.username, request.content_raw, request.content.text];
        return { content: { text: parts.join('|') } };
        """,
    )

    hook.send('{"text":"t"}', JSON, query="a=1", headers={"X-A": "head"})

    known, user_id = hook.integration, stage.user_id("rocket.cat")
    path = f"/hooks/{known.id}/{known.token}"
    assert stage.texts() == [
        f"|?a=1|1|{path}|string|string|{known.id}|head|{user_id}|Rocket.Cat|rocket.cat"
        '|{"text":"t"}|t'
    ]


def test_one_closed_room_fails_the_whole_request(stage: Stage) -> None:
    """Without separateResponse, a room that can't be posted to is an error for all."""
    answer = stage.hook(channels=("#general", "#secret")).post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert stage.messages() == []


def test_separate_responses_have_the_documented_shape(stage: Stage) -> None:
    """With separateResponse, each room has a result: the stored message or the error."""
    hook = stage.hook(channels=("#general", "#secret"))
    body = GUIDE_PAYLOAD.replace("{", '{"separateResponse": true,', 1)

    answer = hook.send(body, JSON)

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json.keys() == {"responses", "success", "ok"}
    posted, refused = answer.json["responses"]
    assert refused == {"channel": "#secret", "error": "error-not-allowed"}
    assert posted.keys() == {"channel", "message"}
    message = posted["message"]
    assert message.keys() >= {"alias", "msg", "attachments", "parseUrls", "bot", "groupable"}
    assert message.keys() >= {"emoji", "ts", "u", "rid", "_id", "_updatedAt", "mentions"}
    assert (message["alias"], message["msg"]) == ("", "Example message")
    assert (message["parseUrls"], message["groupable"]) == (False, False)
    assert message["bot"] == {"i": hook.integration.id}
    assert message["u"] == {
        "_id": stage.user_id("rocket.cat"),
        "username": "rocket.cat",
        "name": "Rocket.Cat",
    }
    assert message["rid"] == stage.room_id("general")
    assert message["channels"] == []
    assert message["md"] == [
        {
            "type": "PARAGRAPH",
            "value": [{"type": "PLAIN_TEXT", "value": "Example message"}],
        }
    ]
    assert stage.message()["_id"] == message["_id"]


def test_a_script_names_several_rooms_with_separate_responses(stage: Stage) -> None:
    """Rooms named by the script are told apart in the answer too."""
    hook = script_hook(
        stage,
        "const channel = ['#alerts', '#secret'];"
        "return { content: { text: 'x', channel, separateResponse: true } };",
        override_destination=True,
    )

    answer = hook.post()

    assert answer.json is not None
    assert [result["channel"] for result in answer.json["responses"]] == ["#alerts", "#secret"]
    assert stage.texts("alerts") == ["x"]


def test_a_form_carries_a_message_too(stage: Stage) -> None:
    """Not in the guide, but old senders do it: the payload in a form field."""
    answer = stage.hook().send("payload=%7B%22text%22%3A%22x%22%7D", FORM)

    assert answer.status_code == 200
    assert stage.texts() == ["x"]
