import io
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from host_stub.chat.files import Upload, upload_file
from host_stub.chat.rooms import load_room
from host_stub.chat.server import Chat
from host_stub.chat.users import load_user
from tests.unit.host_stub.conftest import Api


def texts(api: Api, room_id: str, **query: Any) -> list[str]:
    answer = api.get("channels.messages", roomId=room_id, **query)
    return [message["msg"] for message in answer["messages"]]


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
@pytest.mark.parametrize("by", ["roomId", "id", "#name", "name"])
def test_a_message_goes_to_a_room_by_all_its_names(
    ann: Api, general: str, by: str, *, form: bool
) -> None:
    targets = {"roomId": general, "id": general, "#name": "#general", "name": "general"}
    body = {"roomId" if by == "roomId" else "channel": targets[by], "text": " hi "}

    answer = ann.send("chat.postMessage", **({"data": body} if form else {"json": body}))

    assert (answer["channel"], answer["message"]["rid"]) == ("general", general)
    assert answer["ts"] > 1_700_000_000_000
    assert texts(ann, general) == ["hi"]


@pytest.mark.parametrize("target", ["@bob", "id", "@id"])
def test_a_message_goes_to_a_user(ann: Api, bob: Api, target: str) -> None:
    ann.post("chat.postMessage", channel=target.replace("id", bob.user_id), text="psst")

    assert [one["msg"] for one in bob.get("dm.messages", username="ann")["messages"]] == ["psst"]


def test_a_message_goes_to_several_rooms_or_to_none(ann: Api, bob: Api, general: str) -> None:
    targets = ["#general", "@bob", "general"]

    assert ann.post("chat.postMessage", channel=targets, text="one").status == 200
    answer = ann.post("chat.postMessage", channel=[*targets, "#nothing"], text="two")

    assert answer.refusal == (400, "invalid-channel")
    assert texts(ann, general) == ["one"]


def test_a_public_channel_is_joined_by_writing(bob: Api, general: str) -> None:
    bob.post("chat.postMessage", channel="#general", text="hi")

    assert bob.get("channels.list.joined")["total"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "hi"}, "invalid-params"),
        ({"channel": [], "text": "hi"}, "invalid-params"),
        ({"channel": [1], "text": "hi"}, "invalid-params"),
        ({"channel": {"a": 1}, "text": "hi"}, "invalid-params"),
        ({"channel": "#nothing", "text": "hi"}, "invalid-channel"),
        ({"channel": "@nobody", "text": "hi"}, "invalid-channel"),
        ({"channel": "bob", "text": "hi"}, "invalid-channel"),
        ({"channel": "#general"}, "error-message-empty"),
        ({"channel": "#general", "text": "  ", "attachments": []}, "error-message-empty"),
        ({"channel": "#general", "text": 1}, "invalid-params"),
        ({"channel": "#general", "text": {"a": 1}}, "invalid-params"),
        ({"channel": "#general", "text": "x" * 5001}, "error-message-size-exceeded"),
        ({"channel": "#general", "text": "hi", "attachments": "x"}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "attachments": ["x"]}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "attachments": [{}] * 101}, "invalid-params"),
        ({"channel": "#general", "attachments": [{"title": 1}]}, "invalid-params"),
        ({"channel": "#general", "attachments": [{"fields": {}}]}, "invalid-params"),
        ({"channel": "#general", "attachments": [{"fields": [1]}]}, "invalid-params"),
        (
            {"channel": "#general", "attachments": [{"title_link": "javascript:alert(1)"}]},
            "invalid-params",
        ),
        ({"channel": "#general", "attachments": [{"image_url": "//a.test"}]}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "tmid": "nothing"}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "tmid": 1}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "customFields": []}, "invalid-params"),
        ({"channel": "#general", "text": "hi", "groupable": "maybe"}, "invalid-params"),
        (
            {"channel": "#general", "text": "hi", "avatar": "javascript:alert(1)"},
            "Invalid href value provided",
        ),
        (
            {"channel": "#general", "text": "hi", "avatar": "http://[a"},
            "Invalid href value provided",
        ),
    ],
)
def test_a_message_that_makes_no_sense_is_refused(
    ann: Api, general: str, body: dict[str, Any], code: str
) -> None:
    assert ann.post("chat.postMessage", **body).refusal == (400, code)
    assert texts(ann, general) == []
    assert ann.get("dm.list")["total"] == 0


def test_alias_avatar_emoji_and_attachments_are_stored(admin: Api, ann: Api, general: str) -> None:
    admin.post("roles.addUserToRole", roleId="bot", username="ann")
    body = {
        "alias": "CI",
        "avatar": "https://a.test/x.png",
        "emoji": ":ghost:",
        "attachments": [{"title": "T", "text": "x", "color": "#764FA5", "fallback": None}],
    }

    message = ann.post("chat.postMessage", channel="#general", **body)["message"]

    assert message["attachments"] == [{"title": "T", "text": "x", "color": "#764FA5"}]
    assert (message["alias"], message["emoji"]) == ("CI", ":ghost:")
    assert message["avatar"] == "https://a.test/x.png"
    assert ann.get("chat.getMessage", msgId=message["_id"])["message"] == message


def test_a_persons_client_sends_by_room_id(ann: Api, general: str) -> None:
    message = ann.post("chat.sendMessage", message={"rid": general, "msg": "hi"})["message"]
    reply = {"rid": general, "msg": "yes", "tmid": message["_id"], "tshow": True}
    ann.post("chat.sendMessage", message=reply)

    thread = ann.get("chat.getThreadMessages", tmid=message["_id"])
    assert [one["msg"] for one in thread["messages"]] == ["yes"]
    assert ann.get("chat.getMessage", msgId=message["_id"])["message"]["tcount"] == 1


def test_a_deleted_reply_is_not_counted(ann: Api, general: str) -> None:
    message = ann.post("chat.sendMessage", message={"rid": general, "msg": "hi"})["message"]
    reply = {"rid": general, "msg": "yes", "tmid": message["_id"]}
    reply_id = ann.post("chat.sendMessage", message=reply)["message"]["_id"]

    ann.post("chat.delete", roomId=general, msgId=reply_id)

    assert "tcount" not in ann.get("chat.getMessage", msgId=message["_id"])["message"]


@pytest.mark.parametrize("message", [None, {}, [], "x", {"rid": 1, "msg": "x"}, {"msg": "x"}])
def test_a_client_that_sends_nonsense_is_refused(ann: Api, message: Any) -> None:
    assert ann.post("chat.sendMessage", message=message).refusal == (400, "invalid-params")


def test_an_edited_message_says_so(ann: Api, general: str) -> None:
    message = ann.post("chat.postMessage", channel="#general", text="helo")["message"]

    answer = ann.post("chat.update", roomId=general, msgId=message["_id"], text="hello")

    edited = answer["message"]
    assert (edited["msg"], edited["editedBy"]["username"]) == ("hello", "ann")
    assert edited["ts"] == message["ts"]
    assert edited["editedAt"] >= message["ts"]
    assert texts(ann, general) == ["hello"]


def test_a_deleted_message_is_seen_no_more(ann: Api, general: str) -> None:
    message_id = ann.post("chat.postMessage", channel="#general", text="oops")["message"]["_id"]

    answer = ann.post("chat.delete", roomId=general, msgId=message_id)

    assert answer["_id"] == message_id
    assert texts(ann, general) == []
    gone = (400, "error-message-not-found")
    assert ann.get("chat.getMessage", msgId=message_id).refusal == gone
    assert ann.post("chat.delete", roomId=general, msgId=message_id).refusal == gone
    assert ann.post("chat.update", roomId=general, msgId=message_id, text="x").refusal == gone


def test_others_messages_are_for_moderators(ann: Api, bob: Api, general: str) -> None:
    bob.post("channels.join", roomId=general)
    anns, bobs = (
        api.post("chat.postMessage", channel="#general", text="mine")["message"]["_id"]
        for api in (ann, bob)
    )
    refused = (400, "error-action-not-allowed")

    assert bob.post("chat.update", roomId=general, msgId=anns, text="x").refusal == refused
    assert bob.post("chat.delete", roomId=general, msgId=anns).refusal == refused
    assert ann.post("chat.update", roomId=general, msgId=bobs, text="x").status == 200
    assert ann.post("chat.delete", roomId=general, msgId=bobs).status == 200


@pytest.mark.parametrize("text", [None, "", " ", 1, ["x"], "x" * 5001])
def test_an_edit_that_makes_no_sense_is_refused(ann: Api, general: str, text: Any) -> None:
    message_id = ann.post("chat.postMessage", channel="#general", text="hi")["message"]["_id"]

    assert ann.post("chat.update", roomId=general, msgId=message_id, text=text).status == 400
    assert texts(ann, general) == ["hi"]


def test_an_edit_names_the_room_of_the_message(ann: Api, general: str) -> None:
    message_id = ann.post("chat.postMessage", channel="@bob", text="hi")["message"]["_id"]

    answer = ann.post("chat.update", roomId=general, msgId=message_id, text="x")

    assert answer.status == 400
    assert "room id" in answer.json["error"]


def test_a_message_in_a_closed_room_is_not_shown(ann: Api, bob: Api) -> None:
    ann.post("groups.create", name="secret")
    message_id = ann.post("chat.postMessage", channel="#secret", text="hi")["message"]["_id"]

    assert bob.get("chat.getMessage", msgId=message_id).refusal == (400, "error-not-allowed")
    assert bob.post("chat.postMessage", channel="#secret", text="hi").status == 400


def test_history_comes_in_pages_the_newest_first(ann: Api, general: str) -> None:
    for number in range(5):
        ann.post("chat.postMessage", channel="#general", text=str(number))

    assert texts(ann, general, count=2) == ["4", "3"]
    assert texts(ann, general, count=2, offset=4) == ["0"]
    page = ann.get("channels.history", roomName="general", count=3)
    assert [one["msg"] for one in page["messages"]] == ["4", "3", "2"]
    assert (page["total"], page["count"], page["offset"]) == (5, 3, 0)


def test_history_between_two_times(ann: Api, general: str) -> None:
    sent = [
        ann.post("chat.postMessage", channel="#general", text=str(number))["message"]["ts"]
        for number in range(3)
    ]

    assert texts(ann, general, oldest=sent[2]) == []
    assert texts(ann, general, latest=sent[0]) == []
    assert len(texts(ann, general, oldest="2020-01-01")) == 3
    bad = ann.get("channels.history", roomId=general, latest="yesterday")
    assert bad.refusal == (400, "invalid-params")


def as_file(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def upload(
    api: Api, room_id: str, name: str = "a.txt", content: bytes = b"hello", **more: Any
) -> Any:
    boundary, body = encode_multipart({"file": as_file(content, name), **more})
    kind = f"multipart/form-data; boundary={boundary}"
    return api.send(f"rooms.media/{room_id}", data=body, content_type=kind)


def test_a_file_becomes_a_message(ann: Api, bob: Api, general: str) -> None:
    answer = upload(ann, general, msg="look", description="a file")

    message = answer["message"]
    assert message["file"] == {
        "_id": answer["file"]["_id"], "name": "a.txt", "type": "text/plain", "size": 5
    }  # fmt: skip
    assert message["attachments"][0]["description"] == "a file"
    assert texts(bob, general) == ["look"]
    shown = bob.client.get(answer["file"]["url"], headers=bob.headers)
    assert (shown.data, shown.mimetype) == (b"hello", "text/plain")


@pytest.mark.parametrize(
    ("name", "mimetype", "disposition"),
    [
        ("a.png", "image/png", "inline"),
        ("a.html", "application/octet-stream", "attachment"),
        ("a.svg", "application/octet-stream", "attachment"),
        ("../../a", "application/octet-stream", "attachment"),
        ("x: 1.png", "image/png", "inline"),
        ("\u202egnp.exe", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_cannot_run_as_a_page_of_ours(
    ann: Api, general: str, name: str, mimetype: str, disposition: str
) -> None:
    url = upload(ann, general, name, b"<script>alert(1)</script>")["file"]["url"]

    shown = ann.client.get(url, headers=ann.headers)

    assert shown.mimetype == mimetype
    assert shown.headers["Content-Disposition"].startswith(disposition)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_files_name_adds_no_header(ann: Api, general: str, app: Flask, chat: Chat) -> None:
    new = Upload(name='a"\r\nX-Evil: 1.png', content=b"x")
    with app.app_context(), chat.transaction():
        author = load_user(chat, username="ann")
        message = upload_file(chat, new, room=load_room(chat, room_id=general), author=author)
        url = message.attachments[0]["title_link"]

    shown = ann.client.get(url, headers=ann.headers)

    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert "X-Evil" not in shown.headers
    assert ann.get("channels.messages", roomId=general).status == 200


def test_a_file_is_for_who_may_read_its_room(ann: Api, bob: Api, stranger: Api) -> None:
    group_id = ann.post("groups.create", name="secret")["group"]["_id"]
    url = upload(ann, group_id)["file"]["url"]

    assert bob.client.get(url, headers=bob.headers).status_code == 400
    assert stranger.client.get(url).status_code == 401
    assert ann.client.get("/file-upload/nothing", headers=ann.headers).status_code == 404
    assert upload(bob, group_id).refusal == (400, "error-not-allowed")


def test_a_file_goes_with_its_message(ann: Api, general: str) -> None:
    answer = upload(ann, general)
    ann.post("chat.delete", roomId=general, msgId=answer["message"]["_id"])

    assert ann.client.get(answer["file"]["url"], headers=ann.headers).status_code == 404


def test_an_upload_may_be_confirmed_with_a_text(ann: Api, bob: Api, general: str) -> None:
    file_id = upload(ann, general)["file"]["_id"]
    bob.post("channels.join", roomId=general)

    confirmed = ann.post(f"rooms.mediaConfirm/{general}/{file_id}", msg="look")

    assert confirmed["message"]["msg"] == "look"
    assert texts(ann, general) == ["look"]
    for api, room_id in ((bob, general), (ann, "nothing")):
        assert api.post(f"rooms.mediaConfirm/{room_id}/{file_id}", msg="x").status == 400


def test_an_upload_is_one_file_of_a_bearable_size(ann: Api, general: str) -> None:
    none = ann.send(f"rooms.media/{general}", data={"msg": "x"}, content_type="multipart/form-data")
    assert none.refusal == (400, "error-no-file")
    two = upload(ann, general, other=as_file(b"x", "b.txt"))
    assert two.refusal == (400, "error-more-than-one-file")
    large = upload(ann, general, content=b"x" * (10 * 1024 * 1024 + 1))
    assert large.status == 413
    huge = upload(ann, general, content=b"x" * (12 * 1024 * 1024))
    assert (huge.status, huge.json["success"]) == (413, False)
    assert texts(ann, general) == []
