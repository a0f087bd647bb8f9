"""What the checker of scripts says about what it finds.

The checker itself is JavaScript (`javascript/src/checker`); a script's process runs it on the
source and answers with codes, names and places. The words are here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from rc_integrations_plugin.scripting.protocol import Finding, ScriptFault, Severity

MOST_FINDINGS = 200
_PROGRAM = Path(__file__).parent / "javascript" / "libraries" / "checker.js"
_LONGEST_NAME = 100
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Rule:
    """What one code means; `{name}` in the texts is what was found."""

    severity: Severity
    message: str
    advice: str


RULES: Mapping[str, Rule] = {
    "no-class": Rule(
        _ERROR,
        "There is no class named Script at the top level.",
        "Put the methods into `class Script { ... }`.",
    ),
    "no-method": Rule(
        _ERROR,
        "The class Script has none of the methods that are called.",
        "Add process_incoming_request, or for an outgoing integration prepare_outgoing_request or"
        " process_outgoing_response.",
    ),
    "misspelt-method": Rule(
        _ERROR,
        "Nothing calls a method named {name}.",
        "Spell it with underscores and in lower case, such as process_incoming_request.",
    ),
    "method-twice": Rule(
        _WARNING,
        "The method {name} is there more than once; the last one counts.",
        "Remove or rename the others.",
    ),
    "import-statement": Rule(
        _ERROR,
        "Scripts cannot import: {name}.",
        "Remove the import; _, s, moment, crypto and more are there without it.",
    ),
    "unknown-module": Rule(
        _ERROR,
        "There is no module {name} to require.",
        "Paste what is needed of it into the script, or do without it.",
    ),
    "removed-global": Rule(
        _ERROR,
        "{name} is a part of old Rocket.Chat servers that scripts could reach until 6.x;"
        " it is not here.",
        "Call the chat server's REST API with fetch or HTTP instead; the request is an argument of"
        " the method.",
    ),
    "unknown-global": Rule(
        _ERROR,
        "{name} is declared nowhere in the script and does not exist here.",
        "Declare it, correct its spelling, or ask `typeof {name}` first.",
    ),
    "strict-assignment": Rule(
        _ERROR,
        "{name} is assigned without being declared, which throws a ReferenceError in strict mode.",
        "Declare it with let or const.",
    ),
    "strict-this": Rule(
        _ERROR,
        "`this` in a plain function is undefined in strict mode.",
        "Use an arrow function, or keep `this` in a variable.",
    ),
    "implicit-global": Rule(
        _WARNING,
        "{name} is assigned without being declared: it becomes a global variable, which all calls"
        " share.",
        "Declare it with let or const; Rocket.Chat 9, and skipTranspile here and there, throw a"
        " ReferenceError.",
    ),
    "replaced-global": Rule(
        _WARNING,
        "{name} is assigned without being declared, and replaces the built-in {name}.",
        "Declare it with let or const, or take another name.",
    ),
    "plain-this": Rule(
        _WARNING,
        "`this` in a plain function is the global object, not the instance.",
        "Use an arrow function; in strict mode it is undefined.",
    ),
    "old-http": Rule(
        _WARNING,
        "{name} works here, but Rocket.Chat has not had it since 7.0.",
        "Use fetch if the script shall run there too.",
    ),
    "new-fetch": Rule(
        _WARNING,
        "{name} works here, but Rocket.Chat has it only with the engine isolated-vm (the only one"
        " since 7.0).",
        "Use HTTP if the script shall run on older servers too; await what fetch returns.",
    ),
    "old-library": Rule(
        _WARNING,
        "{name} works here, but Rocket.Chat has not had it since 7.0.",
        "Use the language's own means if the script shall run there too.",
    ),
    "only-here": Rule(
        _WARNING,
        "{name} works here, but in the scripts of no Rocket.Chat.",
        "Do without it, or ask `typeof {name}` first, if the script shall run there too.",
    ),
    "export": Rule(
        _WARNING,
        "{name} works here, but in the scripts of no Rocket.Chat.",
        "A class named Script at the top level needs no export.",
    ),
    "declared-twice": Rule(
        _WARNING,
        "{name} is declared around each script by Rocket.Chat since 7.0; to declare it again is a"
        " syntax error there.",
        "Take another name.",
    ),
    "ignored-option": Rule(
        _WARNING,
        "The option {name} of HTTP calls does nothing here.",
        "Remove it; the server's own settings rule its calls.",
    ),
    "content-parsed-again": Rule(
        _WARNING,
        "JSON.parse({name}): the content is the parsed value here and in Rocket.Chat before 6.0,"
        " and a text since. Both work here.",
        "Ask `typeof {name}` first if the script shall run on older servers too.",
    ),
    "content-as-text": Rule(
        _WARNING,
        "{name} is used as a text, which it is here only if the answer is no JSON.",
        "Use response.content_raw, which is always the text.",
    ),
    "content-as-value": Rule(
        _WARNING,
        "{name} is used as a parsed value, which it is here if the answer is JSON; Rocket.Chat"
        " since 6.0 gives a text.",
        "Ask `typeof {name}` first and parse a text, if the script shall run there too.",
    ),
    "response-error": Rule(
        _WARNING,
        "{name} is set only by Rocket.Chat before 6.0, which ran the method after failures too.",
        "Look at response.status_code instead.",
    ),
    "not-reviewed": Rule(
        _WARNING,
        "The script can run, but could not be looked through: {why}.",
        "Nothing; only the list of what may not work is missing.",
    ),
}


def _finding(code: str, name: str, *, line: int, column: int, lines: tuple[int, ...]) -> Finding:
    rule = RULES[code]
    return Finding(
        code=code,
        severity=rule.severity,
        name=name,
        line=line,
        column=column,
        lines=lines,
        message=rule.message.replace("{name}", name),
        advice=rule.advice.replace("{name}", name),
    )


def not_reviewed(fault: ScriptFault) -> Finding:
    """Return what is told where looking through a script failed, for a fault of ours or a limit."""
    finding = _finding("not-reviewed", "", line=1, column=1, lines=(1,))
    return replace(finding, message=finding.message.replace("{why}", fault.message))


@cache
def load() -> str:
    """Return the checker's JavaScript."""
    return _PROGRAM.read_text(encoding="utf-8")


def read_findings(value: Any) -> tuple[Finding, ...]:
    """Return what the checker found; what it cannot have sent is left out."""
    found = value if isinstance(value, list) else []
    return tuple(finding for item in found[:MOST_FINDINGS] if (finding := _read(item)))


def _read(item: Any) -> Finding | None:
    match item:
        case {
            "code": str(code),
            "name": str(name),
            "line": int(line),
            "column": int(column),
            "lines": [*lines],
        } if code in RULES and all(type(each) is int for each in lines):
            short = name[:_LONGEST_NAME]
            return _finding(code, short, line=line, column=column, lines=tuple(lines))
    return None


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "name": finding.name,
        "line": finding.line,
        "column": finding.column,
        "lines": list(finding.lines),
        "message": finding.message,
        "advice": finding.advice,
    }
