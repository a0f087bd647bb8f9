"""Hosts with one fault each, to see that the conformance kit notices.

A fault is planted by giving the host a subclass of its class in which one thing is wrong.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from blinker import Namespace

from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED
from rc_integrations_plugin.testing import World

Wrong = Callable[[Any], Mapping[str, Any]]
"""From the host's class to what its faulty subclass has in its place."""


@dataclass(frozen=True)
class Fault:
    """A fault, and what the kit must say about it."""

    member: str
    name: str
    wrong: Wrong
    says: str
    """A part of the report."""
    needs: frozenset[str] = field(default=frozenset())
    """Capabilities without which nobody can notice."""


@contextmanager
def planted(world: World, fault: Fault) -> Iterator[None]:
    """Give the world's host this fault for a while."""
    host: Any = world.host
    sound = type(host)
    host.__class__ = type("Faulty", (sound,), dict(fault.wrong(sound)))
    try:
        yield
    finally:
        host.__class__ = sound


class Altered:
    """An object of the host with some of its properties replaced."""

    def __init__(self, original: Any, changes: Mapping[str, Any]) -> None:
        self._original = original
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        if name not in self._changes:
            return getattr(self._original, name)
        change = self._changes[name]
        return change(self._original) if callable(change) else change


Doctor = Callable[[Namespace, str, Any, dict[str, Any]], None]
"""Sends a signal in its own way: gets where to, the name, the sender and what was given."""


class DoctoredNamespace(Namespace):
    """Passes the signals of another namespace on, with one of them changed."""

    def __init__(self, original: Namespace, name: str, doctor: Doctor) -> None:
        super().__init__()
        for each in (*SIGNALS, USER_DELETED):
            original.signal(each).connect(
                self._relay(each, doctor if each == name else unchanged), weak=False
            )

    def _relay(self, name: str, doctor: Doctor) -> Callable[..., None]:
        def relay(sender: Any, **given: Any) -> None:
            doctor(self, name, sender, given)

        return relay


def unchanged(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
    """Pass the signal on."""
    to.signal(name).send(sender, **given)


def method(name: str, wrong: Callable[..., Any]) -> Wrong:
    """Replace a method: `wrong` gets the sound method, bound, and the arguments."""

    def plant(sound: Any) -> Mapping[str, Any]:
        def faulty(self: Any, *args: Any, **kwargs: Any) -> Any:
            return wrong(getattr(sound, name).__get__(self), self, *args, **kwargs)

        return {name: faulty}

    return plant


def attribute(name: str, value: Any) -> Wrong:
    """Replace a property by a value."""
    return lambda _sound: {name: property(lambda _self: value)}


def users(**changes: Any) -> Wrong:
    """Change what users show."""

    def plant(sound: Any) -> Mapping[str, Any]:
        def find_user(self: Any, user_id: str) -> Any:
            found = sound.find_user(self, user_id)
            return found and Altered(found, changes)

        return {"find_user": find_user}

    return plant


def rooms(**changes: Any) -> Wrong:
    """Change what rooms show."""

    def plant(sound: Any) -> Mapping[str, Any]:
        def find_rooms(self: Any, reference: str) -> Any:
            return [Altered(room, changes) for room in sound.find_rooms(self, reference)]

        def open_direct_room(self: Any, user: Any, other: Any) -> Any:
            return Altered(sound.open_direct_room(self, user, other), changes)

        return {"find_rooms": find_rooms, "open_direct_room": open_direct_room}

    return plant


def messages(**changes: Any) -> Wrong:
    """Change what messages show."""

    def alter(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
        unchanged(to, name, sender, given | {"message": Altered(given["message"], changes)})

    def plant(sound: Any) -> Mapping[str, Any]:
        def post_message(self: Any, draft: Any, **where: Any) -> Any:
            return Altered(sound.post_message(self, draft, **where), changes)

        return {"post_message": post_message, **signal("message-sent", alter)(sound)}

    return plant


def drafts(**changes: Any) -> Wrong:
    """Lose or change something of what is posted."""

    def post(sound: Any, _self: Any, draft: Any, **where: Any) -> Any:
        new = {key: change(draft) for key, change in changes.items()}
        return sound(dataclasses.replace(draft, **new), **where)

    return method("post_message", post)


def refusals(**changes: Any) -> Wrong:
    """Change what refusals show."""

    def post(sound: Any, self: Any, draft: Any, **where: Any) -> Any:
        try:
            return sound(draft, **where)
        except self.refusals as refusal:
            vars(refusal).update(changes)
            raise

    return method("post_message", post)


def signal(name: str, doctor: Doctor) -> Wrong:
    """Send one signal in another way."""

    def plant(sound: Any) -> Mapping[str, Any]:
        kept: dict[int, Namespace] = {}

        def signals(self: Any) -> Namespace:
            if id(self) not in kept:
                kept[id(self)] = DoctoredNamespace(_sound_signals(sound, self), name, doctor)
            return kept[id(self)]

        return {"signals": property(signals)}

    return plant


def _sound_signals(sound: Any, host: Any) -> Namespace:
    found = sound.signals.__get__(host)
    assert isinstance(found, Namespace)
    return found


def without(key: str) -> Doctor:
    """Send without one of the arguments."""

    def doctor(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
        unchanged(to, name, sender, {each: given[each] for each in given if each != key})

    return doctor


def never(_to: Namespace, _name: str, _sender: Any, _given: dict[str, Any]) -> None:
    """Don't send."""


def twice(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
    """Send it again."""
    for _ in range(2):
        unchanged(to, name, sender, given)


def by_somebody_else(to: Namespace, name: str, _sender: Any, given: dict[str, Any]) -> None:
    """Send with another sender."""
    unchanged(to, name, "the chat", given)


def swap_session(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
    """Share a session where the server shares none, and none where it does."""
    shared = given.pop("session", None) is not None
    unchanged(to, name, sender, given if shared else given | {"session": object()})


def with_notice(to: Namespace, name: str, sender: Any, given: dict[str, Any]) -> None:
    """Announce a message that nobody wrote, too."""
    unchanged(to, name, sender, given)
    to.signal("message-sent").send(sender, **given, message=Altered(None, {"text": "ann joined"}))


@contextmanager
def swallowing(transaction: Any) -> Iterator[Any]:
    """Undo, and say nothing about it."""
    with suppress(Exception), transaction as opened:
        yield opened


def half_hearted(sound: Any, self: Any) -> Any:
    """Open a transaction that keeps what was done before an error."""

    @contextmanager
    def transaction() -> Iterator[Any]:
        raised: list[Exception] = []
        with sound() as opened:
            try:
                yield opened
            except Exception as error:  # noqa: BLE001 - raised below
                raised.append(error)
        for each in raised:
            raise each

    return transaction()


def remembering(sound: Any, self: Any) -> Any:
    """Take a stranger for who came before."""
    vars(self)["last"] = sound() or vars(self).get("last")
    return vars(self)["last"]


def naive(message: Any) -> datetime:
    """Lose the time zone."""
    sent_at: datetime = message.sent_at
    return sent_at.replace(tzinfo=None)


def new_namespace(_host: Any) -> Namespace:
    """Hand out another namespace each time."""
    return Namespace()


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""


def announced_opening(sound: Any, self: Any, user: Any, other: Any) -> Any:
    """Announce direct rooms as if somebody had created them."""
    room = sound(user, other)
    for name in ("room-created", "room-joined"):
        self.signals.signal(name).send(self, user=user, room=room)
    return room


def refusing(_sound: Any, self: Any, *_args: Any) -> None:
    """Refuse everyone."""
    raise self.refusals[0]("error-not-allowed", "Not allowed")


def failing(sound: Any, self: Any, draft: Any, **where: Any) -> Any:
    """Say no by an error of Python's own."""
    try:
        return sound(draft, **where)
    except self.refusals as refusal:
        raise PermissionError(str(refusal)) from refusal


def losing_races(sound: Any, _self: Any, user: Any, other: Any) -> Any:
    """Fail like a second insert into a table with a unique key, in any but the first thread."""
    if threading.current_thread() is not threading.main_thread():
        raise KeyError("UNIQUE constraint failed")
    return sound(user, other)


class _Undo(Exception):
    """Undoes a transaction."""


@contextmanager
def _forgetting(transaction: Any) -> Iterator[Any]:
    with suppress(_Undo), transaction as opened:
        yield opened
        raise _Undo


def forgetful(sound: Any, _self: Any) -> Any:
    """Open a transaction that is never committed."""
    return _forgetting(sound())


def spoilt_by_refusals(sound: Any) -> Mapping[str, Any]:
    """Let nobody write any more in a transaction where something was refused."""
    spoilt: set[int] = set()

    def check_may_post(self: Any, user: Any, room: Any) -> None:
        try:
            sound.check_may_post(self, user, room)
        except self.refusals:
            spoilt.add(id(self))
            raise

    def post_message(self: Any, draft: Any, **where: Any) -> Any:
        if id(self) in spoilt:
            raise RuntimeError("current transaction is aborted")
        return sound.post_message(self, draft, **where)

    return {"check_may_post": check_may_post, "post_message": post_message}


def dying_with_the_session(sound: Any) -> Mapping[str, Any]:
    """Hand out messages that can't be read after the transaction."""
    is_open: list[bool] = []

    @contextmanager
    def transaction(self: Any) -> Iterator[Any]:
        with sound.transaction(self) as opened:
            is_open.append(True)
            try:
                yield opened
            finally:
                is_open.clear()

    def text(message: Any) -> str:
        if not is_open:
            raise RuntimeError("the message is not bound to a session")
        return str(message.text)

    def post_message(self: Any, draft: Any, **where: Any) -> Any:
        return Altered(sound.post_message(self, draft, **where), {"text": text})

    return {"transaction": transaction, "post_message": post_message}


def searching_without_limit(what: str) -> Wrong:
    """Return more than was asked for."""
    return method(
        f"search_{what}",
        lambda sound, _self, part, **how: sound(part, **how | {"limit": how["limit"] + 1}),
    )


def taking_patterns(sound: Any, _self: Any, part: str, **how: Any) -> Any:
    """Take `%` and `_` for what they are to a database."""
    return sound(part.replace("_", "").partition("%")[0], **how)


def owned_by_each_member(sound: Any, self: Any, user: Any) -> Any:
    """Take everybody who is in a room for its owner."""
    known = vars(self).setdefault("owned", {})
    known.update({room.id: room for room in sound(user)})
    return [room for room in known.values() if self.is_member(user, room)]


def owned_for_ever(sound: Any, self: Any, user: Any) -> Any:
    """Ask once for each user."""
    known = vars(self).setdefault("owners", {})
    if user.id not in known:
        known[user.id] = sound(user)
    return known[user.id]
