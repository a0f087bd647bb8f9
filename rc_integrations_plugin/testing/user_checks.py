"""Users: finding them, what they show, what they may do, who sends a request."""

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.testing.checks import check, expect, expect_text, fail
from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.world import Feature

PERMISSION = "manage-incoming-integrations"
HOSTILE_REFERENCES = ("", " ", "%", "_", "*", "None", "null", "a\x00b", "\ud800", "x" * 100_000)
"""What senders really put into a hook's `channel`; nobody has these names."""


@check("Host.find_user")
def finds_by_id(stage: Stage) -> None:
    """Integrations keep the id of the user they post as and ask for him at each call."""
    user = stage.user()
    found = stage.host.find_user(user.id)
    expect(found is not None, f"None for the id {user.id!r} of a user who exists")
    expect(found is not None and found.id == user.id, f"another user for the id {user.id!r}")


@check("Host.find_user")
def gives_none_for_anything_but_an_id(stage: Stage) -> None:
    """Ids are opaque: a username, or a part of an id, must not lead to somebody."""
    user = stage.user()
    for reference in (user.username or "-", user.id[:-1], user.id + " ", *HOSTILE_REFERENCES):
        found = stage.host.find_user(reference)
        expect(found is None or found.id == reference, f"{reference[:40]!r} found a user")


@check("Host.find_users")
def finds_by_id_and_by_username(stage: Stage) -> None:
    """A hook may post to `@someone`, given as username or as id, without the `@`."""
    user = stage.user()
    for reference in (user.id, user.username or user.id):
        ids = [found.id for found in stage.host.find_users(reference)]
        expect(ids == [user.id], f"{ids} for {reference!r}, expected {[user.id]}")


@check("Host.find_users")
def finds_nobody_by_what_nobody_is_called(stage: Stage) -> None:
    """The reference comes from outside and may hold anything.

    It is compared as a whole: patterns, parts and marks (`@`) mean nothing, and strange
    characters are no error.
    """
    user = stage.user()
    username = user.username or user.id
    for reference in (f"@{username}", username[:-1], f"{username[:-1]}_", *HOSTILE_REFERENCES):
        found = stage.host.find_users(reference)
        expect(not found, f"{reference[:40]!r} found {len(found)} user(s)")


@check("Host.find_users")
def finds_all_who_share_a_username(stage: Stage) -> None:
    """With two of the same name the plugin refuses and says so.

    If one of them were picked at random, a message would reach the wrong person.
    """
    stage.need(Feature.SAME_USERNAMES)
    username = stage.name("twin")
    twins = {stage.world.make_user(username=username).id for _ in range(2)}
    found = {user.id for user in stage.host.find_users(username)}
    expect(found == twins, f"{len(found)} of the two users were found")


@check("User.username")
def may_be_missing(stage: Stage) -> None:
    """Where an account has no username the plugin shows its name or id."""
    stage.need(Feature.USERS_WITHOUT_USERNAME)
    user = _given(stage, stage.world.make_user(username=None))
    expect(user.username is None, f"{user.username!r} instead of None")
    expect(user.id in {found.id for found in stage.host.find_users(user.id)}, "not found by id")


@check("User.username")
def comes_without_the_at_sign(stage: Stage) -> None:
    """The plugin adds `@` where it belongs."""
    username = _given(stage, stage.user()).username
    expect_text(username, "the username of a user who was made with one")
    expect(not (username or "").startswith("@"), f"{username!r}")


@check("User.id")
def is_text_and_stays(stage: Stage) -> None:
    """Ids are kept in the plugin's tables and compared as text."""
    user = stage.user()
    given = _given(stage, user)
    expect_text(given.id, "the id")
    expect(given.id == user.id, f"{given.id!r} when asked again, first {user.id!r}")
    expect(_given(stage, stage.user()).id != given.id, "two users have one id")


@check("User.name")
def is_text_or_none(stage: Stage) -> None:
    """It stands in answers and in what scripts see as `request.user.name`."""
    name = _given(stage, stage.user()).name
    expect(name is None or isinstance(name, str), f"{name!r}")


@check("User.is_bot")
def tells_bots_from_people(stage: Stage) -> None:
    """Receivers of outgoing webhooks get `bot` to avoid answering each other for ever."""
    person = _given(stage, stage.user())
    expect(person.is_bot is False, f"{person.is_bot!r} for a person")
    stage.need(Feature.BOTS)
    bot = _given(stage, stage.world.make_user(username=stage.name("bot"), is_bot=True))
    expect(bot.is_bot is True, f"{bot.is_bot!r} for a bot")


@check("User.is_active")
def turns_false_with_deactivation(stage: Stage) -> None:
    """Nothing posts as a deactivated account; the plugin looks before each call."""
    user = stage.user()
    is_active = _given(stage, user).is_active
    expect(is_active is True, f"{is_active!r} for a new user")
    stage.need(Feature.DEACTIVATION)
    stage.world.deactivate(user)
    found = stage.host.find_user(user.id)
    expect(found is None or found.is_active is False, "still true after deactivation")


@check("Host.has_permission")
def is_false_until_granted(stage: Stage) -> None:
    """Who may make and change integrations depends on this alone."""
    user, other = stage.user(), stage.user("bob")
    expect(_may(stage, user) is False, "true for a new user, or not a bool")
    stage.world.grant(user, PERMISSION)
    expect(_may(stage, user) is True, "not true after the permission was given")
    expect(_may(stage, other) is False, "true for somebody else")
    expect(not stage.host.has_permission(user, "manage-own-incoming-integrations"), "true for all")


@check("Host.has_permission")
def is_false_for_a_permission_that_nobody_knows(stage: Stage) -> None:
    """A server that does not know a permission yet answers no; it does not fail."""
    known = stage.host.has_permission(stage.user(), "conformance-kit-no-such-permission")
    expect(known is False, f"{known!r}")


@check("Host.has_permission")
def counts_a_general_permission_in_each_room(stage: Stage) -> None:
    """`room` narrows where a permission is asked for; one held everywhere is held there too."""
    user = stage.user()
    room = stage.channel(user)
    expect(stage.host.has_permission(user, PERMISSION, room=room) is False, "true before")
    stage.world.grant(user, PERMISSION)
    expect(stage.host.has_permission(user, PERMISSION, room=room) is True, "false after the grant")


@check("Host.has_permission")
def keeps_rooms_apart(stage: Stage) -> None:
    """A right in one room gives none in another, and none everywhere."""
    stage.need(Feature.ROOM_PERMISSIONS)
    user = stage.user()
    room, elsewhere = stage.channel(user), stage.channel(user)
    stage.world.grant(user, PERMISSION, room=room)
    expect(stage.host.has_permission(user, PERMISSION, room=room) is True, "false in the room")
    expect(stage.host.has_permission(user, PERMISSION, room=elsewhere) is False, "true elsewhere")
    expect(_may(stage, user) is False, "true without a room")


@check("Host.find_current_user")
def is_who_sent_the_request(stage: Stage) -> None:
    """The management API trusts this; a user kept from an earlier request would act for another."""
    for user in (stage.user(), stage.user("bob")):
        with stage.request(user):
            found = stage.host.find_current_user()
            expect(found is not None, "None within a request of a user who is logged in")
            expect(found is not None and found.id == user.id, "another user")


@check("Host.find_current_user")
def is_none_for_strangers_and_wrong_logins(stage: Stage) -> None:
    """A stranger is None, not a guest account and not an error: the plugin answers 401 itself."""
    user = stage.user()
    with stage.request(None):
        expect(stage.host.find_current_user() is None, "somebody for a request without a login")
    with stage.request_with_wrong_login(user):
        expect(stage.host.find_current_user() is None, "somebody, though the login was wrong")


@check("Host.find_current_user")
def is_none_for_a_deactivated_account(stage: Stage) -> None:
    """Old tokens and cookies of an account that was switched off must not work."""
    stage.need(Feature.DEACTIVATION)
    user = stage.user()
    with stage.request(user):
        expect(stage.host.find_current_user() is not None, "None while the account is active")
    stage.world.deactivate(user)
    with stage.request(user):
        expect(stage.host.find_current_user() is None, "somebody, though switched off")


def _given(stage: Stage, user: User) -> User:
    """Return the user as the host gives him."""
    found = stage.host.find_user(user.id)
    if found is None:
        fail("Host.find_user gave None for a user who exists")
    return found


def _may(stage: Stage, user: User) -> bool:
    return stage.host.has_permission(user, PERMISSION)
