"""The addresses of the page: logging in and out, the page itself, and what REST lacks for it."""

from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from host_stub.api.auth import (
    COOKIE,
    current_token,
    current_user,
    find_current_user,
    is_from_our_pages,
)
from host_stub.chat import messages, tokens
from host_stub.chat.refusals import ChatRefused
from host_stub.chat.server import Chat, current_chat
from host_stub.models.schema import iso, now
from host_stub.models.users import User
from host_stub.plugins import PLUGINS
from host_stub.web import emoji_table, rooms
from host_stub.web.changes import last_change
from host_stub.web.feed import Feed
from host_stub.web.stream import FEED, show_changes, show_stream

FIRST_ROOM = "/channel/general"
THREAD_LENGTH = 500
# scripts and styles from here only; pictures may come from anywhere, since messages bring them
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' https: http: data:",
        "media-src 'self' https: http:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

web = Blueprint(
    "web",
    __name__,
    static_folder="static",
    static_url_path="/web/static",
    template_folder="templates",
)


def register_pages(app: Flask, *, most_listeners: int) -> None:
    """Give the app its pages and its live events."""
    app.extensions[FEED] = Feed(app, most_listeners=most_listeners)
    app.register_blueprint(web)


@web.after_request
def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not (response.cache_control.public or request.endpoint == "web.static"):
        response.headers["Cache-Control"] = "no-store"
    return response


@web.get("/")
def show_start() -> ResponseReturnValue:
    """Go to the room that everybody knows, or to the list."""
    user = find_current_user()
    if user is None:
        return redirect(url_for("web.show_login"))
    general = rooms.find_by_path(current_chat(), FIRST_ROOM, user)
    return redirect(FIRST_ROOM if general else "/home")


@web.get("/home")
@web.get("/channel/<path:reference>")
@web.get("/group/<path:reference>")
@web.get("/direct/<path:reference>")
def show_chat(reference: str = "") -> ResponseReturnValue:  # noqa: ARG001 -- read by the script
    """Show the page; its script finds the room by the address."""
    chat, user = current_chat(), find_current_user()
    if user is None:
        return redirect(url_for("web.show_login", next=request.path))
    return render_template(
        "web/chat.html",
        user=user,
        position=last_change(chat),
        now=iso(now()),
        message_size=chat.settings.message_size,
        menu_links=_menu_links(user),
        emoji_address=url_for("web.emoji_json", v=emoji_table.VERSION),
    )


@web.get("/login")
def show_login() -> ResponseReturnValue:
    """Show the form, or go on if somebody is logged in."""
    if find_current_user() is not None:
        return redirect(_local_path(request.args.get("next")))
    return _login_form(next_path=_local_path(request.args.get("next")))


@web.post("/login")
def log_in() -> ResponseReturnValue:
    """Check the password and give the browser its cookie."""
    next_path = _local_path(request.form.get("next"))
    username = request.form.get("username", "").strip()
    if not is_from_our_pages():
        return _login_form(next_path=next_path, error="Please log in on this page.", status=403)
    chat = current_chat()
    try:
        with chat.transaction():
            user, token = tokens.log_in(chat, username, request.form.get("password", ""))
    except ChatRefused:
        wrong = "The username or the password is wrong."
        return _login_form(next_path=next_path, username=username, error=wrong, status=401)
    response = redirect(next_path, 303)
    _set_cookie(response, chat, f"{user.id}:{token}")
    return response


@web.post("/logout")
def log_out() -> ResponseReturnValue:
    """Make the token worthless and take the cookie away."""
    chat, token = current_chat(), current_token()
    if token is not None and find_current_user() is not None:
        with chat.transaction():
            tokens.delete_token(chat, token)
    elif request.cookies.get(COOKIE) and not is_from_our_pages():
        return "Please log out on our own page.", 403
    response = redirect(url_for("web.show_login"), 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return response


@web.get("/web/rooms")
def show_rooms() -> ResponseReturnValue:
    """Answer with the rooms at the side."""
    return jsonify({"success": True, "rooms": rooms.list_joined(current_chat(), current_user())})


@web.get("/web/room")
def show_room() -> ResponseReturnValue:
    """Answer with the room at an address of the page."""
    chat, user = current_chat(), current_user()
    room = rooms.find_by_path(chat, request.args.get("path", ""), user)
    if room is None:
        raise ChatRefused("error-room-not-found", "There is no such room", status=404)
    return jsonify({"success": True, "room": rooms.describe_room(chat, room, user)})


@web.get("/web/thread")
def show_thread() -> ResponseReturnValue:
    """Answer with a message and the replies to it, the oldest first."""
    chat, user = current_chat(), current_user()
    parent, _room = messages.load_message(chat, request.args.get("messageId", ""), reader=user)
    replies, _total = messages.list_thread(chat, parent, offset=0, count=THREAD_LENGTH)
    documents: list[dict[str, Any]] = [one.document for one in (parent, *replies)]
    return jsonify({"success": True, "messages": documents})


web.add_url_rule("/stream", view_func=show_stream)
web.add_url_rule("/web/changes", view_func=show_changes)
web.add_url_rule("/web/emoji.json", "emoji_json", emoji_table.show_emoji_table)


def _login_form(
    *, next_path: str, username: str = "", error: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template("web/login.html", next=next_path, username=username, error=error)
    return page, status


def _local_path(given: str | None) -> str:
    """Return the path to go on to, which must not lead to another site."""
    path = given or "/"
    is_plain = path.isprintable() and "\\" not in path and not path.startswith("//")
    parts = urlsplit(path) if is_plain else None
    return path if parts and path.startswith("/") and not (parts.scheme or parts.netloc) else "/"


def _set_cookie(response: Any, chat: Chat, value: str) -> None:
    response.set_cookie(
        COOKIE,
        value,
        max_age=chat.settings.token_days * 86400,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure or chat.settings.site_url.startswith("https:"),
    )


def _menu_links(user: User) -> list[tuple[str, str]]:
    plugins = current_app.extensions[PLUGINS]
    return [link for links in plugins.hook.chat_host_menu_links(user=user) for link in links]
