"""Scripts switched off for the whole server."""

from typing import Any, NoReturn

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.protocol import (
    Script,
    ScriptFault,
    ScriptReview,
    ScriptRunner,
    Trial,
)


class CheckingRunner:
    """Lets scripts be checked, so that they can be saved, and runs none of them."""

    def __init__(self, runner: ScriptRunner) -> None:
        self._runner = runner

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        """Compile the source; nothing of it runs."""
        return self._runner.check(source, skip_transpile=skip_transpile)

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        """Compile and read the source; nothing of it runs."""
        return self._runner.review(source, skip_transpile=skip_transpile)

    def try_out(self, trial: Trial) -> NoReturn:  # noqa: ARG002
        """Refuse."""
        raise _switched_off()

    def call(self, script: Script, method: str, argument: Any) -> NoReturn:  # noqa: ARG002
        """Refuse."""
        raise _switched_off()

    def close(self) -> None:
        """End all processes."""
        self._runner.close()


def _switched_off() -> ScriptsUnavailable:
    return ScriptsUnavailable(
        "Scripts are switched off on this server", code="integration-scripts-disabled"
    )
