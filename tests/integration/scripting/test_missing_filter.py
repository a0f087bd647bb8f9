"""An operator learns, once, which layer of the confinement is missing."""

import logging
import subprocess
import sys

import pytest

from rc_integrations_plugin.scripting.confinement import can_filter_calls
from rc_integrations_plugin.scripting.parent import warn_once

pytestmark = pytest.mark.integration

REASON = """
from rc_integrations_plugin.scripting import confinement
print(confinement.missing_filter())
"""
WITHOUT_LIBRARY = f"import sys; sys.modules['pyseccomp'] = None{REASON}"
KERNEL_REFUSES = f"""
import errno, pyseccomp
rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22))
rules.load()
{REASON}
"""


COUNTS = "class Script { run() { this.n = (this.n || 0) + 1; return this.n } }"


def output_of(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_warning_comes_once_and_names_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warn_once("the library is gone")
        warn_once("the library is gone")

    (message,) = caplog.messages
    assert message.startswith("Scripts run without the filter of system calls")
    assert "the library is gone" in message


def test_a_missing_library_is_a_reason() -> None:
    assert "libseccomp" in output_of(WITHOUT_LIBRARY)


@pytest.mark.skipif(not can_filter_calls(), reason="libseccomp is not installed")
def test_where_there_is_a_filter_nothing_is_missing() -> None:
    assert output_of(REASON) == ""


@pytest.mark.skipif(not can_filter_calls(), reason="libseccomp is not installed")
def test_a_kernel_that_refuses_is_a_reason() -> None:
    assert "the kernel refuses it" in output_of(KERNEL_REFUSES)


def test_scripts_run_without_the_library() -> None:
    program = f"""
import subprocess, sys
from rc_integrations_plugin.scripting import parent
from rc_integrations_plugin.scripting.protocol import Script
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
start = subprocess.Popen
hidden = "import sys; sys.modules['pyseccomp'] = None; " \\
    "from rc_integrations_plugin.scripting.sandbox import main; main()"
parent.subprocess.Popen = lambda words, **how: start(
    [words[0], "-I", "-c", hidden, words[-1]], **how
)
runner = ProcessScriptRunner(Settings())
script = Script(integration_id="a", name="a", version="1", source={COUNTS!r})
print(*(runner.call(script, "run", None).value for _ in range(3)))
runner.close()
"""
    assert output_of(program) == "1 2 3"
