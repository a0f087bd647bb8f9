"""Commands with a real Redis and a real worker, and where Redis is down."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rc_integrations_plugin.integrations.deliveries import DeliveryOutcome
from rc_integrations_plugin.services import Services
from tests.factories import make_attempt, make_call, make_delivery, make_incoming, make_outgoing
from tests.redis_servers import running_redis
from tests.workers import await_true, running_worker

pytestmark = pytest.mark.integration


def run(
    config: dict[str, Any], redis_url: str, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command as its own process, on the database of `app`."""
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_RC_INTEGRATIONS_REDIS_URL": redis_url,
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "host_stub.app", "integrations", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def findings(output: str) -> dict[str, Any]:
    return {one["about"]: one for one in json.loads(output)}


def test_doctor_sees_redis_workers_and_scripts(
    tmp_path: Path, config: dict[str, Any], services: Services
) -> None:
    with running_redis() as url:
        services.integrations.add(make_outgoing())
        without = run(config, url, "doctor", "--json")
        with running_worker(tmp_path, url, {}):
            with_worker = run(config, url, "doctor", "--json")

    assert without.returncode == 1
    assert findings(without.stdout)["workers"]["state"] == "wrong"
    assert with_worker.returncode == 0, with_worker.stdout
    found = findings(with_worker.stdout)
    assert found["workers"]["told"].startswith("1 worker, on ")
    assert found["redis"]["state"] == "ok"
    assert found["scripts"]["state"] == "ok"


def test_commands_work_while_redis_is_down(
    tmp_path: Path, config: dict[str, Any], services: Services
) -> None:
    one = make_outgoing()
    services.integrations.add(one)
    delivery = make_delivery(integration_id=one.id, outcome=DeliveryOutcome.FAILED)
    attempt = make_attempt(delivery, outcome=DeliveryOutcome.FAILED)
    services.deliveries.open([delivery], attempts=[attempt])
    away = f"unix://{tmp_path}/nothing"

    listed = run(config, away, "list")
    replayed = run(config, away, "replay", one.id, attempt.id)
    looked = run(config, away, "doctor")

    assert listed.returncode == 0, listed.stderr
    assert replayed.returncode == 0, replayed.stderr
    assert "Redis is away" in replayed.stderr
    assert "Traceback" not in replayed.stderr + looked.stderr
    assert services.state.replayed_attempts(one.id) == {attempt.id}
    assert looked.returncode == 1
    assert "wrong redis" in looked.stdout


def test_recover_in_a_process_of_its_own(
    tmp_path: Path, config: dict[str, Any], services: Services
) -> None:
    result = run(config, f"unix://{tmp_path}/nothing", "recover", "--since", "1h")

    assert result.returncode == 0, result.stderr
    assert "0 calls failed" in result.stderr


def test_tail_shows_what_happens_until_ctrl_c(
    tmp_path: Path, config: dict[str, Any], services: Services
) -> None:
    one = make_incoming()
    services.integrations.add(one)
    shown, told = tmp_path / "out", tmp_path / "err"
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_RC_INTEGRATIONS_REDIS_URL": f"unix://{tmp_path}/nothing",
    }
    command = [sys.executable, "-m", "flask", "--app", "host_stub.app", "integrations", "tail"]
    with shown.open("wb") as out, told.open("wb") as err:
        # a job in the background of a shell ignores Ctrl-C, and so would the command
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen([*command, "--json"], env=environment, stdout=out, stderr=err)
        signal.signal(signal.SIGINT, before)
        try:
            await_true(lambda: b"Waiting" in told.read_bytes())
            call = make_call(integration_id=one.id, called_at=datetime.now(UTC))
            services.calls.add(call)
            await_true(lambda: shown.read_bytes().endswith(b"\n"))
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
            process.wait()

    assert json.loads(shown.read_text())["_id"] == call.id
    assert "Traceback" not in told.read_text()
