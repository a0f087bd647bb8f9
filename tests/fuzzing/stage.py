"""A chat server over HTTP, and Schemathesis that calls all of its API in right and wrong ways."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from rc_integrations_plugin.outgoing.steps import Step
from tests.callers import ALL, OUTGOING_ALL, OUTGOING_OWN, OWN, Caller, Server, change_body
from tests.factories import make_attempt, make_delivery

SCRIPT = "class Script { process_incoming_request() {} }"
KEPT_TEST = {"request": {}, "expected": {"ok": True}}
_CHECKS = ["--checks", "all"]
_START_SECONDS = 60


def build_stage(server: Server, caller: Caller) -> dict[str, Any]:
    """Return what the repairs need to know: integrations of the caller, and a hook."""
    admin = server.caller("admin")
    server.grant("message-impersonate", ["bot", "admin"])
    server.invite(caller.username, "general")
    hook = admin.create(
        username="admin", allowGet=True, overrideDestinationChannelEnabled=True, name="hook"
    )
    replayed = caller.create_outgoing(name="replayed")
    event = {"text": "Hello", "user_name": "alice", "channel_id": server.room_id("general")}
    delivery = make_delivery(integration_id=replayed["_id"], data=event)
    attempt = make_attempt(delivery, steps=(Step.START, Step.BEFORE_CALL))
    server.services.deliveries.open([delivery], attempts=[attempt])
    scripted, versioned = _with_versions(caller), _with_versions(caller)
    kept = caller.send(
        "keepTest", {"integrationId": scripted["_id"], "name": "kept", "test": KEPT_TEST}
    )
    return {
        "headers": caller.headers,
        "user_id": caller.id,
        "username": "rocket.cat",
        "channel": "#general",
        "subscriber": "admin",
        "hook": hook["_id"],
        "token": hook["token"],
        "webhook-incoming": caller.create()["_id"],
        "webhook-outgoing": caller.create_outgoing()["_id"],
        "replayed": replayed["_id"],
        "history_id": attempt.id,
        "event": event,
        "scripted": scripted["_id"],
        "versioned": versioned["_id"],
        "test_id": kept.get_json()["test"]["_id"],
    }


def _with_versions(caller: Caller) -> dict[str, Any]:
    """Return an integration that has had two scripts."""
    made = caller.create(script=f"{SCRIPT} // 1", scriptEnabled=True, name="scripted")
    caller.send("update", change_body(made, script=f"{SCRIPT} // 2"))
    return made


def owner(server: Server) -> Caller:
    """Return somebody who may manage only what he made."""
    return server.caller("ann", OWN, OUTGOING_OWN)


def holder(server: Server) -> Caller:
    """Return somebody who may manage everything."""
    return server.caller("admin", ALL, OUTGOING_ALL)


@contextmanager
def serve(database: str, *, log: Path) -> Iterator[str]:
    """Yield the address of a server on this database, without budget for hooks."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": database,
        "FLASK_RC_INTEGRATIONS_RATE_LIMIT_CALLS": "0",
    }
    command = [sys.executable, "-m", "gunicorn", "--threads", "4", "--timeout", "300"]
    # a long query shall reach the plugin
    command += ["--limit-request-line", "0"]
    with (
        log.open("wb") as written,
        subprocess.Popen(
            [*command, "-b", address, "host_stub.app:create_app()"],
            env=environment,
            stderr=written,
        ) as server,
    ):
        try:
            _wait_for(f"http://{address}/api/v1/integrations.openapi")
            yield f"http://{address}"
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            requests.get(url, timeout=20).raise_for_status()
        except (requests.ConnectionError, requests.Timeout):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def fuzz(
    url: str, stage: dict[str, Any], *options: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Let Schemathesis call the server with all of its checks, and return how that ended.

    `folder` is where it may leave files.
    """
    headers = [f"--header={name}:{value}" for name, value in stage["headers"].items()]
    command = [
        str(Path(sys.executable).with_name("st")),
        "run",
        f"{url}/api/v1/integrations.openapi",
    ]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.fuzzing.repairs",
        "RC_FUZZED_STAGE": json.dumps({**stage, "url": url}),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "NO_COLOR": "1",
    }
    return subprocess.run(
        [*command, *_CHECKS, "--continue-on-failure", *headers, *options],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
    )
