import json
import shlex
from pathlib import Path

from host_stub.demo.folder import Hook, Memory
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
