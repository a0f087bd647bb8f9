"""Posting: what must come back as it was given, and what each capability promises."""

from collections.abc import Mapping
from typing import Any

from rc_integrations_plugin.host.port import Capability, Message
from rc_integrations_plugin.testing.checks import check, expect, expect_text
from rc_integrations_plugin.testing.stage import Stage

TEXTS = (
    "two\nlines\r\nand\n\na gap",
    "👩‍👩‍👧‍👦 🚀 \U0001d49c é e\u0301 שלום 你好",
    "<b>&amp; &lt;</b> **bold** `code` [a](http://example.org/?a=1&b=2)",
    "'); DROP TABLE messages; -- %s %(a)s {0} ${x} \\n \\",
    "tab\there, no-break\u00a0space, line\u2028separator",
)


@check("Host.post_message")
def keeps_each_character_of_a_text(stage: Stage) -> None:
    """A webhook's text is shown as it came.

    Emoji need a database that stores four bytes a letter; escaping belongs where the text is
    drawn, not where it is kept.
    """
    author = stage.author()
    room = stage.channel(author)
    for text in TEXTS:
        returned = stage.post(stage.draft(text), room=room, as_user=author)
        expect(returned.text == text, f"{text!r} was returned as {returned.text!r}")
        stored = stage.stored_texts(room)[-1:]
        expect(stored == [text], f"{text!r} is stored as {stored}")


@check("Host.post_message")
def stores_one_message_and_returns_it(stage: Stage) -> None:
    """The sender's answer holds the id, for later replies into its thread."""
    author = stage.author()
    room = stage.channel(author)
    returned = stage.post(stage.draft(), room=room, as_user=author)
    stored = stage.stored(room)
    expect_text(returned.id, "its id")
    ids = [message.id for message in stored]
    expect(ids == [returned.id], f"stored are {ids}, returned was {returned.id!r}")


@check("Host.post_message")
def posts_into_private_and_direct_rooms(stage: Stage) -> None:
    """Hooks write to people and to closed groups as often as to channels."""
    author = stage.author()
    direct = stage.direct_room(author, stage.user("bob"))
    stage.post(stage.draft("direct"), room=direct, as_user=author)
    expect(stage.stored_texts(direct) == ["direct"], "nothing stored in the direct room")
    group = stage.private_group(author)
    stage.post(stage.draft("group"), room=group, as_user=author)
    expect(stage.stored_texts(group) == ["group"], "nothing stored in the private group")


@check("Host.post_message")
def takes_either_answer_for_links_and_grouping(stage: Stage) -> None:
    """`parse_urls` and `groupable` are wishes; a host that knows neither ignores them."""
    author = stage.author()
    room = stage.channel(author)
    for wish in (True, False):
        draft = stage.draft("http://example.org/", parse_urls=wish, groupable=wish)
        stage.post(draft, room=room, as_user=author)
    expect(len(stage.stored(room)) == 2, "not both messages are stored")


@check("Host.post_message")
def keeps_alias_avatar_and_emoji(stage: Stage) -> None:
    """A host shows what it claims to be capable of.

    What it can't show it must not claim, for then the plugin falls back: an alias goes before
    the text.
    """
    look = {
        Capability.ALIAS: "Build bot",
        Capability.AVATAR: "https://example.org/bot.png",
        Capability.EMOJI: ":ghost:",
    }
    for capability in look.keys() & stage.host.capabilities:
        value = look[Capability(capability)]
        for message in _posted(stage, **{str(capability): value}):
            found = _holds_text(message.document, value)
            expect(found, f"{capability} {value!r} is claimed but not in the message's document")


@check("Host.post_message")
def keeps_attachments(stage: Stage) -> None:
    """Attachments carry colour, fields and links.

    Keys that the host does not know stay too: clients and receivers of webhooks may know them.
    """
    stage.need_capability(Capability.ATTACHMENTS)
    attachments = (
        {
            "color": "#764FA5",
            "title": "Rocket 🚀",
            "title_link": "https://example.org/",
            "text": "two\nlines",
            "fields": [{"title": "Owner", "value": "Ann", "short": True}],
            "unknown_key": {"nested": [1, None, "x"]},
        },
        {"text": "a second one"},
    )
    for text in ("with text", ""):
        for message in _posted(stage, text, attachments=attachments):
            for attachment in attachments:
                found = _holds(message.document, attachment)
                expect(found, f"with the text {text!r} the document lacks {attachment}")


@check("Host.post_message")
def keeps_custom_fields(stage: Stage) -> None:
    """Scripts leave marks for other programs in them."""
    stage.need_capability(Capability.CUSTOM_FIELDS)
    fields = {"ticket": "OPS-1", "count": 2}
    for message in _posted(stage, custom_fields=fields):
        expect(_holds(message.document, fields), f"{fields} is not in the document")


def _posted(stage: Stage, text: str = "build passed", **fields: Any) -> tuple[Message, Message]:
    """Return a new message as `post_message` gives it and as it is stored."""
    author = stage.author()
    room = stage.channel(author)
    returned = stage.post(stage.draft(text, **fields), room=room, as_user=author)
    return returned, stage.stored(room)[-1]


def _holds(document: Any, part: Mapping[str, Any]) -> bool:
    """Tell whether somewhere in the document is an object with all of this in it."""
    if isinstance(document, Mapping):
        same = all(key in document and document[key] == value for key, value in part.items())
        return same or any(_holds(value, part) for value in document.values())
    if isinstance(document, list | tuple):
        return any(_holds(value, part) for value in document)
    return False


def _holds_text(document: Any, text: str) -> bool:
    if isinstance(document, Mapping):
        return any(_holds_text(value, text) for value in document.values())
    if isinstance(document, list | tuple):
        return any(_holds_text(value, text) for value in document)
    return bool(document == text)
