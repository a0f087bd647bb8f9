"""What services that know nothing of Rocket.Chat send to their webhooks."""

from pathlib import Path

from tests.hooks import FORM, JSON, Stage

PAYLOADS = Path(__file__).parent / "payloads"
FILES = sorted(PAYLOADS.glob("*/*.json"))
CLEAR = {"error-message-empty", "error-invalid-request", "invalid-channel"}
MESSAGES = {
    "slack_incoming/attachment_pieces.json",
    "slack_incoming/attachment_pieces_footer_null.json",
    "slack_incoming/attachment_pieces_image_url_null.json",
    "slack_incoming/attachment_pieces_title_link_null.json",
    "slack_incoming/attachment_pieces_title_null.json",
    "slack_incoming/attachment_pieces_ts_null.json",
    "slack_incoming/complicated.json",
    "teamcity/slack_non_generic_payload.json",
}


def test_each_payload_is_a_message_or_clearly_refused(stage: Stage) -> None:
    hook = stage.hook(override_destination=True)

    posted, unclear = set(), {}
    for file in FILES:
        name = file.relative_to(PAYLOADS).as_posix()
        answer = hook.send(file.read_bytes(), JSON)
        body = answer.json or {}
        if answer.status_code == 200:
            posted.add(name)
        elif answer.status_code != 400 or body["error"] not in CLEAR or not body["message"]:
            unclear[name] = (answer.status_code, body)

    assert len(FILES) == 344
    assert unclear == {}
    assert posted == MESSAGES


def test_no_payload_is_an_empty_message(stage: Stage) -> None:
    hook = stage.hook(override_destination=True)

    for file in FILES:
        hook.send(file.read_bytes(), JSON)

    messages = stage.messages()
    assert len(messages) == len(MESSAGES)
    assert [message for message in messages if not (message["msg"] or message["attachments"])] == []


def test_each_payload_reaches_a_script_as_it_was_sent(stage: Stage) -> None:
    hook = stage.hook(answer={"content": {"text": "received"}})

    for file in FILES:
        body = file.read_text()
        hook.send(body, JSON)
        assert stage.script_argument()["content_raw"] == body

    assert stage.texts() == ["received"] * len(FILES)


def test_a_form_around_a_payload_changes_nothing(stage: Stage) -> None:
    plain, form = (stage.hook(script="class Script {}") for _ in range(2))

    for file in FILES:
        body = file.read_text()
        if body.startswith("["):
            continue
        plain.send(body, JSON)
        content = stage.script_argument()["content"]
        form.send(f"payload={body}", FORM)
        assert stage.script_argument()["content"] == content
