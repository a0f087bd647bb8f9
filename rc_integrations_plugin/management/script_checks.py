"""Whether scripts pass the tests that are kept with their integrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from rc_integrations_plugin.errors import ApiError, ScriptsUnavailable
from rc_integrations_plugin.integrations.permissions import Manager, type_of
from rc_integrations_plugin.integrations.script_tests import ScriptTest
from rc_integrations_plugin.management.owners import past_of
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.script_tests import (
    hidden_tests,
    read_sample,
    read_tests,
)
from rc_integrations_plugin.scripting.bench import report_of
from rc_integrations_plugin.scripting.protocol import Script, describe_fault
from rc_integrations_plugin.scripting.sample_files import SampleFault
from rc_integrations_plugin.scripting.samples import find_differences
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import ScriptsAllowed

BROKEN = "error-script-tests-failed"
_NAMED = 5
_LONGEST_DIFFERENCE = 4000


@dataclass(frozen=True)
class CheckedTest:
    """A test, and in what its script did not do what it must; in nothing if it passed."""

    test: ScriptTest
    differences: tuple[str, ...] = ()


def run_tests(
    services: Services, integration: Integration, tests: Sequence[ScriptTest], *, by: str
) -> list[CheckedTest]:
    """Run tests, each on an instance of its own, and return what came of each.

    All together have the time of one trial. What did not run by then has failed; it says why.

    Args:
        services: whose script runner is asked.
        integration: whose script runs.
        tests: in the order in which they run.
        by: the id of who wants it.

    Raises:
        ScriptsUnavailable: no process could be had for one.
    """
    limit = services.settings.script_trial_seconds
    until = monotonic() + limit

    def run(test: ScriptTest) -> CheckedTest:
        seconds = until - monotonic()
        if seconds <= 0:
            setting = "RC_INTEGRATIONS_SCRIPT_TRIAL_SECONDS"
            late = f"It was not run: all tests together took more than {limit:g} s ({setting})"
            return CheckedTest(test, (late,))
        return _run(services, integration, test, by=by, seconds=seconds)

    return [run(test) for test in tests]


class ScriptCheck:
    """Asks the tests whether a changed script may be stored; the same question only once."""

    def __init__(
        self,
        services: Services,
        manager: Manager,
        *,
        is_forced: bool,
        tests: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Ask for a change.

        Args:
            services: where the tests are.
            manager: who stores it; of tests that he may not see, he learns nothing but a name.
            is_forced: whether it is stored though it breaks some.
            tests: those that it shall have, but for hidden ones, described; None for those that
                it has.
        """
        self._services = services
        self._manager = manager
        self._is_forced = is_forced
        self._tests = tests
        self._asked: Any = None
        self._checked: list[CheckedTest] = []

    def broken_by(self, old: Integration | None, wanted: Integration) -> tuple[str, ...]:
        """Return the names of the tests that it breaks, if it is stored all the same.

        Where a forced one can't be tested now, that is none: who forces it does not wait for tests.

        Args:
            old: the integration as it was; None for a new one.
            wanted: as it is to be, compiled.

        Raises:
            ApiError: it breaks some; the details say which, and in what.
            ScriptsUnavailable: no process can be had to find out, and it is not forced.
        """
        services = self._services
        if services.settings.scripts is not ScriptsAllowed.ON:
            return ()
        if not wanted.script_enabled or not (wanted.script or "").strip():
            return ()
        if self._tests is None and old is not None and _runs(old) == _runs(wanted):
            return ()
        kept = self._kept(old, wanted)
        try:
            self._ask(wanted, kept)
        except ScriptsUnavailable:
            if not self._is_forced:
                raise
            return ()
        broken = [one for one in self._checked if one.differences]
        if broken and not self._is_forced:
            since = past_of(self._manager, wanted)
            raise _refusal([_visible(one, since) for one in broken], len(kept))
        return tuple(one.test.name for one in broken)

    def _ask(self, wanted: Integration, kept: Sequence[ScriptTest]) -> None:
        asks = (_runs(wanted), [(one.name, one.sample) for one in kept])
        if self._asked != asks:
            self._checked = run_tests(self._services, wanted, kept, by=self._manager.user.id)
            self._asked = asks

    def _kept(self, old: Integration | None, wanted: Integration) -> list[ScriptTest]:
        if self._tests is None:
            return list(self._services.script_tests.of(wanted.id))
        hidden = [] if old is None else hidden_tests(self._services, self._manager, old)
        return [*hidden, *read_tests(wanted, self._manager, self._tests)]


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


def _run(
    services: Services, integration: Integration, test: ScriptTest, *, by: str, seconds: float
) -> CheckedTest:
    script = Script(
        integration_id=integration.id,
        name=integration.name,
        version="test",
        source=integration.script or "",
        skip_transpile=integration.skip_transpile,
        compiled=integration.script_compiled or "",
    )
    try:
        trial, expected = read_sample(type_of(integration), test.sample, script)
    except SampleFault as fault:
        return CheckedTest(test, (str(fault),))
    report = services.scripts.try_out(replace(trial, by=by, seconds=seconds))
    told = report_of(report.runs[-1], report.requests[-1], report.store)
    differences = find_differences(expected, told)
    thrown = report.runs[-1].fault
    if differences and thrown is not None:
        # what went wrong says more than what is not there
        differences = (describe_fault(thrown), *differences)
    return CheckedTest(test, tuple(one[:_LONGEST_DIFFERENCE] for one in differences))
