"""Hooks whose scripts run on workers: a web server, a real Redis and `integrations worker`."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from rc_integrations_plugin.delivery.rq_wakeup import QUEUE
from rc_integrations_plugin.integrations.history import CallOutcome
from rc_integrations_plugin.scripting.orders import SCRIPT_QUEUE
from tests.callers import Server, new_body
from tests.hooks import Hook, Stage, stage
from tests.receivers import Answer, receiver
from tests.redis_servers import running_redis, start_redis
from tests.workers import Worker, await_true, running_worker

__all__ = ["stage"]
pytestmark = [pytest.mark.integration, pytest.mark.real_scripts]

WAIT_SECONDS = 1.0
SECRET = "swordfish"
COUNTER = """
class Script {
  constructor() { this.calls = 0 }
  process_incoming_request({ request }) {
    return { content: { text: `call ${++this.calls}` } };
  }
}
"""


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture(scope="module")
def worker(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    with running_worker(folder, redis_url, {"ALLOWED_NETWORKS": "127.0.0.0/8"}) as worker:
        yield worker


@pytest.fixture
def config(config: dict[str, Any], redis_url: str) -> dict[str, Any]:
    """A web server that lets workers run its scripts."""
    return config | {
        "RC_INTEGRATIONS_INCOMING_SCRIPTS": "rq",
        "RC_INTEGRATIONS_REDIS_URL": redis_url,
        "RC_INTEGRATIONS_SCRIPT_WAIT_SECONDS": WAIT_SECONDS,
    }


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with contextlib.closing(Redis.from_url(redis_url)) as connection:
        yield connection


def method(body: str) -> str:
    return f"class Script {{ process_incoming_request({{ request }}) {{ {body} }} }}"


SAY = method("return { content: { text: request.content.text } }")
HANG = method("while (1);")


def in_a_thread(call: Callable[[], Any]) -> Callable[[], Any]:
    """Start a call; what is returned waits for its result."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()

    def wait() -> Any:
        thread.join(timeout=30)
        return results[0]

    return wait


def await_taken(redis: Redis) -> None:
    """Wait until a worker has taken a script."""
    await_true(lambda: redis.keys("*script-lease*"))


def everything_in(redis: Redis) -> str:
    """Return all keys with their values."""
    readers: dict[Any, Callable[[Any], Any]] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
    }
    # a key that has gone meanwhile has the type none
    return repr([(key, readers.get(redis.type(key), str)(key)) for key in redis.keys("*")])


@pytest.mark.usefixtures("worker")
def test_a_script_runs_on_a_worker_and_keeps_its_state_there(stage: Stage) -> None:
    hook = stage.hook(script=COUNTER)

    answers = [hook.post().status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert stage.texts() == ["call 1", "call 2", "call 3"]
    assert [call.outcome for call in hook.calls()] == [CallOutcome.POSTED] * 3


@pytest.mark.usefixtures("worker")
def test_no_process_for_scripts_is_started_beside_the_web_process(stage: Stage) -> None:
    hook = stage.hook(script=SAY)
    hook.post(text="x")
    stage.services.scripts.check(SAY)

    local: Any = stage.services.local_scripts

    assert stage.services.scripts is not local
    assert local._supervisor._parent is None


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("\n  throw new Error('no')", "failed in line 2"),
        ("while (1);", "ran too long"),
        ("return () => {}", "returned something that is not data"),
    ],
)
def test_callers_learn_of_a_fault_what_they_learn_elsewhere(
    stage: Stage, body: str, words: str
) -> None:
    answer = stage.hook(script=method(body)).post(text="x")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "error-running-script"
    assert words in answer.json["message"]


@pytest.mark.usefixtures("worker")
def test_a_large_body_gets_there_and_back(stage: Stage) -> None:
    hook = stage.hook(script=method("return { error: request.content_raw.length }"))

    answer = hook.post(text="x" * 1_000_000)

    assert answer.status_code == 400
    assert answer.json == {"success": False, "error": len('{"text": ""}') + 1_000_000}


@pytest.mark.usefixtures("worker")
def test_the_worker_makes_the_http_calls_of_scripts(stage: Stage) -> None:
    with receiver() as server:
        server.answers["/x"] = Answer(body=b"from afar")
        hook = stage.hook(
            script=method(f"return {{ content: {{ text: HTTP.get('{server.url}/x').content }} }}")
        )

        answer = hook.post()

    assert answer.status_code == 200
    assert stage.texts() == ["from afar"]


@pytest.mark.usefixtures("worker")
def test_scripts_are_checked_on_a_worker_when_they_are_saved(stage: Stage) -> None:
    admin = Server(stage.app)
    admin.fill()
    caller = admin.caller("admin")

    saved = caller.send(
        "create", new_body(scriptEnabled=True, script="class Script { x() { y = 1 } }")
    )
    refused = caller.send("create", new_body(scriptEnabled=True, script="class Script {"))

    assert saved.json is not None
    assert "implicit-global" in {finding["code"] for finding in saved.json["scriptWarnings"]}
    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["errorType"] == "error-script-syntax"


@pytest.mark.usefixtures("worker")
def test_a_slow_script_does_not_hold_up_another(stage: Stage, redis: Redis) -> None:
    slow, fast = stage.hook(script=HANG), stage.hook(script=SAY)
    fast.post(text="first")
    wait_for_slow = in_a_thread(slow.post)
    await_taken(redis)

    answer = fast.post(text="meanwhile")

    assert answer.status_code == 200
    assert redis.keys("*script-lease*"), "the slow one had ended before"
    assert wait_for_slow().status_code == 400


@pytest.mark.usefixtures("worker")
def test_a_long_job_does_not_hold_up_a_script(stage: Stage, redis: Redis) -> None:
    hook = stage.hook(script=SAY)
    job = Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue("time.sleep", 2)
    await_true(lambda: job.get_status().value == "started")

    answer = hook.post(text="meanwhile")

    assert answer.status_code == 200
    assert job.get_status().value == "started"


def test_what_a_call_holds_is_in_redis_no_longer_than_it_has_to(
    stage: Stage, redis: Redis, worker: Worker
) -> None:
    source = method(
        f"const token = '{SECRET}'; const end = Date.now() + 1000; while (Date.now() < end);"
        "return { content: { text: request.content.text } }"
    )
    hook = stage.hook(script=source)
    wait = in_a_thread(lambda: hook.post(text=f"{SECRET} too"))
    await_taken(redis)

    running = everything_in(redis)
    answer = wait()
    after = everything_in(redis)

    assert answer.status_code == 200
    assert "script-lease" in running
    assert SECRET not in running
    assert SECRET not in after
    assert b"rc-integrations:script" not in after.encode()
    await_true(lambda: not redis.keys("rq:job:" + "?" * 32))
    assert redis.llen(f"rq:queue:{SCRIPT_QUEUE}") == 0
    log = worker.log.read_text()
    assert SECRET not in log
    assert "Traceback" not in log


# From here on, each test has a Redis of its own.


@pytest.fixture
def own_redis(tmp_path: Path, config: dict[str, Any]) -> Iterator[str]:
    with running_redis() as url:
        config["RC_INTEGRATIONS_REDIS_URL"] = url
        yield url


@pytest.fixture
def quiet_stage(own_redis: str, request: pytest.FixtureRequest) -> Stage:
    """A web server with that Redis, and no worker yet."""
    made: Stage = request.getfixturevalue("stage")
    return made


def assert_unavailable(hook: Hook) -> None:
    started = time.monotonic()
    answer = hook.post(text="x")
    assert time.monotonic() - started < WAIT_SECONDS + 1
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"] == "error-scripts-unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert hook.calls()[0].outcome is CallOutcome.SCRIPT_FAILED


def test_without_a_worker_the_sender_shall_try_again_and_the_script_never_runs(
    quiet_stage: Stage, own_redis: str, tmp_path: Path
) -> None:
    hook = quiet_stage.hook(script=COUNTER)

    assert_unavailable(hook)
    with contextlib.closing(Redis.from_url(own_redis)) as redis:
        left = everything_in(redis)
    with running_worker(tmp_path, own_redis, {}):
        answer = hook.post()

    assert "script-order" not in left
    assert "rq:job" not in left
    assert answer.status_code == 200
    assert quiet_stage.texts() == ["call 1"]


def test_without_a_worker_a_script_that_is_on_is_not_saved(quiet_stage: Stage) -> None:
    server = Server(quiet_stage.app)
    server.fill()

    body = new_body(scriptEnabled=True, script=SAY)
    answer = server.caller("admin").send("create", body)

    assert answer.status_code == 503


def test_a_worker_that_dies_in_the_middle_is_told_to_the_sender(
    quiet_stage: Stage, own_redis: str, tmp_path: Path
) -> None:
    hook = quiet_stage.hook(script=HANG)
    with (
        contextlib.closing(Redis.from_url(own_redis)) as connection,
        running_worker(tmp_path, own_redis, {"SCRIPT_CALL_SECONDS": "60"}) as worker,
    ):
        wait = in_a_thread(hook.post)
        await_taken(connection)
        time.sleep(WAIT_SECONDS)

        worker.kill()
        started = time.monotonic()
        answer = wait()

    assert time.monotonic() - started < 8
    assert answer.status_code == 503
    assert answer.json["error"] == "error-scripts-unavailable"
    assert "Retry-After" in answer.headers
    assert quiet_stage.texts() == []


def test_a_worker_that_is_stopped_answers_for_the_script_at_hand(
    quiet_stage: Stage, own_redis: str, tmp_path: Path
) -> None:
    source = method(
        "const end = Date.now() + 2000; while (Date.now() < end); return { content: { text: 'y' } }"
    )
    hook = quiet_stage.hook(script=source)
    with (
        contextlib.closing(Redis.from_url(own_redis)) as connection,
        running_worker(tmp_path, own_redis, {}) as worker,
    ):
        wait = in_a_thread(hook.post)
        await_taken(connection)

        status = worker.stop()
        answer = wait()

    assert status == 0
    assert answer.status_code == 200
    assert quiet_stage.texts() == ["y"]
    assert "Traceback" not in worker.log.read_text()


def test_without_redis_only_hooks_with_a_script_fail_and_all_is_well_when_it_is_back(
    quiet_stage: Stage, own_redis: str, tmp_path: Path
) -> None:
    scripted, plain = quiet_stage.hook(script=SAY), quiet_stage.hook()
    with running_worker(tmp_path, own_redis, {}), contextlib.ExitStack() as stack:
        assert scripted.post(text="before").status_code == 200
        with contextlib.closing(Redis.from_url(own_redis)) as redis:
            redis.shutdown(nosave=True)

        assert_unavailable(scripted)
        assert plain.post(text="meanwhile").status_code == 200

        again = start_redis(Path(own_redis.removeprefix("unix://")))
        stack.callback(again.wait)
        stack.callback(again.kill)
        await_true(lambda: scripted.post(text="after").status_code == 200)

    assert quiet_stage.texts() == ["before", "meanwhile", "after"]
