"""What came of a recorded call then, beside what would come of it now."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.admin.kept_messages import KeptMessage, Record, kept_message
from rc_integrations_plugin.admin.pretty import pretty_json
from rc_integrations_plugin.integrations.deliveries import Posted
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.script_diff import LineKind, diff_scripts
from rc_integrations_plugin.management.explain import shown_channel
from rc_integrations_plugin.management.trying import MadeCall, Place, Preview, TriedCall
from rc_integrations_plugin.management.trying_outgoing import TriedEvent
from rc_integrations_plugin.messages.record import record_message
from rc_integrations_plugin.outgoing.steps import Step

_WITHOUT_MESSAGE = frozenset(
    {CallOutcome.NOTHING_TO_POST, CallOutcome.SCRIPT_REFUSED, CallOutcome.SCRIPT_FAILED}
)
_PARTS = {
    "text": "Text",
    "u": "Author",
    "alias": "Alias",
    "avatar": "Avatar",
    "emoji": "Emoji",
    "attachments": "Attachments",
    "tmid": "In the thread of",
    "topic": "Topic",
    "customFields": "Custom fields",
    "parseUrls": "Previews of links",
    "groupable": "May be grouped",
}
"""What the parts of a message are called."""
_STAGES = {Posted.PREPARE: " before the call", Posted.ANSWER: " after the answer"}


@dataclass(frozen=True)
class Line:
    """A line of a text."""

    text: str
    differs: bool
    """The other text has another line in its place, or none."""

    @property
    def size(self) -> int:
        """How many characters it has."""
        return len(self.text)


@dataclass(frozen=True)
class Compared:
    """One thing, then and now."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether it is another one."""
        return self.then != self.now

    @property
    def sides(self) -> Mapping[str, Sequence[Line]]:
        """The lines of then and of now; a single line, and one beside nothing, is not marked."""
        may_share_lines = self.then and self.now and "\n" in self.then + self.now
        lines = diff_scripts(self.then, self.now).lines if may_share_lines else ()
        gone = {line.old for line in lines if line.kind is LineKind.REMOVED}
        new = {line.new for line in lines if line.kind is LineKind.ADDED}
        return {"Then": _lines(self.then, gone), "Now": _lines(self.now, new)}


@dataclass(frozen=True)
class Pair:
    """A message, then and now."""

    stage: str
    """Which one, where there may be two: what follows its name."""
    then: KeptMessage | None
    now: KeptMessage | None


@dataclass(frozen=True)
class Comparison:
    """A recorded call, and the same made again."""

    rows: Sequence[Compared]
    messages: Sequence[Pair]
    is_kept: bool
    """Whether it is known what its messages were; there may have been none."""


def compare_call(call: IncomingCall, tried: TriedCall, *, limit: int) -> Comparison:
    """Return what can be compared of a call of a hook.

    Args:
        call: as it was recorded.
        tried: what would come of it now.
        limit: how much of a message is kept.
    """
    mask = Mask()
    places = tried.message.places if tried.message else ()
    then, now = call.message or {}, _record(tried.message, mask, limit)
    is_kept = call.message is not None or call.outcome in _WITHOUT_MESSAGE
    rows = [
        Compared("Outcome", texts.OUTCOMES[call.outcome], texts.OUTCOMES[tried.outcome]),
        Compared("Status of the answer", str(call.status), str(tried.answer.status)),
        Compared("Rooms", _then(call.results), _now(places)),
        *(_parts(then, now, "") if is_kept else ()),
        Compared("What went wrong", call.error or "", mask.text(tried.error or "")),
        _consoles(call.console, tried.calls, mask),
    ]
    return Comparison(rows, _pairs([("", then, now)]) if is_kept else (), is_kept)


def compare_event(document: Record, tried: TriedEvent, *, limit: int) -> Comparison:
    """Return what can be compared of a call of an outgoing integration.

    Args:
        document: the attempt, as the history shows it.
        tried: what would come of it now.
        limit: how much of a message is kept, and how much of what is sent is compared.
    """
    mask, then = Mask(), document.get("messages") or {}
    previews = {Posted.PREPARE: tried.before, Posted.ANSWER: tried.after}
    stages = [
        (_STAGES[stage], then.get(stage, {}), _record(preview, mask, limit))
        for stage, preview in previews.items()
    ]
    is_kept = bool(then) or not document["results"]
    rows = [
        Compared("The call", _call_then(document), _call_now(tried, mask)),
        Compared("What was sent", _sent_then(document, limit), _sent_now(tried, mask, limit)),
        *(row for stage, preview in previews.items() for row in _rooms(document, stage, preview)),
        *(part for stage, old, new in stages if is_kept for part in _parts(old, new, stage)),
        _consoles(document["console"], tried.calls, mask),
    ]
    return Comparison(rows, _pairs(stages) if is_kept else (), is_kept)


def _call_then(document: Record) -> str:
    if Step.BEFORE_CALL not in document["steps"]:
        return ""
    made = document.get("request") or {}
    return f"{made.get('method') or 'POST'} {made.get('url') or document.get('url', '')}"


def _call_now(tried: TriedEvent, mask: Mask) -> str:
    made = tried.request
    return "" if made is None else mask.text(f"{made.method} {made.url}")


def _sent_then(document: Record, limit: int) -> str:
    return _data(document.get("httpCallData"), limit)


def _sent_now(tried: TriedEvent, mask: Mask, limit: int) -> str:
    body = tried.request.body if tried.request is not None else None
    text = (body or b"").decode("utf-8", "replace")
    try:
        return _data(mask.data(json.loads(text)), limit)
    except (ValueError, RecursionError):
        return _data(mask.text(text), limit)


def _data(value: Any, limit: int) -> str:
    text = _shown(value)
    return text if len(text) <= limit else f"{text[:limit]}\n…"


def _pairs(stages: Iterable[tuple[str, Record, Record]]) -> Sequence[Pair]:
    return [
        Pair(stage, kept_message(then or None), kept_message(now or None))
        for stage, then, now in stages
        if then or now
    ]


def _record(preview: Preview | None, mask: Mask, limit: int) -> Record:
    """Return a message as the history would keep it; nothing where there is none."""
    if preview is None or preview.draft is None:
        return {}
    return record_message(preview.draft, preview.author, mask=mask, limit=limit)


def _parts(then: Record, now: Record, stage: str) -> Iterator[Compared]:
    for name, label in _PARTS.items():
        part = Compared(label + stage, _shown(then.get(name)), _shown(now.get(name)))
        is_flag = isinstance(then.get(name, now.get(name)), bool)
        if part.differs or (part.then and not is_flag):
            yield part


def _shown(value: Any) -> str:
    match value:
        case None | str():
            return value or ""
        case bool():
            return "yes"
        case {"_id": user_id}:
            return f"@{value.get('username') or user_id}"
    # another order of the keys makes no other message
    return pretty_json(value, sort_keys=True)


def _lines(text: str, marked: Iterable[int | None]) -> Sequence[Line]:
    return [Line(line, number in marked) for number, line in enumerate(text.split("\n"), start=1)]


def _rooms(document: Record, stage: Posted, preview: Preview | None) -> Iterator[Compared]:
    results = [one for one in document["results"] if one.get("phase") == stage]
    now = ""
    if preview is not None:
        now = _now(preview.places) or Mask().text(preview.error or "")
    row = Compared(f"Rooms{_STAGES[stage]}", _then(results, document.get("data")), now)
    if row.then or row.now:
        yield row


def _then(results: Iterable[Record], data: Any = None) -> str:
    return "\n".join(
        _line(
            one.get("channel") and shown_channel(one, data), one.get("reason") or one.get("error")
        )
        for one in results
    )


def _now(places: Iterable[Place]) -> str:
    return "\n".join(_line(one.channel, one.reason or one.error_code) for one in places)


def _line(channel: str | None, refusal: str | None) -> str:
    # where there is no message, it went to no room
    return ": ".join(filter(None, (channel, refusal or "posted")))


def _consoles(then: Iterable[Record], now: Iterable[MadeCall], mask: Mask) -> Compared:
    return Compared(
        "Console",
        "\n".join(f"{line['level']}: {line['text']}" for line in then),
        "\n".join(
            f"{line.level}: {mask.text(line.text)}" for made in now for line in made.run.console
        ),
    )
