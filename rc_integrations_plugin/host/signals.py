"""From the host's blinker signals to `ChatEvent` and `UserDeleted`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.host.events import ChatEvent, EventName, UserDeleted
from rc_integrations_plugin.host.port import Host

SIGNALS = {
    "message-sent": EventName.MESSAGE_SENT,
    "file-uploaded": EventName.FILE_UPLOADED,
    "room-archived": EventName.ROOM_ARCHIVED,
    "room-created": EventName.ROOM_CREATED,
    "room-joined": EventName.ROOM_JOINED,
    "room-left": EventName.ROOM_LEFT,
    "user-created": EventName.USER_CREATED,
}
"""Each signal is sent as `signal.send(host, user=..., room=..., message=..., session=...)`.

`room` is left out for `user-created`; `message` is given for `message-sent` (new and edited ones)
and `file-uploaded` only; `session` is left out by hosts that share none, which then send after
their commit. A host that shares its session sends inside the transaction.

Notices of the server ("ann joined") send no `message-sent`. A new direct room sends neither
`room-created` nor `room-joined`; a new channel or group sends `room-created` only.
"""

USER_DELETED = "user-deleted"
"""Sent with `user` and `session` by hosts that can; without it, integrations that post as a user
who is gone are found when they next want to post.
"""


def subscribe(host: Host, receive: Callable[[ChatEvent], None]) -> None:
    """Call `receive` with every event of this host from now on."""
    for signal_name, event_name in SIGNALS.items():
        # blinker drops a receiver that nobody else holds, hence weak=False
        host.signals.signal(signal_name).connect(
            _receiver(event_name, receive), sender=host, weak=False
        )


def subscribe_to_deletions(host: Host, receive: Callable[[UserDeleted], None]) -> None:
    """Call `receive` with every user who is deleted from now on, if the host tells."""

    def on_signal(_sender: object, **sent: Any) -> None:
        receive(UserDeleted(user=sent["user"], session=sent.get("session")))

    host.signals.signal(USER_DELETED).connect(on_signal, sender=host, weak=False)


def _receiver(name: EventName, receive: Callable[[ChatEvent], None]) -> Callable[..., None]:
    def on_signal(_sender: object, **sent: Any) -> None:
        receive(
            ChatEvent(
                name=name,
                user=sent["user"],
                happened_at=datetime.now(UTC),
                room=sent.get("room"),
                message=sent.get("message"),
                session=sent.get("session"),
            )
        )

    return on_signal
