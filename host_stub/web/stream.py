"""Server-sent events: what happens in the rooms that a user may read, as it happens."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from host_stub.api.auth import current_token, current_user
from host_stub.chat.server import current_chat
from host_stub.chat.tokens import find_token_owner
from host_stub.database import db
from host_stub.web.changes import (
    Change,
    last_change,
    number_overlap,
    read_changes,
    readable_rooms,
)
from host_stub.web.feed import Feed, Listener, TooManyListeners
from host_stub.web.stopping import client_is_gone, refuse_more_requests, server_is_stopping

FEED = "host_stub_feed"
"""Where `app.extensions` keeps the `Feed`."""
BACKLOG = 300
"""A page that missed more than this loads itself anew."""
LOOK_SECONDS = 0.4
HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 5
ROOMS_CHANGED = "event: rooms\ndata: {}\n\n"


def show_stream() -> ResponseReturnValue:
    """Answer with a stream of events, from `Last-Event-ID` or `since` on."""
    user, token = current_user(), current_token()
    since = read_position(request.headers.get("Last-Event-ID") or request.args.get("since"))
    if request.method == "HEAD":
        return Response(mimetype="text/event-stream")
    feed: Feed = current_app.extensions[FEED]
    db.session.remove()  # a stream must not keep a connection to the database
    try:
        listener = feed.open()
    except TooManyListeners:
        answer = jsonify({"success": False, "error": "Too many pages listen already"})
        return answer, 503, {"Retry-After": str(RETRY_SECONDS)}
    stream = Stream(
        app=current_app._get_current_object(),  # type: ignore[attr-defined] # noqa: SLF001
        feed=feed,
        listener=listener,
        user_id=user.id,
        token=token or "",
        since=since,
        environ=request.environ,
    )
    response = Response(stream.frames(), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    # frames() forgets the listener when it ends, but it may never begin
    response.call_on_close(lambda: feed.close(listener))
    return response


def show_changes() -> ResponseReturnValue:
    """Answer with what a stream would have sent, for pages that found no place in it."""
    chat, user = current_chat(), current_user()
    since = read_position(request.args.get("since"))
    since = last_change(chat) if since is None else since
    events: list[dict[str, Any]] = [{"event": "rooms", "data": {}}]
    backlog = read_backlog(since)
    if backlog is None:
        events.append({"event": "reload", "data": {}})
        return jsonify({"success": True, "position": str(last_change(chat)), "events": events})
    allowed = readable_rooms(chat, user.id)
    loads = current_app.json.loads
    events += [
        {"event": change.event, "data": loads(change.data)}
        for change in backlog
        if change.room_id in allowed
    ]
    position = backlog[-1].number if backlog else since
    return jsonify({"success": True, "position": str(position), "events": events})


def read_position(given: str | None) -> int | None:
    """Return the number of the last change that a page has seen, or None if it says none."""
    is_number = given is not None and given.isascii() and given.isdigit() and len(given) < 19
    return int(given) if given is not None and is_number else None


def read_backlog(since: int | None) -> Sequence[Change] | None:
    """Return what happened since then, or None if it is too much or `since` makes no sense."""
    chat = current_chat()
    if since is None:
        return ()
    if since > last_change(chat):
        return None
    found = read_changes(chat, after=since - number_overlap(chat), limit=BACKLOG + 1)
    return None if len(found) > BACKLOG else found


@dataclass(kw_only=True)
class Stream:
    """One page's connection. Runs outside of the request, so it opens its own app contexts."""

    app: Flask
    feed: Feed
    listener: Listener
    user_id: str
    token: str
    since: int | None
    environ: Mapping[str, Any]
    _allowed: frozenset[str] = frozenset()
    _backlog: frozenset[int] = frozenset()
    _looked_at: float = field(default_factory=time.monotonic)

    def frames(self) -> Iterator[str]:
        """Yield text of the event stream until the page, the log-in or the server ends."""
        try:
            yield "retry: 1500\n\n"
            yield self._start()
            while not self._is_over():
                batch = self.listener.wait(LOOK_SECONDS)
                frame = "" if batch is None else self._write(batch)
                if self._should_look(batch):
                    if not self._look_again():
                        return
                    # the comment is a heartbeat: it shows a dead connection
                    frame += ": still here\n\n" if batch is None else ROOMS_CHANGED
                if frame:
                    yield frame
        finally:
            self.feed.close(self.listener)
            refuse_more_requests(self.environ)

    def _is_over(self) -> bool:
        return self.listener.fell_behind or server_is_stopping() or client_is_gone(self.environ)

    def _start(self) -> str:
        """Return what was missed; the listener is open already, so nothing falls between."""
        with self.app.app_context():
            chat = current_chat()
            self._allowed = readable_rooms(chat, self.user_id)
            backlog = read_backlog(self.since)
            if backlog is None:
                return f"event: reload\nid: {last_change(chat)}\ndata: {{}}\n\n"
        frames = self._write(backlog)
        self._backlog = frozenset(change.number for change in backlog)
        return frames or ": welcome\n\n"

    def _should_look(self, batch: Sequence[Change] | None) -> bool:
        return batch == () or time.monotonic() - self._looked_at > HEARTBEAT_SECONDS

    def _look_again(self) -> bool:
        """Read anew what the user may see; return whether he is still logged in."""
        self._looked_at = time.monotonic()
        with self.app.app_context():
            chat = current_chat()
            if find_token_owner(chat, self.user_id, self.token) is None:
                return False
            self._allowed = readable_rooms(chat, self.user_id)
        return True

    def _write(self, changes: Sequence[Change]) -> str:
        return "".join(
            f"event: {change.event}\nid: {change.number}\ndata: {change.data}\n\n"
            for change in changes
            if change.room_id in self._allowed and change.number not in self._backlog
        )
