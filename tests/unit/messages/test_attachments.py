from typing import Any

import pytest

from rc_integrations_plugin.errors import InvalidRequest
from rc_integrations_plugin.messages.attachments import read_attachments


def read_one(**fields: Any) -> dict[str, Any]:
    (attachment,) = read_attachments([{"text": "x", **fields}])
    return dict(attachment)


def refusal(**fields: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read_attachments([{"text": "x", **fields}])
    return refused.value.reason


def test_the_documented_sample_is_kept_as_it_is() -> None:
    sample = {
        "title": "Rocket.Chat",
        "title_link": "https://rocket.chat",
        "text": "Rocket.Chat, the best open source chat",
        "color": "#764FA5",
        "fields": [{"title": "Owner", "value": "John Doe", "short": False}],
    }

    assert read_attachments([sample]) == (sample,)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("good", "#35AC19"),
        ("Warning", "#FCB316"),
        ("danger", "#D30230"),
        ("ff0000", "#ff0000"),
        ("F00", "#F00"),
        ("#ff000080", "#ff000080"),
        ("red", "red"),
        ("rgba(0, 10%, 3.5, 0.5)", "rgba(0, 10%, 3.5, 0.5)"),
        ("", None),
        ("red;background:url(//evil.test)", None),
        ("expression(alert(1))", None),
        ('"><script>', None),
        ("#12", None),
        ("x" * 10_000, None),
    ],
)
def test_colours_become_what_css_knows_or_are_left_out(given: str, made: str | None) -> None:
    assert read_one(color=given).get("color") == made


@pytest.mark.parametrize("value", [0, False, 1.5, "a", True])
def test_a_field_may_have_any_plain_value(value: Any) -> None:
    assert read_one(fields=[{"title": "t", "value": value}])["fields"] == [
        {"title": "t", "value": value}
    ]


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ({"title": "t"}, "value"),
        ({"title": "t", "value": None}, "value"),
        ({"title": "t", "value": ""}, "value"),
        ({"value": "v"}, "title"),
        ({"title": "", "value": "v"}, "title"),
    ],
)
def test_a_field_without_title_or_value_is_refused(field: dict[str, Any], missing: str) -> None:
    reason = refusal(fields=[{"title": "a", "value": "b"}, field])

    assert reason.startswith("Invalid attachment field, title and value is required")
    assert f"attachments[0].fields[1].{missing}" in reason


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"title": 5}, "attachments[0].title "),
        ({"text": ["x"]}, "attachments[0].text "),
        ({"msg": 5}, "attachments[0].msg "),
        ({"color": 5}, "attachments[0].color "),
        ({"ts": True}, "attachments[0].ts "),
        ({"ts": []}, "attachments[0].ts "),
        ({"collapsed": "yes"}, "attachments[0].collapsed "),
        ({"image_size": "5"}, "attachments[0].image_size "),
        ({"image_dimensions": []}, "attachments[0].image_dimensions "),
        ({"fields": {}}, "attachments[0].fields "),
        ({"fields": ["x"]}, "attachments[0].fields[0] "),
        ({"fields": [{"title": 1, "value": 1}]}, "attachments[0].fields[0].title "),
        ({"fields": [{"title": "t", "value": {}}]}, "attachments[0].fields[0].value "),
        (
            {"fields": [{"title": "t", "value": 1, "short": "x"}]},
            "attachments[0].fields[0].short ",
        ),
        ({"actions": "x"}, "attachments[0].actions "),
        ({"actions": [1]}, "attachments[0].actions[0] "),
        ({"actions": [{"text": 1}]}, "attachments[0].actions[0].text "),
        ({"actions": [{"is_webview": 1}]}, "attachments[0].actions[0].is_webview "),
        ({"attachments": 5}, "attachments[0].attachments "),
        ({"attachments": [5]}, "attachments[0].attachments[0] "),
        ({"anything": "a\0b"}, "attachments[0].anything "),
        ({"a\ud800": 1}, "a key of attachments[0] "),
        ({"anything": float("inf")}, "attachments[0].anything "),
    ],
)
def test_a_wrong_type_is_refused_by_the_name_of_its_place(
    fields: dict[str, Any], place: str
) -> None:
    assert refusal(**fields).startswith(place)


@pytest.mark.parametrize(
    "key",
    [
        "thumb_url",
        "message_link",
        "author_link",
        "author_icon",
        "title_link",
        "image_url",
        "audio_url",
        "video_url",
    ],
)
def test_links_are_http_or_uploads_and_nothing_else(key: str) -> None:
    for link in ("https://x.test/a b", "HTTP://x.test", "/file-upload/a/b.png"):
        assert read_one(**{key: link})[key] == link
    for bad in ("javascript:alert(1)", "x.test", "/etc", "data:x", "http://", "http:///x", "\tx"):
        assert refusal(**{key: bad}).startswith("Invalid href value provided: attachments[0].")


def test_empty_links_and_nulls_are_left_out() -> None:
    assert read_one(title_link="", image_url=None, title=None) == {"text": "x"}


def test_links_of_buttons_are_checked() -> None:
    button = {"type": "button", "text": "Go &amp; see", "url": "https://x.test", "style": "ok"}

    assert read_one(actions=[button])["actions"] == [{**button, "text": "Go & see"}]
    assert "actions[0].url" in refusal(actions=[{"url": "javascript:x"}])


def test_unknown_keys_are_kept() -> None:
    kept = {"fallback": "f", "callback_id": "", "mrkdwn_in": ["text"], "x": {"y": [1]}}

    assert read_one(**kept) == {"text": "x", **kept}


def test_msg_is_the_text_of_an_attachment() -> None:
    assert read_attachments([{"msg": " hi "}]) == ({"text": "hi"},)


def test_lists_wrapped_twice_are_unwrapped_and_one_object_is_a_list() -> None:
    inner = {"title": "T", "text": "x", "color": "#ff0000"}

    assert read_attachments([{"attachments": [inner]}]) == (inner,)
    assert read_attachments(inner) == (inner,)


def test_attachments_inside_an_attachment_stay_there() -> None:
    nested = {"text": "outer", "attachments": [{"text": "inner", "color": "good"}]}

    assert read_attachments([nested]) == (
        {"text": "outer", "attachments": [{"text": "inner", "color": "#35AC19"}]},
    )


def test_nesting_has_an_end() -> None:
    nested: dict[str, Any] = {"text": "x"}
    for _ in range(6):
        nested = {"text": "x", "attachments": [nested]}

    with pytest.raises(InvalidRequest, match="nested more than 5"):
        read_attachments([nested])


def test_slack_markup_is_converted_everywhere() -> None:
    attachment = read_one(
        text="<http://x.test|a> &lt;b&gt;",
        pretext="<!here> look",
        title="<http://x.test|a> &amp; b",
        footer="by <@U1|ann>",
        author_name="a &gt; b",
        fields=[{"title": "<http://x.test|t>", "value": "<http://x.test|v>"}],
    )

    assert attachment == {
        "text": "[a](http://x.test) <b>",
        "pretext": "@here look",
        "title": "a & b",
        "footer": "by @ann",
        "author_name": "a > b",
        "fields": [{"title": "t", "value": "[v](http://x.test)"}],
    }


def test_what_slack_would_show_of_an_attachment_is_its_text() -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "from blocks"}}

    assert read_attachments([{"fallback": "f &amp; g"}])[0]["text"] == "f & g"
    assert read_attachments([{"blocks": [block]}])[0]["text"] == "from blocks"
    assert read_attachments([{"title_link": "https://x.test"}])[0]["title"] == "https://x.test"


def test_the_senders_own_data_stays_untouched() -> None:
    given = [{"text": "&lt;", "color": "good", "fields": [{"title": "a", "value": "&gt;"}]}]

    read_attachments(given)

    assert given == [{"text": "&lt;", "color": "good", "fields": [{"title": "a", "value": "&gt;"}]}]
