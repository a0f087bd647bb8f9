"""What a script's process is left with, as the kernel sees it."""

import os
import resource
import sys
from pathlib import Path

import psutil
import pytest

from rc_integrations_plugin.scripting.confinement import can_filter_calls
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from tests.script_fixtures import http, local_runner, runner
from tests.scripts import make_script, method

__all__ = ["http", "local_runner", "runner"]
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]


@pytest.fixture
def child(runner: ScriptRunner, local_runner: ProcessScriptRunner) -> Path:
    """The folder in /proc of a script's process that has run once."""
    script = make_script(method("return 1"))
    assert runner.call(script, "run", None).value == 1
    with local_runner._supervisor.process_of(script.integration_id) as process:
        return Path(f"/proc/{process.pid}")


def status_of(child: Path) -> dict[str, str]:
    lines = (child / "status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


@pytest.mark.skipif(os.geteuid() != 0, reason="the process shows its insides to root only")
def test_it_has_no_environment(child: Path) -> None:
    assert (child / "environ").read_bytes() == b""


@pytest.mark.skipif(os.geteuid() != 0, reason="the process shows its insides to root only")
def test_it_has_no_descriptor_but_its_pipe(child: Path) -> None:
    descriptors = list((child / "fd").iterdir())

    assert [path.name for path in descriptors] == ["0"]
    assert str(descriptors[0].readlink()).startswith("socket:")


def test_it_can_get_no_new_privileges(child: Path) -> None:
    assert status_of(child)["NoNewPrivs"] == "1"


@pytest.mark.skipif(not can_filter_calls(), reason="libseccomp is not installed")
def test_the_kernel_filters_its_calls(child: Path) -> None:
    assert status_of(child)["Seccomp"] == "2"


def test_others_cannot_look_into_it(child: Path) -> None:
    # A process that is not dumpable belongs to root in /proc, and nobody may trace it.
    assert (child / "environ").stat().st_uid == 0


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (resource.RLIMIT_NOFILE, 1),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ],
)
def test_its_limits_are_hard(child: Path, limit: int, value: int) -> None:
    assert psutil.Process(int(child.name)).rlimit(limit) == (value, value)


def test_its_memory_and_processor_time_are_limited(child: Path) -> None:
    process = psutil.Process(int(child.name))
    soft, hard = process.rlimit(resource.RLIMIT_AS)

    assert soft == hard
    assert 0 < soft < process.memory_info().vms + 70 * 1024 * 1024
    assert 0 < process.rlimit(resource.RLIMIT_CPU)[0] < 10


def test_it_has_none_of_the_capabilities_of_root(child: Path) -> None:
    status = status_of(child)

    assert {status[name].strip("0") for name in ("CapEff", "CapPrm", "CapInh")} == {""}


def test_it_is_a_single_thread(child: Path) -> None:
    assert psutil.Process(int(child.name)).num_threads() == 1
