"""The conformance kit must notice whatever is wrong with a host, and say what."""

from collections.abc import Callable, Iterator

import pytest

from rc_integrations_plugin.host import port
from rc_integrations_plugin.host.signals import SIGNALS, USER_DELETED
from rc_integrations_plugin.testing import CHECKS, Unsupported, World
from rc_integrations_plugin.testing.checks import Check, NotConformant
from tests.conformance.faults import Fault, planted
from tests.conformance.memory_world import MemoryWorld
from tests.conformance.planted import FAULTS
from tests.conformance.stub_world import StubWorld

Reports = dict[str, str]
"""From the title of a check to what it complains about."""
ReportsOn = Callable[[Fault], Reports]


@pytest.fixture(scope="module")
def on_stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportsOn]:
    """Plants a fault in the stub."""
    world = StubWorld(tmp_path_factory.mktemp("stub"))
    yield Findings(world).of
    world.close()


@pytest.fixture(scope="module")
def on_memory() -> ReportsOn:
    """Plants a fault in the host of another kind."""
    return Findings(MemoryWorld()).of


class Findings:
    """What the kit says of each fault in one world; each is tried once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[Fault, Reports] = {}

    def of(self, fault: Fault) -> Reports:
        if fault not in self._known:
            self._known[fault] = self._try(fault)
        return self._known[fault]

    def _try(self, fault: Fault) -> Reports:
        if not fault.needs <= self.world.host.capabilities:
            return {}
        checks = [check for check in CHECKS if check.member == fault.member]
        with planted(self.world, fault):
            return {check.title: found for check in checks if (found := self._look(check))}

    def _look(self, check: Check) -> str:
        try:
            check.run(self.world)
        except NotConformant as broken:
            return str(broken)
        except Unsupported:
            return ""
        return ""


def show(fault: Fault) -> str:
    return f"{fault.member}: {fault.name}"


@pytest.mark.parametrize("fault", FAULTS, ids=show)
def test_a_fault_in_the_stub_is_named(on_stub: ReportsOn, fault: Fault) -> None:
    if fault.needs == {"topics"}:
        pytest.skip("the stub can't have this fault")

    reports = on_stub(fault).values()

    assert any(fault.says in report for report in reports), reports
    assert all(report.startswith(fault.member) for report in reports)


@pytest.mark.parametrize("fault", FAULTS, ids=show)
def test_a_fault_in_a_host_of_another_kind_is_named(on_memory: ReportsOn, fault: Fault) -> None:
    if fault.needs - {"topics"} or fault.member == "signal file-uploaded":
        pytest.skip("this host can't do what the fault is about")

    reports = on_memory(fault).values()

    assert any(fault.says in report for report in reports), reports


def test_each_check_notices_something(on_stub: ReportsOn, on_memory: ReportsOn) -> None:
    noticed = {
        (fault.member, title)
        for fault in FAULTS
        for reports in (on_stub(fault), on_memory(fault))
        for title in reports
    }

    assert {(check.member, check.title) for check in CHECKS} == noticed


def test_each_member_of_the_port_has_a_fault() -> None:
    owners = (port.Host, port.User, port.Room, port.Message, port.Refusal)
    members = {
        f"{owner.__name__}.{name}"
        for owner in owners
        for name in vars(owner)
        if not name.startswith("_")
    }

    members |= {
        f"Host.{name}"
        for owner in (port.SearchingHost, port.OwnersHost)
        for name in vars(owner)
        if not name.startswith("_")
    }
    signals = {f"signal {name}" for name in (*SIGNALS, USER_DELETED)}
    assert {fault.member for fault in FAULTS} == members | signals


def test_a_report_tells_what_was_found_what_is_needed_and_where_it_is_written(
    on_stub: ReportsOn,
) -> None:
    fault = next(fault for fault in FAULTS if show(fault) == "Host.find_users: drops marks")

    (report,) = on_stub(fault).values()

    lines = [line.strip() for line in report.splitlines()]
    assert lines[0] == "Host.find_users: finds nobody by what nobody is called"
    assert lines[2].startswith("Found:  '@ann-")
    assert lines[3].startswith("Needed: The reference comes from outside and may hold anything.")
    assert lines[4] == "See docs/host.md#find_users"
