"""The faults: at least one for each member of the port and each signal."""

import re

from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED
from tests.conformance import faults
from tests.conformance.faults import Fault, attribute, drafts, messages, method, rooms, users

HOST_FAULTS = (
    Fault("Host.capabilities", "misspelt", attribute("capabilities", {"attachment"}), "attachment"),
    Fault(
        "Host.capabilities",
        "one text",
        attribute("capabilities", "alias,threads"),
        "str instead of a set",
    ),
    Fault("Host.refusals", "too broad", attribute("refusals", (Exception,)), "too broad"),
    Fault("Host.refusals", "empty", attribute("refusals", ()), "how does the host say no?"),
    Fault("Host.site_url", "slash", attribute("site_url", "https://a.example/"), "ends in a slash"),
    Fault("Host.site_url", "no scheme", attribute("site_url", "a.example"), "no web address"),
    Fault(
        "Host.message_size_limit", "zero", attribute("message_size_limit", 0), "0 instead of an int"
    ),
    Fault(
        "Host.message_size_limit",
        "too much",
        attribute("message_size_limit", 6000),
        "6000 units of x were refused",
    ),
    Fault(
        "Host.signals",
        "new each time",
        lambda _sound: {"signals": property(faults.new_namespace)},
        "each access gives another namespace",
    ),
    Fault(
        "Host.signals",
        "another sender",
        faults.signal("message-sent", faults.by_somebody_else),
        "is the signal sent with another sender?",
    ),
    Fault(
        "Host.find_current_user",
        "remembers",
        method("find_current_user", faults.remembering),
        "somebody for a request without a login",
    ),
    Fault(
        "Host.find_current_user",
        "nobody",
        method("find_current_user", faults.nothing),
        "None within a request of a user",
    ),
    Fault(
        "Host.has_permission",
        "always",
        method("has_permission", lambda *_args, **_kwargs: True),
        "true for a new user",
    ),
    Fault(
        "Host.has_permission",
        "never",
        method("has_permission", lambda *_args, **_kwargs: False),
        "not true after the permission was given",
    ),
    Fault(
        "Host.find_user",
        "by username",
        method(
            "find_user",
            lambda sound, self, user_id: next(iter(self.find_users(user_id)), None),
        ),
        "found a user",
    ),
    Fault("Host.find_user", "nobody", method("find_user", faults.nothing), "None for the id"),
    Fault(
        "Host.find_users",
        "drops marks",
        method("find_users", lambda sound, _self, wanted: sound(wanted.lstrip("@"))),
        "found 1 user(s)",
    ),
    Fault(
        "Host.find_users",
        "not by id",
        method(
            "find_users",
            lambda sound, _self, wanted: [one for one in sound(wanted) if one.id != wanted],
        ),
        "[] for",
    ),
    Fault(
        "Host.find_users",
        "the first only",
        method("find_users", lambda sound, _self, wanted: list(sound(wanted))[:1]),
        "1 of the two users were found",
        frozenset({"topics"}),
    ),
    Fault(
        "Host.find_rooms",
        "the first only",
        method("find_rooms", lambda sound, _self, wanted: list(sound(wanted))[:1]),
        ", expected [",
        frozenset({"topics"}),
    ),
    Fault(
        "Host.find_rooms",
        "by id only",
        method(
            "find_rooms",
            lambda sound, _self, wanted: [one for one in sound(wanted) if one.id == wanted],
        ),
        "[] for 'channel-",
    ),
    Fault(
        "Host.find_rooms",
        "drops marks",
        method("find_rooms", lambda sound, _self, wanted: sound(wanted.lstrip("#"))),
        "found 1 room(s)",
    ),
    Fault(
        "Host.find_rooms",
        "channels only",
        method(
            "find_rooms",
            lambda sound, _self, wanted: [one for one in sound(wanted) if one.kind == "c"],
        ),
        "a direct room is not found by its id",
    ),
    Fault(
        "Host.is_member",
        "always",
        method("is_member", lambda *_args: True),
        "not false for a stranger",
    ),
    Fault(
        "Host.open_direct_room",
        "for one",
        method("open_direct_room", lambda sound, _self, user, _other: sound(user, user)),
        "a second room the other way round",
    ),
    Fault(
        "Host.open_direct_room",
        "loses races",
        method("open_direct_room", faults.losing_races),
        "UNIQUE constraint failed",
    ),
    Fault(
        "Host.join_room",
        "nothing",
        method("join_room", faults.nothing),
        "not a member after join_room",
    ),
    Fault(
        "Host.check_may_post",
        "never refuses",
        method("check_may_post", faults.nothing),
        "did not refuse",
    ),
    Fault(
        "Host.check_may_post",
        "refuses everyone",
        method("check_may_post", faults.refusing),
        "a member of a channel was refused: Not allowed",
    ),
    Fault(
        "Host.post_message",
        "no refusal",
        method("post_message", faults.failing),
        "raised PermissionError, which is none of Host.refusals",
    ),
    Fault(
        "Host.post_message",
        "one line",
        drafts(text=lambda draft: draft.text.replace("\n", " ")),
        r"'two\nlines\r\nand\n\na gap' was returned as",
    ),
    Fault(
        "Host.post_message",
        "no emoji",
        drafts(text=lambda draft: re.sub("[^\u0000-\uffff]", "?", draft.text)),
        "was returned as '?",
    ),
    Fault(
        "Host.post_message",
        "escaped",
        drafts(text=lambda draft: draft.text.replace("<", "&lt;")),
        "&lt;b>",
    ),
    Fault(
        "Host.post_message",
        "twice",
        method(
            "post_message",
            lambda sound, _self, draft, **where: (sound(draft, **where), sound(draft, **where))[0],
        ),
        "stored are",
    ),
    Fault(
        "Host.post_message",
        "no alias",
        drafts(alias=lambda _draft: ""),
        "alias 'Build bot' is claimed but not in the message's document",
        frozenset({"alias"}),
    ),
    Fault(
        "Host.post_message",
        "no avatar",
        drafts(avatar=lambda _draft: ""),
        "avatar 'https://example.org/bot.png' is claimed",
        frozenset({"avatar"}),
    ),
    Fault(
        "Host.post_message",
        "no emoji picture",
        drafts(emoji=lambda _draft: ""),
        "emoji ':ghost:' is claimed",
        frozenset({"emoji"}),
    ),
    Fault(
        "Host.post_message",
        "one attachment",
        drafts(attachments=lambda draft: draft.attachments[:1]),
        "the document lacks {'text': 'a second one'}",
        frozenset({"attachments"}),
    ),
    Fault(
        "Host.post_message",
        "no custom fields",
        drafts(custom_fields=lambda _draft: None),
        "{'ticket': 'OPS-1', 'count': 2} is not in the document",
        frozenset({"custom_fields"}),
    ),
    Fault(
        "Host.transaction",
        "swallows",
        method("transaction", lambda sound, _self: faults.swallowing(sound())),
        "the error did not come out",
    ),
    Fault(
        "Host.transaction",
        "keeps half",
        method("transaction", faults.half_hearted),
        "of an interrupted transaction are stored",
    ),
    Fault(
        "Host.transaction",
        "never commits",
        method("transaction", faults.forgetful),
        "0 messages in a room are committed, expected 1",
    ),
    Fault(
        "Host.transaction",
        "spoilt by refusals",
        faults.spoilt_by_refusals,
        "current transaction is aborted",
    ),
    Fault(
        "Host.transaction",
        "dead objects",
        faults.dying_with_the_session,
        "the message is not bound to a session",
    ),
)

VALUE_FAULTS = (
    Fault("User.id", "number", users(id=7), "the id is 7, not a text"),
    Fault("User.username", "at sign", users(username=lambda user: f"@{user.username}"), "'@ann-"),
    Fault("User.name", "number", users(name=42), "42"),
    Fault("User.is_bot", "never", users(is_bot=False), "False for a bot"),
    Fault("User.is_active", "for ever", users(is_active=True), "still true after deactivation"),
    Fault(
        "User.document",
        "password",
        users(document=lambda user: {**user.document, "auth": {"passwordHash": "x"}}),
        ".auth.passwordHash, which looks like a secret",
    ),
    Fault(
        "User.document",
        "no id",
        users(document=lambda user: {"username": user.username}),
        "_id is missing",
    ),
    Fault("Room.id", "number", rooms(id=7), "the id is 7, not a text"),
    Fault("Room.name", "mark", rooms(name=lambda room: f"#{room.name}"), "'#channel-"),
    Fault("Room.kind", "word", rooms(kind="channel"), "'channel' for a public channel"),
    Fault("Room.participants", "nobody", rooms(participants=()), "[], expected"),
    Fault(
        "Room.document",
        "datetime",
        rooms(document=lambda room: {**room.document, "ts": object()}),
        "Object of type object is not JSON serializable",
    ),
    Fault("Message.id", "number", messages(id=7), "the id is 7, not a text"),
    Fault("Message.room_id", "other", messages(room_id="GENERAL"), "'GENERAL', posted into"),
    Fault(
        "Message.author",
        "integration",
        messages(author=lambda message: faults.Altered(message.author, {"id": "rocket.cat"})),
        "'rocket.cat', posted as",
    ),
    Fault("Message.text", "html", messages(text=lambda message: f"<p>{message.text}</p>"), "<p>"),
    Fault("Message.sent_at", "naive", messages(sent_at=faults.naive), "has no time zone"),
    Fault("Message.edited_at", "never", messages(edited_at=None), "None is not a datetime"),
    Fault("Message.thread_id", "always", messages(thread_id="x"), "outside threads"),
    Fault(
        "Message.thread_id",
        "never",
        messages(thread_id=None),
        "None, expected",
        frozenset({"threads"}),
    ),
    Fault("Message.alias", "always", messages(alias="CI"), "for a message without an alias"),
    Fault(
        "Message.alias",
        "never",
        messages(alias=None),
        "given was 'Build bot'",
        frozenset({"alias"}),
    ),
    Fault("Message.integration_id", "never", messages(integration_id=None), "the plugin's own"),
    Fault("Message.integration_id", "always", messages(integration_id="x"), "the plugin's own"),
    Fault(
        "Message.document",
        "token",
        messages(document=lambda message: {**message.document, "uploadToken": "x"}),
        ".uploadToken, which looks like a secret",
    ),
    Fault("Refusal.code", "none", faults.refusals(code=None), "the code is None, not a text"),
    Fault("Refusal.reason", "empty", faults.refusals(reason=""), "the reason is '', not a text"),
)

SIGNAL_FAULTS = tuple(
    Fault(f"signal {name}", kind, faults.signal(name, doctor), says)
    for name in (*SIGNALS, USER_DELETED)
    for kind, doctor, says in (
        ("never", faults.never, f"{name} was not sent"),
        ("twice", faults.twice, f"{name} was sent 2 times"),
        ("no user", faults.without("user"), "user was not given"),
        ("other sender", faults.by_somebody_else, "its sender is 'the chat'"),
        ("session", faults.swap_session, "session given:"),
    )
) + tuple(
    Fault(f"signal {name}", f"no {key}", faults.signal(name, faults.without(key)), f"{key} was not")
    for name, keys in {
        "message-sent": ("room", "message"),
        "file-uploaded": ("room", "message"),
        "room-archived": ("room",),
        "room-created": ("room",),
        "room-joined": ("room",),
        "room-left": ("room",),
    }.items()
    for key in keys
)

SPURIOUS_SIGNALS = (
    Fault(
        "signal message-sent",
        "for notices",
        faults.signal("room-joined", faults.with_notice),
        "for joining and leaving: ['ann joined']",
    ),
    Fault(
        "signal room-created",
        "for direct rooms",
        method("open_direct_room", faults.announced_opening),
        "for open_direct_room",
    ),
    Fault(
        "signal room-joined",
        "for direct rooms",
        method("open_direct_room", faults.announced_opening),
        "for a new channel and a new direct room",
    ),
)

SEARCH, OWNERS = frozenset({"search"}), frozenset({"owners"})
OPTIONAL_FAULTS = (
    Fault(
        "Host.search_rooms",
        "beginnings only",
        method(
            "search_rooms",
            lambda sound, _self, part, **how: [
                room for room in sound(part, **how) if room.name.startswith(part)
            ],
        ),
        "1 rooms, expected the two",
        SEARCH,
    ),
    Fault(
        "Host.search_rooms", "no limit", faults.searching_without_limit("rooms"), "limit", SEARCH
    ),
    Fault(
        "Host.search_rooms",
        "everybody's",
        method(
            "search_rooms",
            lambda _sound, self, part, **_how: list(self.find_rooms(part)),
        ),
        "a stranger was shown a private group",
        SEARCH,
    ),
    Fault(
        "Host.search_rooms",
        "patterns",
        method("search_rooms", faults.taking_patterns),
        "was taken for a pattern",
        SEARCH,
    ),
    Fault(
        "Host.search_users",
        "worst first",
        method("search_users", lambda sound, _self, part, **how: sound(part, **how)[::-1]),
        "is not the first",
        SEARCH,
    ),
    Fault(
        "Host.search_users",
        "also deactivated",
        method(
            "search_users",
            lambda _sound, self, part, **_how: list(self.find_users(part)),
        ),
        "a deactivated user was shown",
        SEARCH,
    ),
    Fault(
        "Host.search_users",
        "patterns",
        method("search_users", faults.taking_patterns),
        "was taken for a pattern",
        SEARCH,
    ),
    Fault(
        "Host.owned_rooms",
        "of members",
        method("owned_rooms", faults.owned_by_each_member),
        "a member of a room is shown as its owner",
        OWNERS,
    ),
    Fault(
        "Host.owned_rooms",
        "for ever",
        method("owned_rooms", faults.owned_for_ever),
        "the new owner does not own it",
        OWNERS,
    ),
)

FAULTS = OPTIONAL_FAULTS + HOST_FAULTS + VALUE_FAULTS + SIGNAL_FAULTS + SPURIOUS_SIGNALS
