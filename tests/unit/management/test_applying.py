"""Plans that come too late."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from rc_integrations_plugin.errors import ApiError
from rc_integrations_plugin.integrations.permissions import Operator
from rc_integrations_plugin.management.applying import apply_change
from rc_integrations_plugin.management.descriptions import export_entry, read_entries
from rc_integrations_plugin.management.planning import make_plan
from tests.callers import Server


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_what_somebody_changed_since_the_plan_is_not_undone(shared_app: Flask, kind: str) -> None:
    server = Server(shared_app)
    server.fill()
    admin = server.caller("admin")
    made: dict[str, Any] = admin.create() if kind == "incoming" else admin.create_outgoing()
    store = server.services.integrations
    old = store.find_any(made["_id"])
    assert old is not None
    entry = export_entry(old) | {"alias": "Wanted"}
    plan = make_plan(
        read_entries({"integrations": [entry]}), [old], prune=False, tests_of=lambda _one: []
    )
    later = old.updated_at + timedelta(seconds=1)
    changed = dataclasses.replace(old, name="Changed", updated_at=later)
    store.replace(old, changed)

    with shared_app.app_context(), pytest.raises(ApiError, match="Somebody else"):
        apply_change(server.services, Operator(), plan.changes[0])

    assert store.find_any(old.id) == changed
