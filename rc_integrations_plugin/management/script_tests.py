"""Tests of scripts, as they are kept with their integrations."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from rc_integrations_plugin.errors import InvalidParams, NothingFound
from rc_integrations_plugin.integrations.audit import CHANGED, entry_of_tests
from rc_integrations_plugin.integrations.permissions import Manager, type_of
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration, editor_of
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.scripting.protocol import Script, Trial
from rc_integrations_plugin.scripting.sample_files import METHOD, SampleFault
from rc_integrations_plugin.scripting.stored_samples import read_stored_sample
from rc_integrations_plugin.services import Services

MOST_TESTS = 50
MOST_BYTES = 256 * 1024
"""Of one test, as JSON."""
LONGEST_NAME = 200
_NO_TEST = "There is no such test, or it is not yours to see."
_NO_SCRIPT = Script(integration_id="", name="", version="", source="")


def list_tests(
    services: Services, manager: Manager, integration: Integration
) -> Sequence[ScriptTest]:
    """Return the tests of an integration that its manager may see, the oldest first."""
    since = past_of(manager, integration)
    tests = services.script_tests.of(integration.id)
    return [one for one in tests if since is None or one.created_at >= since]


def load_test(
    services: Services, manager: Manager, integration: Integration, test_id: str
) -> ScriptTest:
    """Return a test.

    Raises:
        NothingFound: there is none, or he may not see it.
    """
    found = [one for one in list_tests(services, manager, integration) if one.id == test_id]
    if not found:
        raise NothingFound(_NO_TEST)
    return found[0]


def add_test(
    services: Services, manager: Manager, integration: Integration, name: str, sample: Any
) -> ScriptTest:
    """Keep a test; whether its script passes it now is not asked.

    Raises:
        InvalidParams: it is none, its name is taken, or there are too many.
    """
    now = datetime.now(UTC)
    test = _test(integration, manager, name, sample, at=now)
    entry = entry_of_tests(integration, at=now, by=test.created_by, after={"tests": [test.name]})
    services.script_tests.add(test, entry, most=MOST_TESTS)
    return test


def replace_test(
    services: Services,
    manager: Manager,
    integration: Integration,
    test_id: str,
    name: str,
    sample: Any,
) -> ScriptTest:
    """Change a test.

    Raises:
        NothingFound: there is none.
        InvalidParams: it would be none, or its name is taken.
    """
    old = load_test(services, manager, integration, test_id)
    now = datetime.now(UTC)
    made = _test(integration, manager, name, sample, at=old.created_at)
    test = dataclasses.replace(made, id=old.id, created_by=old.created_by)
    entry = entry_of_tests(
        integration,
        at=now,
        by=editor_of(manager.user),
        before={"tests": [old.name]},
        after={"tests": CHANGED if test.name == old.name else [test.name]},
    )
    if not services.script_tests.replace(test, entry):
        raise NothingFound(_NO_TEST)
    return test


def remove_test(
    services: Services, manager: Manager, integration: Integration, test_id: str
) -> ScriptTest:
    """Remove a test.

    Raises:
        NothingFound: there is none.
    """
    old = load_test(services, manager, integration, test_id)
    entry = entry_of_tests(
        integration,
        at=datetime.now(UTC),
        by=editor_of(manager.user),
        before={"tests": [old.name]},
    )
    if not services.script_tests.remove(old, entry):
        raise NothingFound(_NO_TEST)
    return old


def set_tests(
    services: Services,
    manager: Manager,
    integration: Integration,
    tests: Sequence[Mapping[str, Any]],
) -> None:
    """Let an integration have these tests and no other: a name and the keys of a sample each.

    Those that its manager may not see stay.

    Raises:
        InvalidParams: one is none, two have one name, or there are too many.
    """
    made = read_tests(integration, manager, tests)
    old = list_tests(services, manager, integration)
    entry = entry_of_tests(
        integration,
        at=datetime.now(UTC),
        by=editor_of(manager.user),
        before={"tests": [one.name for one in old]},
        after={"tests": [one.name for one in made]},
    )
    services.script_tests.exchange(integration.id, old, made, entry, most=MOST_TESTS)


def read_tests(
    integration: Integration, manager: Manager, tests: Sequence[Mapping[str, Any]]
) -> list[ScriptTest]:
    """Return tests that are described by a name and the keys of a sample each.

    Raises:
        InvalidParams: one is none, two have one name, or there are too many.
    """
    check_tests(type_of(integration), tests)
    now = datetime.now(UTC)
    return [
        _test(integration, manager, one.get("name", ""), _sample_of(one), at=now) for one in tests
    ]


def check_tests(kind: IntegrationType, tests: Sequence[Mapping[str, Any]]) -> None:
    """Do nothing if an integration of this type may have these tests.

    Raises:
        InvalidParams: one is none, two have one name, or there are too many.
    """
    if len(tests) > MOST_TESTS:
        raise InvalidParams(f"An integration has at most {MOST_TESTS} tests")
    names = [_checked_name(kind, one.get("name", ""), _sample_of(one)) for one in tests]
    if len(set(names)) < len(names):
        raise InvalidParams("Two tests have one name")


def describe_tests(tests: Sequence[ScriptTest]) -> list[dict[str, Any]]:
    """Return tests as `set_tests` takes them."""
    return [{"name": one.name, **one.sample} for one in tests]


def hidden_tests(
    services: Services, manager: Manager, integration: Integration
) -> list[ScriptTest]:
    """Return the tests that the manager may not see."""
    seen = {one.id for one in list_tests(services, manager, integration)}
    return [one for one in services.script_tests.of(integration.id) if one.id not in seen]


def read_sample(
    kind: IntegrationType, sample: Any, script: Script
) -> tuple[Trial, Mapping[str, Any]]:
    """Return what a test of an integration of a type does with a script, and what must come of it.

    Raises:
        SampleFault: it is no test.
    """
    usual = METHOD if kind is IntegrationType.INCOMING else PREPARE
    return read_stored_sample(sample, script, usual_method=usual)


def _sample_of(described: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if key != "name"}


def _checked_name(kind: IntegrationType, name: Any, sample: Any) -> str:
    """Return the name of a test as it is stored, if it may be kept."""
    tidy = " ".join(storable(name).split()) if isinstance(name, str) else ""
    if not tidy or len(tidy) > LONGEST_NAME:
        raise InvalidParams(f"A test needs a name of at most {LONGEST_NAME} characters")
    try:
        size = len(orjson.dumps(sample))
        read_sample(kind, sample, _NO_SCRIPT)
    except (SampleFault, TypeError) as fault:
        raise InvalidParams(f"The test {tidy!r} cannot be kept: {fault}") from None
    if size > MOST_BYTES:
        raise InvalidParams(f"The test {tidy!r} has more than {MOST_BYTES // 1024} KB")
    return tidy


def _test(
    integration: Integration, manager: Manager, name: Any, sample: Any, *, at: datetime
) -> ScriptTest:
    name = _checked_name(type_of(integration), name, sample)
    return ScriptTest(
        id=new_id(),
        integration_id=integration.id,
        created_at=at,
        created_by=editor_of(manager.user),
        name=name,
        sample=sample,
    )
