"""Tests of scripts: kept, run, and asked before another script is stored."""

import dataclasses
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import orjson

from rc_integrations_plugin.errors import ApiError, InvalidParams, NothingFound
from rc_integrations_plugin.integrations.audit import CHANGED, entry_of_tests
from rc_integrations_plugin.integrations.permissions import Manager, type_of
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.integrations.text import storable
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration, editor_of
from rc_integrations_plugin.management.trying import MadeCall
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.scripting.bench import fault_document, report_of
from rc_integrations_plugin.scripting.protocol import Script, Trial, describe_fault
from rc_integrations_plugin.scripting.sample_files import METHOD, SampleFault
from rc_integrations_plugin.scripting.samples import find_differences
from rc_integrations_plugin.scripting.stored_samples import read_stored_sample
from rc_integrations_plugin.scripting.trials import AT_ONCE
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed

MOST_TESTS = 50
MOST_BYTES = 256 * 1024
"""Of one test, as JSON."""
LONGEST_NAME = 200
MOST_SECONDS = 30.0
"""For all tests of an integration together."""
BROKEN = "error-script-tests-failed"
_NAMED = 5
_LONGEST_DIFFERENCE = 4000
_NO_TEST = "There is no such test, or it is not yours to see."
_NO_SCRIPT = Script(integration_id="", name="", version="", source="")
_ENOUGH = f"An integration has at most {MOST_TESTS} tests"


@dataclass(frozen=True)
class CheckedTest:
    """A test, and in what its script did not do what it must; in nothing if it passed."""

    test: ScriptTest
    differences: tuple[str, ...] = ()


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
    _check_name(services, test)
    entry = entry_of_tests(integration, at=now, by=test.created_by, after={"tests": [test.name]})
    if not services.script_tests.add(test, entry, most=MOST_TESTS):
        raise InvalidParams(_ENOUGH)
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
    _check_name(services, test)
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
    hidden = _hidden_tests(services, manager, integration)
    if len(hidden) + len(made) > MOST_TESTS:
        raise InvalidParams(_ENOUGH)
    before = [one.name for one in list_tests(services, manager, integration)]
    entry = entry_of_tests(
        integration,
        at=datetime.now(UTC),
        by=editor_of(manager.user),
        before={"tests": before},
        after={"tests": [one.name for one in made]},
    )
    services.script_tests.set_all(integration.id, [*hidden, *made], entry)


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
        raise InvalidParams(_ENOUGH)
    names = [_checked_name(kind, one.get("name", ""), _sample_of(one)) for one in tests]
    if len(set(names)) < len(names):
        raise InvalidParams("Two tests have one name")


def describe_tests(tests: Sequence[ScriptTest]) -> list[dict[str, Any]]:
    """Return tests as `set_tests` takes them."""
    return [{"name": one.name, **one.sample} for one in tests]


def run_tests(
    services: Services, integration: Integration, tests: Sequence[ScriptTest]
) -> list[CheckedTest]:
    """Run tests, each on an instance of its own, and return what came of each.

    Raises:
        ScriptsUnavailable: no process could be had for one.
    """
    until = monotonic() + MOST_SECONDS

    def run(test: ScriptTest) -> CheckedTest:
        if monotonic() > until:
            late = f"It was not run: all tests together took more than {MOST_SECONDS:g} s"
            return CheckedTest(test, (late,))
        return _run(services, integration, test)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(run, tests))


def check_script(
    services: Services,
    manager: Manager,
    old: Integration,
    wanted: Integration,
    *,
    is_forced: bool,
    tests: Sequence[ScriptTest] | None = None,
) -> None:
    """Do nothing if a changed script may be stored: it runs, and passes the tests.

    Args:
        services: where the tests are.
        manager: who stores it; of tests that he may not see, he learns nothing but a name.
        old: as it was.
        wanted: as it is to be, compiled.
        is_forced: whether it is stored though it breaks some.
        tests: those that it shall have, but for hidden ones; None for those that it has.

    Raises:
        ApiError: it breaks some; the details say which, and in what.
        ScriptsUnavailable: no process can be had to find out.
    """
    if is_forced or services.settings.scripts is not ScriptsAllowed.ON:
        return
    if not wanted.script_enabled or not (wanted.script or "").strip():
        return
    if tests is None and _runs(old) == _runs(wanted):
        return
    kept = services.script_tests.of(wanted.id)
    if tests is not None:
        kept = [*_hidden_tests(services, manager, old), *tests]
    broken = [one for one in run_tests(services, wanted, kept) if one.differences] if kept else []
    if broken:
        since = past_of(manager, wanted)
        raise _refusal([_visible(one, since) for one in broken], len(kept))


def kept_sample(made: Sequence[MadeCall], number: int) -> dict[str, Any]:
    """Return a sample of a call that was tried, whose present result must come of it again.

    Args:
        made: the calls of one instance, in order.
        number: which of them; those before it come first in the sample too.
    """
    call = made[number]
    run = call.run
    expected: dict[str, Any] = {"type": run.value_type, "result": run.value}
    if run.fault is not None:
        fault = fault_document(run.fault)
        expected = {"error": {key: fault[key] for key in ("kind", "name", "message", "line")}}
    sample: dict[str, Any] = {"argument": call.argument, "expected": expected}
    if number:
        sample["before"] = [[one.method, one.argument] for one in made[:number]]
    if call.method != METHOD:
        sample["options"] = {"method": call.method}
    return sample


def _hidden_tests(
    services: Services, manager: Manager, integration: Integration
) -> list[ScriptTest]:
    """Return the tests that the manager may not see."""
    seen = {one.id for one in list_tests(services, manager, integration)}
    return [one for one in services.script_tests.of(integration.id) if one.id not in seen]


def _visible(checked: CheckedTest, since: datetime | None) -> CheckedTest:
    if since is None or checked.test.created_at >= since:
        return checked
    return CheckedTest(checked.test, ("It was kept before these rooms were yours",))


def _runs(integration: Integration) -> tuple[Any, ...]:
    return (integration.script, integration.skip_transpile, integration.script_enabled)


def _refusal(broken: Sequence[CheckedTest], total: int) -> ApiError:
    names = ", ".join(one.test.name for one in broken[:_NAMED])
    more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
    tests = "test" if total == 1 else "tests"
    return ApiError(
        f"The script breaks {len(broken)} of {total} {tests}: {names}{more}",
        code=BROKEN,
        details={
            "tests": [
                {"id": one.test.id, "name": one.test.name, "differences": list(one.differences)}
                for one in broken
            ]
        },
    )


def _run(services: Services, integration: Integration, test: ScriptTest) -> CheckedTest:
    script = Script(
        integration_id=integration.id,
        name=integration.name,
        version="test",
        source=integration.script or "",
        skip_transpile=integration.skip_transpile,
        compiled=integration.script_compiled or "",
    )
    try:
        trial, expected = _read(type_of(integration), test.sample, script)
    except SampleFault as fault:
        return CheckedTest(test, (str(fault),))
    report = services.scripts.try_out(trial)
    told = report_of(report.runs[-1], report.requests[-1], report.store)
    differences = find_differences(expected, told)
    thrown = report.runs[-1].fault
    if differences and thrown is not None:
        # what went wrong says more than what is not there
        differences = (describe_fault(thrown), *differences)
    return CheckedTest(test, tuple(one[:_LONGEST_DIFFERENCE] for one in differences))


def _read(kind: IntegrationType, sample: Any, script: Script) -> tuple[Trial, Mapping[str, Any]]:
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
        _read(kind, sample, _NO_SCRIPT)
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


def _check_name(services: Services, test: ScriptTest) -> None:
    for one in services.script_tests.of(test.integration_id):
        if one.name == test.name and one.id != test.id:
            raise InvalidParams(f"There is a test named {test.name!r} already")
