"""Refusals: when the host must say no, and how."""

from collections.abc import Callable
from typing import Any

from rc_integrations_plugin.host.port import Room, User
from rc_integrations_plugin.testing.checks import Fault, check, expect, expect_text, fail
from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.world import Feature

_LONGEST_REASON = 500


@check("Host.check_may_post")
def lets_a_member_write_and_changes_nothing(stage: Stage) -> None:
    """It is asked for all rooms of a call before anything is posted."""
    author = stage.author()
    room = stage.channel(author)
    with stage.recording() as sent:
        try:
            stage.host.check_may_post(author, room)
        except stage.host.refusals as refusal:
            fail(f"a member of a channel was refused: {refusal}")
    expect(not sent, f"it sent {[one.signal for one in sent]}")
    expect(not stage.stored(room), "it stored a message")


@check("Host.check_may_post")
def refuses_who_is_not_in_a_private_group(stage: Stage) -> None:
    """Otherwise a hook would be a way into every closed room."""
    _expect_no_post(stage, stage.author(), stage.private_group(stage.user()))


@check("Host.post_message")
def refuses_what_was_allowed_a_moment_ago(stage: Stage) -> None:
    """The post itself decides, and says no by a refusal.

    Between the question and the post somebody may leave, be muted or be put out.
    """
    owner, author = stage.user(), stage.author()
    room = stage.private_group(owner)
    stage.world.add_member(author, room)
    stage.host.check_may_post(author, room)
    stage.world.remove_member(author, room)
    _expect_refusal(stage, lambda: _post(stage, author, room), "post_message by a former member")
    expect(not stage.stored(room), "the refused message is stored")


@check("Host.check_may_post")
def refuses_the_muted(stage: Stage) -> None:
    """A mute counts for hooks that post as this user too."""
    stage.need(Feature.MUTES)
    author = stage.author()
    room = stage.channel(stage.user("owner"))
    stage.world.add_member(author, room)
    stage.world.mute(author, room)
    _expect_no_post(stage, author, room)


@check("Host.check_may_post")
def refuses_in_a_read_only_room(stage: Stage) -> None:
    """Announcement rooms stay quiet for those who may not write there by hand."""
    stage.need(Feature.READ_ONLY)
    author = stage.author()
    room = stage.channel(stage.user("owner"))
    stage.world.add_member(author, room)
    stage.world.make_read_only(room)
    _expect_no_post(stage, author, room)


@check("Host.check_may_post")
def refuses_in_an_archived_room(stage: Stage) -> None:
    """Nobody reads it any more: the sender should hear that."""
    stage.need(Feature.ARCHIVE)
    owner, author = stage.user("owner"), stage.author()
    room = stage.channel(owner)
    stage.world.add_member(author, room)
    stage.world.archive(room, by=owner)
    _expect_no_post(stage, author, room)


@check("Host.check_may_post")
def refuses_a_deactivated_account(stage: Stage) -> None:
    """Who has left the company posts nothing more."""
    stage.need(Feature.DEACTIVATION)
    author = stage.author()
    room = stage.channel(author)
    stage.world.deactivate(author)
    found = stage.host.find_user(author.id)
    if found is not None:
        _expect_no_post(stage, found, room)


@check("Host.join_room")
def refuses_a_private_group(stage: Stage) -> None:
    """Private groups are entered by invitation only."""
    stranger, room = stage.author(), stage.private_group(stage.user())
    _expect_no_join(stage, stranger, room)


@check("Host.join_room")
def refuses_an_archived_channel(stage: Stage) -> None:
    """As for people."""
    stage.need(Feature.ARCHIVE)
    owner, stranger = stage.user("owner"), stage.author()
    room = stage.channel(owner)
    stage.world.archive(room, by=owner)
    _expect_no_join(stage, stranger, room)


@check("Host.open_direct_room")
def refuses_where_one_has_blocked_the_other(stage: Stage) -> None:
    """A hook is no way around a block: the room is not opened, or nothing can be posted in it."""
    stage.need(Feature.BLOCKS)
    author, other = stage.author(), stage.user("bob")
    stage.world.block(author, by=other)

    def write() -> None:
        with stage.transaction():
            room = stage.host.open_direct_room(author, other)
            stage.host.check_may_post(author, room)

    _expect_refusal(stage, write, "open_direct_room and check_may_post")


@check("Refusal.code")
def is_a_word_for_programs(stage: Stage) -> None:
    """It is the `error` of the answer, which senders compare: Rocket.Chat's where it has one."""
    code = _refused_post(stage).code
    expect_text(code, "the code")


@check("Refusal.reason")
def is_a_sentence_for_people(stage: Stage) -> None:
    """It stands in the answer and in the history, for who runs the integration."""
    reason = _refused_post(stage).reason
    expect_text(reason, "the reason")
    expect(len(reason) <= _LONGEST_REASON, f"{len(reason)} letters: {reason[:100]}...")


def _refused_post(stage: Stage) -> Any:
    author = stage.author()
    room = stage.private_group(stage.user())
    return _expect_refusal(stage, lambda: _post(stage, author, room), "post_message")


def _expect_no_post(stage: Stage, user: User, room: Room) -> None:
    def ask() -> None:
        stage.host.check_may_post(user, room)

    _expect_refusal(stage, ask, "check_may_post")
    _expect_refusal(stage, lambda: _post(stage, user, room), "post_message")
    expect(not stage.stored(room), "the refused message is stored")


def _expect_no_join(stage: Stage, user: User, room: Room) -> None:
    def join() -> None:
        with stage.transaction():
            stage.host.join_room(user, room)

    _expect_refusal(stage, join, "join_room")
    expect(not stage.is_member(user, room), "refused, but a member now")


def _post(stage: Stage, user: User, room: Room) -> None:
    stage.post(stage.draft(), room=room, as_user=user)


def _expect_refusal(stage: Stage, call: Callable[[], None], name: str) -> Any:
    """Return the refusal that a call ends in."""
    try:
        call()
    except stage.host.refusals as refusal:
        return refusal
    except Exception as error:
        found = f"{name} raised {type(error).__name__}, which is none of Host.refusals"
        raise Fault(found) from error
    raise Fault(f"{name} did not refuse")
