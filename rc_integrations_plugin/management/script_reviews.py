"""What does not work in a script, for whoever is writing it."""

from typing import Any

from rc_integrations_plugin.scripting.checker import finding_document
from rc_integrations_plugin.scripting.protocol import ScriptFault
from rc_integrations_plugin.services import Services


def review_script(services: Services, source: str, *, skip_transpile: bool) -> list[dict[str, Any]]:
    """Return what `scriptWarnings` of the API says of a script; nothing of it runs.

    Where it does not compile, the first one says so: its `code` is `syntax`.

    Raises:
        ScriptsUnavailable: nothing can check it now.
    """
    review = services.scripts.review(source, skip_transpile=skip_transpile)
    found = [finding_document(finding) for finding in review.findings]
    return found if review.fault is None else [_fault_document(review.fault), *found]


def _fault_document(fault: ScriptFault) -> dict[str, Any]:
    line = fault.line or 1
    return {
        "code": "syntax",
        "severity": "error",
        "name": fault.name,
        "line": line,
        "column": fault.column or 1,
        "lines": [line],
        "message": f"{fault.name}: {fault.message}" if fault.name else fault.message,
        "advice": "",
    }
