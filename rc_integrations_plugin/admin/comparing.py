"""What came of a recorded call then, beside what would come of it now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.admin.kept_messages import KeptMessage, Record, kept_message
from rc_integrations_plugin.admin.pretty import pretty_json
from rc_integrations_plugin.integrations.history import CallOutcome, IncomingCall
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.script_diff import LineKind, diff_scripts
from rc_integrations_plugin.management.trying import Place, Preview, TriedCall
from rc_integrations_plugin.messages.record import record_message
from rc_integrations_plugin.scripting.protocol import ConsoleLine

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
        """The lines of then and of now; those of a single line are not marked one by one."""
        lines = diff_scripts(self.then, self.now).lines if "\n" in self.then + self.now else ()
        gone = {line.old for line in lines if line.kind is LineKind.REMOVED}
        new = {line.new for line in lines if line.kind is LineKind.ADDED}
        return {"Then": _lines(self.then, gone), "Now": _lines(self.now, new)}


@dataclass(frozen=True)
class Comparison:
    """A recorded call, and the same made again."""

    rows: Sequence[Compared]
    then: KeptMessage | None
    now: KeptMessage | None
    is_kept: bool
    """Whether it is known what its message was; there may have been none."""


def compare(call: IncomingCall, tried: TriedCall, *, limit: int) -> Comparison:
    """Return what can be compared.

    Args:
        call: as it was recorded.
        tried: what would come of it now.
        limit: how much of a message is kept.
    """
    mask = Mask()
    places = tried.message.places if tried.message else ()
    lines = [line for made in tried.calls for line in made.run.console]
    now = _record(tried.message, mask, limit)
    is_kept = call.message is not None or call.outcome in _WITHOUT_MESSAGE
    rows = [
        Compared("Outcome", texts.OUTCOMES[call.outcome], texts.OUTCOMES[tried.outcome]),
        Compared("Status of the answer", str(call.status), str(tried.answer.status)),
        Compared("Rooms", _then(call.results), _now(places)),
        *(_parts(call.message or {}, now or {}) if is_kept else ()),
        Compared("What went wrong", call.error or "", mask.text(tried.error or "")),
        Compared(
            "Console",
            "\n".join(f"{line['level']}: {line['text']}" for line in call.console),
            _console(lines, mask),
        ),
    ]
    return Comparison(rows, kept_message(call.message), kept_message(now), is_kept)


def _record(preview: Preview | None, mask: Mask, limit: int) -> Record | None:
    """Return a message as the history would keep it."""
    if preview is None or preview.draft is None:
        return None
    return record_message(preview.draft, preview.author, mask=mask, limit=limit)


def _parts(then: Record, now: Record) -> Iterator[Compared]:
    for name, label in _PARTS.items():
        part = Compared(label, _shown(then.get(name)), _shown(now.get(name)))
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


def _then(results: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{one['channel']}: {one['reason'] or one['error']}"
        if one.get("error")
        else f"{one['channel']}: posted"
        for one in results
    )


def _now(places: Iterable[Place]) -> str:
    return "\n".join(
        f"{one.channel}: {one.reason or one.error_code}"
        if one.error_code
        else f"{one.channel}: posted"
        for one in places
    )


def _console(lines: Iterable[ConsoleLine], mask: Mask) -> str:
    return "\n".join(f"{line.level}: {mask.text(line.text)}" for line in lines)
