"""Which processes there are, and that none is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.nursery import QUIET_SECONDS
from rc_integrations_plugin.scripting.protocol import FaultKind, Script
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.scripts import make_script, method

pytestmark = pytest.mark.integration
ONE = method("return 1")


@pytest.fixture
def own_runner() -> Iterator[ProcessScriptRunner]:
    runner = ProcessScriptRunner(Settings(script_call_seconds=0.5, script_processes=3))
    yield runner
    runner.close()


def parent_of(runner: ProcessScriptRunner) -> psutil.Process:
    parent = runner._supervisor._parent
    assert parent is not None
    return psutil.Process(parent._process.pid)


def process_of(runner: ProcessScriptRunner, script: Script) -> psutil.Process:
    return psutil.Process(runner._supervisor._processes[script.integration_id].pid)


def spare_of(runner: ProcessScriptRunner) -> psutil.Process:
    """Return the child that no script has yet, once there is one."""
    taken = {process.pid for process in runner._supervisor._processes.values()}

    def others() -> list[psutil.Process]:
        return [child for child in parent_of(runner).children() if child.pid not in taken]

    wait_until(lambda: len(others()) == 1)
    return others()[0]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        # it went between the two
        return True


def test_nothing_starts_before_the_first_script() -> None:
    before = psutil.Process().children()

    ProcessScriptRunner(Settings()).close()

    assert psutil.Process().children() == before


def test_only_so_many_processes_are_kept_and_the_least_recently_used_goes(
    own_runner: ProcessScriptRunner,
) -> None:
    scripts = [make_script(ONE) for _ in range(5)]

    for script in scripts:
        own_runner.call(script, "run", None)

    assert list(own_runner._supervisor._processes) == [s.integration_id for s in scripts[2:]]
    kept_and_spare = 3 + 1
    wait_until(lambda: len(parent_of(own_runner).children()) == kept_and_spare)


def test_an_idle_process_ends_itself_and_the_next_call_gets_a_new_one() -> None:
    runner = ProcessScriptRunner(Settings(script_idle_seconds=0.1))
    script = make_script(ONE)
    try:
        runner.call(script, "run", None)
        child = process_of(runner, script)
        wait_until(lambda: gone(child))

        run = runner.call(script, "run", None)

        assert (run.value, run.fault, run.fresh_instance) == (1, None, True)
    finally:
        runner.close()


def test_closing_leaves_no_process(own_runner: ProcessScriptRunner) -> None:
    own_runner.call(make_script(ONE), "run", None)
    spare_of(own_runner)
    parent = parent_of(own_runner)
    family = [parent, *parent.children()]

    own_runner.close()

    assert len(family) == 3
    assert all(gone(process) for process in family)


def test_who_comes_after_the_end_starts_no_process(own_runner: ProcessScriptRunner) -> None:
    own_runner.call(make_script(ONE), "run", None)
    own_runner.close()

    with pytest.raises(ScriptsUnavailable):
        own_runner.call(make_script(ONE), "run", None)

    assert own_runner._supervisor._parent is None


def test_the_parent_is_started_again_if_it_dies(own_runner: ProcessScriptRunner) -> None:
    script = make_script(ONE)
    own_runner.call(script, "run", None)
    parent = parent_of(own_runner)
    child = process_of(own_runner, script)
    parent.kill()
    wait_until(lambda: gone(child))

    runs = [own_runner.call(script, "run", None) for _ in range(2)]

    assert runs[-1].value == 1
    assert parent_of(own_runner).pid != parent.pid


def test_a_new_script_does_not_notice_that_the_parent_died(
    own_runner: ProcessScriptRunner,
) -> None:
    for _ in range(3):
        own_runner.call(make_script(ONE), "run", None)
    parent = parent_of(own_runner)
    parent.kill()
    wait_until(lambda: gone(parent))

    assert own_runner.call(make_script(ONE), "run", None).value == 1


def test_the_next_call_does_not_notice_that_a_waiting_process_was_killed(
    own_runner: ProcessScriptRunner,
) -> None:
    script = make_script(ONE)
    own_runner.call(script, "run", None)
    child = process_of(own_runner, script)
    child.kill()
    wait_until(lambda: gone(child))

    run = own_runner.call(script, "run", None)

    assert (run.value, run.fault, run.fresh_instance) == (1, None, True)


def call_from_threads(
    runner: ProcessScriptRunner, script: Script, threads: int
) -> tuple[list[object], list[float]]:
    """Return what came of calls at the same time, and after how many seconds."""
    started = time.monotonic()
    outcomes: list[object] = []
    ends: list[float] = []

    def call() -> None:
        try:
            outcomes.append(runner.call(script, "run", None).value)
        except ScriptsUnavailable:
            outcomes.append("busy")
        ends.append(time.monotonic() - started)

    waiting = [threading.Thread(target=call) for _ in range(threads)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    return outcomes, sorted(ends)


def test_a_slow_script_does_not_keep_all_threads() -> None:
    runner = ProcessScriptRunner(Settings(script_call_seconds=1.0))
    slow = make_script(method("const end = Date.now() + 800; while (Date.now() < end); return 1"))
    try:
        runner.call(slow, "run", None)
        outcomes, ends = call_from_threads(runner, slow, 32)
    finally:
        runner.close()

    assert outcomes.count(1) >= 2
    assert len([end for end in ends if end < 1.2]) >= 32 - 10


def test_many_threads_get_their_turn_with_a_fast_script(own_runner: ProcessScriptRunner) -> None:
    script = make_script(ONE)
    own_runner.call(script, "run", None)

    outcomes, _ = call_from_threads(own_runner, script, 32)

    assert outcomes == [1] * 32


def test_children_end_with_the_process_that_wanted_them() -> None:
    program = f"""
import os, sys
from rc_integrations_plugin.scripting.protocol import Script
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
runner = ProcessScriptRunner(Settings(script_call_seconds=60.0))
runner.call(Script(integration_id="a", name="a", version="1", source={ONE!r}), "run", None)
parent = runner._supervisor._parent._process.pid
print(parent, *open(f"/proc/{{parent}}/task/{{parent}}/children").read().split(), flush=True)
runner.call(Script(integration_id="b", name="b", version="1", source="while (1);"), "run", None)
"""
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        family = [psutil.Process(int(pid)) for pid in owner.stdout.readline().split()]
        owner.kill()

    assert len(family) >= 2
    for process in family:
        wait_until(lambda process=process: gone(process))  # type: ignore[misc]


def test_ended_children_are_no_zombies(own_runner: ProcessScriptRunner) -> None:
    for _ in range(3):
        own_runner.check(ONE)
        own_runner.call(make_script("while (1);"), "run", None)

    spare = spare_of(own_runner)
    wait_until(lambda: parent_of(own_runner).children() == [spare])


def calls_in_spare(runner: ProcessScriptRunner) -> bool:
    """Call a new script; tell whether it got the process that waited, if that was ready."""
    spare = spare_of(runner)
    script = make_script(ONE)
    assert runner.call(script, "run", None).value == 1
    return process_of(runner, script) == spare


def test_a_new_script_after_a_quiet_moment_gets_a_process_that_waits(
    own_runner: ProcessScriptRunner,
) -> None:
    own_runner.call(make_script(ONE), "run", None)

    wait_until(lambda: calls_in_spare(own_runner))


def test_a_process_that_waits_for_a_script_never_idles_out() -> None:
    runner = ProcessScriptRunner(Settings(script_idle_seconds=0.1))
    try:
        own = make_script(ONE)
        runner.call(own, "run", None)
        child = process_of(runner, own)
        spare = spare_of(runner)
        wait_until(lambda: gone(child))

        assert spare_of(runner) == spare
        wait_until(lambda: calls_in_spare(runner))
    finally:
        runner.close()


def test_a_waiting_process_that_was_killed_is_given_to_no_script(
    own_runner: ProcessScriptRunner,
) -> None:
    own_runner.call(make_script(ONE), "run", None)
    spare = spare_of(own_runner)
    spare.kill()
    wait_until(lambda: gone(spare))
    script = make_script(ONE)

    assert own_runner.call(script, "run", None).value == 1
    assert process_of(own_runner, script) != spare


def test_no_script_ends_where_the_system_lets_no_other_start() -> None:
    runner = ProcessScriptRunner(Settings())
    counting = make_script(method("this.n = (this.n || 0) + 1; return this.n"))
    try:
        runner.call(counting, "run", None)
        parent = parent_of(runner)
        limits = parent.rlimit(psutil.RLIMIT_NOFILE)
        parent.rlimit(psutil.RLIMIT_NOFILE, (0, limits[1]))
        wait_until(lambda: is_refused(runner, make_script(ONE)))

        quiet_until = time.monotonic() + 4 * QUIET_SECONDS
        counts = [1]
        while time.monotonic() < quiet_until:
            counts.append(runner.call(counting, "run", None).value)

        assert counts == list(range(1, len(counts) + 1))
        assert is_refused(runner, make_script(ONE))
        parent.rlimit(psutil.RLIMIT_NOFILE, limits)
        assert runner.call(make_script(ONE), "run", None).value == 1
        assert parent_of(runner) == parent
    finally:
        runner.close()


def is_refused(runner: ProcessScriptRunner, script: Script) -> bool:
    try:
        runner.call(script, "run", None)
    except ScriptsUnavailable:
        return True
    return False


def test_a_fork_gets_processes_of_its_own(own_runner: ProcessScriptRunner) -> None:
    script = make_script(method("this.n = (this.n || 0) + 1; return this.n"))
    own_runner.call(script, "run", None)

    pid = os.fork()
    if pid == 0:
        run = own_runner.call(script, "run", None)
        own_runner.close()
        os._exit(0 if run.value == 1 and run.fresh_instance else 1)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert own_runner.call(script, "run", None).value == 2


def test_threads_take_turns_on_one_instance(own_runner: ProcessScriptRunner) -> None:
    script = make_script(method("this.n = (this.n || 0) + 1; return this.n"))
    values: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: values.extend(
                own_runner.call(script, "run", None).value for _ in range(20)
            )
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(values) == list(range(1, 161))


def test_integrations_run_side_by_side(own_runner: ProcessScriptRunner) -> None:
    hanging = threading.Thread(
        target=own_runner.call, args=(make_script("while (1);"), "run", None)
    )
    hanging.start()

    run = own_runner.call(make_script(ONE), "run", None)

    assert hanging.is_alive()
    assert run.value == 1
    hanging.join()


def test_a_busy_script_makes_others_wait_only_so_long(own_runner: ProcessScriptRunner) -> None:
    script = make_script(ONE)
    with (
        own_runner._supervisor.process_of(script.integration_id),
        pytest.raises(ScriptsUnavailable),
    ):
        own_runner.call(script, "run", None)

    assert own_runner.call(script, "run", None).value == 1


def test_a_crash_names_the_signal(own_runner: ProcessScriptRunner) -> None:
    script = make_script(method("if (data) for (;;); return 1"))
    own_runner.call(script, "run", None)
    child = process_of(own_runner, script)
    threading.Timer(0.1, child.send_signal, [signal.SIGSEGV]).start()

    fault = own_runner.call(script, "run", 1).fault

    assert fault is not None
    assert fault.kind is FaultKind.CRASH
    assert "SIGSEGV" in fault.message
