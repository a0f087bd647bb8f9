"""The addresses of all pages that there are, from the server's own table of routes."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, url_for
from werkzeug.routing import Rule

from rc_integrations_plugin.admin.rendering import NAME
from rc_integrations_plugin.integrations.audit import entry_of_tests
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.services import Services

NO_PAGES = {"static", "suggest", "show_newest"}
"""What pages load, and people do not open."""
QUERIES = {"show_difference": {"old": "1", "new": "2"}}
"""What a page cannot do without."""


@dataclass(frozen=True)
class Known:
    """An integration to fill addresses with; its script has two versions."""

    id: str
    kind: str
    test_id: str

    @property
    def values(self) -> Mapping[str, str | int]:
        """What stands for the parts of an address."""
        return {"integration_id": self.id, "kind": self.kind, "test_id": self.test_id, "number": 1}


def prepare(
    services: Services, integration_id: str, test_name: str, sample: Mapping[str, Any]
) -> Known:
    """Give an integration what it may lack: another version of its script, and a test."""
    old = services.integrations.find_any(integration_id)
    assert old is not None
    now, by = datetime.now(UTC), old.created_by
    script = f"{old.script}// more\n"
    new = dataclasses.replace(old, script=script, updated_at=now, updated_by=by)
    assert services.integrations.replace(old, new)
    test = ScriptTest(
        id=new_id(),
        integration_id=old.id,
        created_at=now,
        created_by=by,
        name=test_name,
        sample=sample,
    )
    entry = entry_of_tests(new, at=now, by=by, after={"tests": [test_name]})
    services.script_tests.add(test, entry, most=2)
    return Known(old.id, type_of(old).value.removeprefix("webhook-"), test.id)


def addresses(app: Flask, all_known: Sequence[Known]) -> Sequence[str]:
    """Return all pages that there are, those of an integration for each that is known."""
    with app.test_request_context():
        found = [path for known in all_known for path in _addresses(app, known)]
    return list(dict.fromkeys(found))


def _addresses(app: Flask, known: Known) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint.removeprefix(f"{NAME}.")
        if not _is_page(rule, endpoint):
            continue
        # only outgoing integrations make calls that can be made again
        if endpoint == "ask" and known.kind == "incoming":
            continue
        values: dict[str, Any] = {name: known.values[name] for name in rule.arguments}
        yield url_for(rule.endpoint, **values | QUERIES.get(endpoint, {}))


def _is_page(rule: Rule, endpoint: str) -> bool:
    is_ours = rule.endpoint.startswith(f"{NAME}.")
    return is_ours and endpoint not in NO_PAGES and "GET" in (rule.methods or ())
