"""What the checker's findings are made into, and that all of it is documented."""

import re
from pathlib import Path
from typing import Any

import pytest

from rc_integrations_plugin.scripting.checker import (
    MOST_FINDINGS,
    RULES,
    finding_document,
    read_findings,
)

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "rc_integrations_plugin" / "scripting" / "javascript" / "src" / "checker"
FOUND = {"code": "implicit-global", "name": "msg", "line": 3, "column": 5, "lines": [3, 7]}


def test_a_finding_is_told_in_words() -> None:
    (finding,) = read_findings([FOUND])

    document = finding_document(finding)
    assert document["severity"] == "warning"
    assert document["message"].startswith("msg is assigned")
    assert document["lines"] == [3, 7]
    assert document["advice"]


def test_braces_in_a_name_are_no_placeholders() -> None:
    (finding,) = read_findings([FOUND | {"name": "{name} {0}"}])

    assert finding.message.startswith("{name} {0} is assigned")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {"code": "no-class"},
        [None],
        [FOUND | {"code": "made-up"}],
        [FOUND | {"name": 5}],
        [FOUND | {"line": "3"}],
        [FOUND | {"lines": ["3"]}],
        [{key: FOUND[key] for key in ("code", "name")}],
    ],
    ids=repr,
)
def test_what_the_checker_cannot_have_sent_is_left_out(value: Any) -> None:
    assert read_findings(value) == ()


def test_no_more_findings_are_read_than_the_checker_sends() -> None:
    assert len(read_findings([FOUND] * (MOST_FINDINGS + 1))) == MOST_FINDINGS


def test_each_code_is_documented_with_its_severity() -> None:
    text = (ROOT / "docs" / "script-tests.md").read_text()
    documented = dict(re.findall(r"^\| `([a-z-]+)` \| (error|warning) \|", text, re.MULTILINE))

    assert documented == {code: rule.severity.value for code, rule in RULES.items()}


def test_each_code_of_the_checker_has_words() -> None:
    source = "".join(path.read_text() for path in SOURCES.glob("*.js"))
    sent = set(re.findall(r"add\('([a-z-]+)'", source))
    either = re.findall(r"\? '([a-z]+-[a-z-]+)' : '([a-z]+-[a-z-]+)'", source)
    sent |= {code for pair in either for code in pair}

    assert sent <= set(RULES)
    assert len(sent) > 10
