"""The rules of posting, once more on the real chat server that ships with the plugin."""

from tests.hooks import Stage


def test_rooms_are_joined_and_people_written_to(stage: Stage) -> None:
    hook = stage.hook(channels=("#lobby", "@bob", "team"))

    answer = hook.post(text="<!here> &lt;ok&gt;", attachments=[{"text": "x", "color": "danger"}])

    assert answer.status_code == 200
    assert [message["msg"] for message in stage.messages("lobby")] == ["@here <ok>"]
    assert stage.message("team")["attachments"] == [{"text": "x", "color": "#D30230"}]
    assert stage.direct_texts("bob") == ["@here <ok>"]


def test_a_room_that_refuses_keeps_the_message_out_of_the_others(stage: Stage) -> None:
    hook = stage.hook(channels=("#general", "#lobby", "@bob", "#secret"))

    answer = hook.post(text="hi")

    assert answer.status_code == 400
    assert stage.texts() == stage.texts("lobby") == stage.direct_texts("bob") == []


def test_with_separate_response_the_others_get_it(stage: Stage) -> None:
    hook = stage.hook(channels=("#secret", "#lobby"))

    answer = hook.post(text="hi *there* @alice", separateResponse=True)

    refused, posted = answer.get_json()["responses"]
    assert refused == {"channel": "#secret", "error": "error-not-allowed"}
    assert posted["channel"] == "#lobby"
    assert [mention["username"] for mention in posted["message"]["mentions"]] == ["alice"]
    assert stage.texts("lobby") == ["hi *there* @alice"]
