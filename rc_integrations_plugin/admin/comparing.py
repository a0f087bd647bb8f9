"""What came of a recorded call then, beside what would come of it now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rc_integrations_plugin.admin import texts
from rc_integrations_plugin.integrations.history import IncomingCall
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.management.trying import Place, TriedCall
from rc_integrations_plugin.scripting.protocol import ConsoleLine


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


def compare(call: IncomingCall, tried: TriedCall) -> list[Compared]:
    """Return what can be compared: of a message itself, nothing is recorded."""
    mask = Mask()
    places = tried.message.places if tried.message else ()
    lines = [line for made in tried.calls for line in made.run.console]
    return [
        Compared("Outcome", texts.OUTCOMES[call.outcome], texts.OUTCOMES[tried.outcome]),
        Compared("Status of the answer", str(call.status), str(tried.answer.status)),
        Compared("Messages", _then(call.results), _now(places)),
        Compared("What went wrong", call.error or "", mask.text(tried.error or "")),
        Compared(
            "Console",
            "\n".join(f"{line['level']}: {line['text']}" for line in call.console),
            _console(lines, mask),
        ),
    ]


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
