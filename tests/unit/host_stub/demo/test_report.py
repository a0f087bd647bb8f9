import json
import shlex
from pathlib import Path

from host_stub.demo.folder import Hook, Memory, Receiver
from host_stub.demo.integrations import INTEGRATIONS
from host_stub.demo.report import report


def test_a_shell_reads_the_curl_line_as_it_was_meant() -> None:
    hooks = {one.key: Hook(f"{one.key}-id", "token") for one in INTEGRATIONS}
    memory = Memory(admin_password="p w", hooks=hooks)

    printed = report("http://[::1]:80", memory, data=Path("/data"))

    lines = [line for line in printed.splitlines() if line.startswith("  curl ")]
    assert len(lines) == len(INTEGRATIONS)
    for line, integration in zip(lines, INTEGRATIONS, strict=True):
        *_, body, url = shlex.split(line)
        assert json.loads(body) == integration.example
        assert url == f"http://[::1]:80/hooks/{integration.key}-id/token"
    assert "admin / p w" in printed


def test_it_says_what_to_type_and_what_happens() -> None:
    hooks = {one.key: Hook(f"{one.key}-id", "token") for one in INTEGRATIONS}
    memory = Memory(hooks=hooks, receiver=Receiver(port=4000))

    printed = report("http://127.0.0.1:80", memory, data=Path("/data"))

    assert "Type in #general, and rocket.cat answers:\n" in printed
    assert "  pr ls         a script fetches http://127.0.0.1:4000/repos/demo/app/pulls" in printed
    assert "  echo hello    http://127.0.0.1:4000/echo is told, and answers\n" in printed
    assert "Integrations may call this machine (127.0.0.0/8, ::1) here" in printed
