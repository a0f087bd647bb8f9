"""Tests of scripts as JSON: for the API."""

from typing import Any

from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.management.script_checks import CheckedTest
from rc_integrations_plugin.schemas.documents import json_time


def test_document(test: ScriptTest) -> dict[str, Any]:
    """Return a test."""
    return {
        "_id": test.id,
        "name": test.name,
        "test": dict(test.sample),
        "_createdAt": json_time(test.created_at),
        "_createdBy": {"_id": test.created_by.id, "username": test.created_by.username},
    }


def checked_document(checked: CheckedTest) -> dict[str, Any]:
    """Return what came of a test."""
    return {
        "_id": checked.test.id,
        "name": checked.test.name,
        "passed": not checked.differences,
        "differences": list(checked.differences),
    }
