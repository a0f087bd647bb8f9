"""Docs that can rot are tested: everything public has its place in them."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rc_integrations_plugin import plugin
from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "rc_integrations_plugin"
CODE = re.compile(r"(error|invalid|integration-(scripts|not))-[a-z][a-zA-Z-]+|not_authorized")


def headings(document: str) -> set[str]:
    text = (DOCS / document).read_text()
    return {line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")}


def error_codes() -> Iterator[str]:
    """Yield each string of the package that looks like an error code."""
    for path in PACKAGE.rglob("*.py"):
        if "testing" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and CODE.fullmatch(value):
                yield value


def test_each_setting_has_its_heading_and_no_other_is_there() -> None:
    names = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}

    assert {name for name in headings("settings.md") if name.startswith(PREFIX)} == names


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Settings)])
def test_the_default_of_each_setting_is_told(name: str) -> None:
    text = (DOCS / "settings.md").read_text()
    section = text.split(f"### {PREFIX}{name.upper()}\n")[1].split("\n#")[0]
    default = getattr(Settings(), name)
    told = "none" if default in {"", ()} else str(default)

    assert re.search(rf"[Dd]efault:? `?{re.escape(told)}\b", section)


def test_each_error_code_is_explained() -> None:
    text = (DOCS / "errors.md").read_text()
    explained = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))

    assert set(error_codes()) == explained


def test_each_hook_is_explained_to_authors_of_chat_servers() -> None:
    hooks = {name for name in vars(plugin) if name.startswith("chat_host_")}
    text = (DOCS / "host.md").read_text()

    assert hooks
    assert {name for name in hooks if f"`{name}(" not in text} == set()


def test_each_outcome_is_in_the_description_of_the_history() -> None:
    text = (DOCS / "api.md").read_text()

    outcomes = [*CallOutcome, *DeliveryOutcome]
    assert {outcome for outcome in outcomes if f"`{outcome}`" not in text} == set()


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        page = path.parent / file if file else path
        if not page.exists() or (anchor and anchor not in anchors(page)):
            dead.append(target)

    assert dead == []


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}
