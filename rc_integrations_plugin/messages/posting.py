"""Posting one message to several rooms: to all or to none, or to each on its own."""

from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.host.port import (
    Host,
    Message,
    MessageDraft,
    Refusal,
    Room,
    RoomKind,
    User,
)
from rc_integrations_plugin.integrations.permissions import IMPERSONATE
from rc_integrations_plugin.messages.fallbacks import fit_to_host, utf16_length
from rc_integrations_plugin.messages.rooms import find_room_among, resolve_room

_BOUND = "The integration is bound to its rooms: an owner of them has saved it"


@dataclass(frozen=True, kw_only=True)
class PostResult:
    """What became of the message in one room: a message, or `error_code` and `reason`."""

    channel: str
    """As the integration or the body gives it."""
    room: Room | None = None
    message: Message | None = None
    draft: MessageDraft | None = None
    """What was posted, fitted to what the host can do."""
    error_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Post:
    """A draft on its way."""

    host: Host
    draft: MessageDraft
    as_user: User
    impersonates: bool
    known_ids: Mapping[str, str]
    """For channels, the ids that they are known by."""
    within: AbstractSet[str] | None

    def resolve(self, channel: str) -> Room:
        """Return the room of a channel, if it may have the message."""
        known_id = self.known_ids.get(channel, "")
        if self.within is None:
            return resolve_room(self.host, channel, as_user=self.as_user, known_id=known_id)
        # of others nothing is told, not even that they exist, and no conversation is opened
        room = find_room_among(self.host, channel, self.within, known_id=known_id)
        if room is None:
            raise PostRefused(_BOUND, code="error-not-allowed")
        return room


def post_all(  # noqa: PLR0913 each says something else of where it goes
    host: Host,
    draft: MessageDraft,
    channels: Iterable[str] | Mapping[str, str],
    *,
    as_user: User,
    topic: str | None,
    separate: bool = False,
    within: AbstractSet[str] | None = None,
) -> tuple[PostResult, ...]:
    """Post a draft to every channel and return one result for each, in their order.

    Nothing is posted anywhere unless all can be. With `separate`, a refused channel is a result
    with an error code, and the others go on. `topic` is for hosts where a message must have one.
    Where `channels` is a mapping, its values are ids of rooms and users that were meant when these
    channels were written down (empty for none): names may have changed since. `within` are the ids
    of the only rooms that may have it; None for any.

    Raises:
        PostRefused: without `separate`, one of the rooms can't have the message.
    """
    post = _Post(
        host=host,
        draft=fit_to_host(
            draft, host.capabilities, topic=topic, size_limit=host.message_size_limit
        ),
        as_user=as_user,
        impersonates=bool(draft.alias or draft.avatar),
        known_ids=channels if isinstance(channels, Mapping) else {},
        within=within,
    )
    if separate:
        posted: dict[str, Message] = {}
        return tuple(_post_one(post, channel, posted) for channel in channels)
    with _refusals_of(post), host.transaction():
        return _post_together(post, channels)


def _post_one(post: _Post, channel: str, posted: dict[str, Message]) -> PostResult:
    """Post to one channel, unless its room is among those that have the message."""
    try:
        with _refusals_of(post), post.host.transaction():
            _check_size(post)
            room = post.resolve(channel)
            message = posted.get(room.id)
            if message is None:
                _check_impersonation(post, room)
                message = _post_entering(post, room)
    except PostRefused as refused:
        return PostResult(channel=channel, error_code=refused.code, reason=refused.reason)
    posted[room.id] = message
    return _result(post, channel, room, message)


def _post_together(post: _Post, channels: Iterable[str]) -> tuple[PostResult, ...]:
    _check_size(post)
    found: list[tuple[str, Room]] = []
    rooms: dict[str, tuple[str, Room]] = {}
    for channel in channels:
        with _refusals_of(post, channel):
            room = post.resolve(channel)
        found.append((channel, room))
        # two names of one room get one message
        rooms.setdefault(room.id, (channel, room))
    for channel, room in rooms.values():
        with _refusals_of(post, channel):
            _check_impersonation(post, room)
            if len(rooms) > 1:
                # all are asked before the first gets it: not every host can take it back
                _enter(post, room)
    messages = {}
    for channel, room in rooms.values():
        with _refusals_of(post, channel):
            messages[room.id] = _post_entering(post, room)
    return tuple(_result(post, channel, room, messages[room.id]) for channel, room in found)


def _result(post: _Post, channel: str, room: Room, message: Message) -> PostResult:
    return PostResult(channel=channel, room=room, message=message, draft=post.draft)


@contextmanager
def _refusals_of(post: _Post, channel: str | None = None) -> Iterator[None]:
    """Turn refusals, the host's too, into PostRefused that names the channel."""
    try:
        yield
    except PostRefused as refused:
        if channel is None:
            raise
        raise PostRefused(refused.reason, code=refused.code, channel=channel) from refused
    except post.host.refusals as refused:
        refusal = cast("Refusal", refused)
        raise PostRefused(refusal.reason, code=refusal.code, channel=channel) from refused


def _check_size(post: _Post) -> None:
    limit = post.host.message_size_limit
    size = utf16_length(post.draft.text)
    if size > limit:
        raise PostRefused(
            f"The message has {size} characters, {limit} are allowed",
            code="error-message-size-exceeded",
        )


def _check_impersonation(post: _Post, room: Room) -> None:
    if post.impersonates and not post.host.has_permission(post.as_user, IMPERSONATE, room=room):
        # Rocket.Chat answers with this sentence in place of a code
        raise PostRefused("Not enough permission", code="Not enough permission")


def _enter(post: _Post, room: Room) -> None:
    """Make sure that the author may write into the room, joining it if it is public."""
    try:
        post.host.check_may_post(post.as_user, room)
    except post.host.refusals:
        _join_or_raise(post, room)
        post.host.check_may_post(post.as_user, room)


def _post_entering(post: _Post, room: Room) -> Message:
    """Post the message, joining the room if it is public."""
    try:
        return post.host.post_message(post.draft, room=room, as_user=post.as_user)
    except post.host.refusals:
        _join_or_raise(post, room)
        return post.host.post_message(post.draft, room=room, as_user=post.as_user)


def _join_or_raise(post: _Post, room: Room) -> None:
    """Join after a refusal; raise it again where joining can't help."""
    # asked only now: who may write is in the room already, as a rule
    if room.kind != RoomKind.CHANNEL or post.host.is_member(post.as_user, room):
        raise  # noqa: PLE0704 -- the refusal that is being handled
    post.host.join_room(post.as_user, room)
