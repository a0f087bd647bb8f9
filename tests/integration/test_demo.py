"""The demo, started as its users start it."""

import json
import os
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.demo import RunningDemo, command, running_demo, still_alive
from tests.receivers import Answer, receiver
from tests.workers import await_true

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as demo:
        yield demo


def run_curl_line(line: str) -> dict[str, Any]:
    """Do what a shell does with the line; without curl, make the request that it describes."""
    if shutil.which("curl"):
        done = subprocess.run(["sh", "-c", line], capture_output=True, check=True, timeout=20)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    *_, header, _, body, url = shlex.split(line)
    name, _, value = header.partition(": ")
    posted: dict[str, Any] = requests.post(url, data=body, headers={name: value}, timeout=20).json()
    return posted


def refuse_to_start(data: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a demo that is expected not to start, and check that it said why in one line."""
    done = subprocess.run(
        [*command(data), *options], capture_output=True, text=True, timeout=40, check=False
    )
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done


def test_the_printed_curl_line_posts_a_message_with_its_attachment(demo: RunningDemo) -> None:
    answer = run_curl_line(demo.curl_lines[0])

    newest = demo.messages("general")[0]
    assert answer["success"] is True
    assert newest["msg"] == "Build *#42* of @admin is done"
    assert newest["attachments"][0]["text"] == "It's ready to ship :tada:"
    assert newest["u"]["username"] == "rocket.cat"


def test_the_printed_curl_line_of_the_script_posts_what_the_script_returns(
    demo: RunningDemo,
) -> None:
    answer = run_curl_line(demo.curl_lines[1])

    assert answer["success"] is True
    assert demo.messages("alerts")[0]["msg"] == "A *script* passed this on"


def say(demo: RunningDemo, text: str) -> None:
    demo.post("chat.postMessage", channel="#general", text=text)


def entries_of(demo: RunningDemo, name: str) -> list[dict[str, Any]]:
    """Return the history of an outgoing integration, the newest entry first."""
    with demo.log_in() as session:
        answer = session.get(
            f"{demo.url}/api/v1/integrations.list",
            params={"type": "webhook-outgoing"},
            timeout=10,
        )
    by_name = {one["name"]: one["_id"] for one in answer.json()["integrations"]}
    return demo.history(by_name[name])


def test_the_sample_of_the_documentation_lists_pull_requests(demo: RunningDemo) -> None:
    pulls = f"{demo.receiver}/demo/app/pull"

    say(demo, "pr ls")

    answer = demo.wait_for_message(
        "general",
        f"> open [#12]({pulls}/12) - Start in half the time\n"
        f"> open [#11]({pulls}/11) - Say which file is missing",
    )
    assert answer["u"]["username"] == "rocket.cat"
    assert requests.get(f"{pulls}/12", timeout=10).status_code == 200


def test_the_sample_of_the_documentation_helps_without_a_call(demo: RunningDemo) -> None:
    say(demo, "help")

    demo.wait_for_message(
        "general",
        "**commands**\n```\n  pr ls [open|closed|all]  List Pull Requests\n```",
    )
    await_true(lambda: entries_of(demo, "Demo of the documentation's sample"))
    entry = entries_of(demo, "Demo of the documentation's sample")[0]
    assert entry["step"] == "after-prepare-no-url_or_method"
    assert entry["finished"] is True


def test_a_receiver_answers_into_the_room(demo: RunningDemo) -> None:
    say(demo, "echo *hello* there")

    assert demo.wait_for_message("general", "You said: *hello* there")["bot"]


def test_a_call_that_fails_is_made_again(demo: RunningDemo) -> None:
    say(demo, "flaky hello")

    demo.wait_for_message("general", "It took 3 calls to hear: hello")
    await_true(lambda: len(entries_of(demo, "Demo of retries")) == 3)
    assert [entry["step"] for entry in entries_of(demo, "Demo of retries")] == [
        "url-response-sent-message",
        "going-to-retry-2",
        "going-to-retry-1",
    ]


def test_the_receiver_lets_nobody_else_in(demo: RunningDemo) -> None:
    answer = requests.post(f"{demo.receiver}/echo", json={"text": "hello"}, timeout=10)

    assert answer.status_code == 401


def test_a_sender_that_names_its_room_is_heard(demo: RunningDemo) -> None:
    hook = demo.curl_lines[0].rsplit(" ", 1)[1]

    answer = requests.post(hook, json={"text": "from afar", "channel": "#alerts"}, timeout=10)

    assert answer.status_code == 200
    assert demo.messages("alerts")[0]["msg"] == "from afar"


def test_the_chat_answers_at_the_printed_address(demo: RunningDemo) -> None:
    assert requests.get(demo.url, timeout=10).status_code == 200


def test_what_holds_secrets_is_for_its_owner_only(demo: RunningDemo) -> None:
    for name in ("demo.json", "config.json"):
        assert stat.S_IMODE((demo.data / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.data.stat().st_mode) == 0o700


def test_a_second_demo_on_the_same_data_is_refused(demo: RunningDemo) -> None:
    done = refuse_to_start(demo.data)

    assert done.returncode == 2
    assert f"Another demo is running on {demo.data}" in done.stderr


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = refuse_to_start(tmp_path / "data", "--port", port)

    assert done.returncode == 2
    assert f"Port {port} is in use" in done.stderr


def test_data_below_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")

    for data in (file, file / "data"):
        done = refuse_to_start(data)

        assert done.returncode == 2
        assert f"{data} is not a folder" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_access_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    done = refuse_to_start(tmp_path / "data")

    assert done.returncode == 2
    assert "Cannot write into" in done.stderr


@pytest.mark.parametrize("options", [(), ("--reset",)])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "demo.json").write_text("mine")

    done = refuse_to_start(tmp_path, *options)

    assert done.returncode == 2
    assert "holds other things" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    done = refuse_to_start(tmp_path / "data", "--host", "192.0.2.1")

    assert done.returncode == 2
    assert "Cannot listen on 192.0.2.1" in done.stderr


@pytest.mark.parametrize("password", ["", "  ", "line\nbreak", "x" * 201])
def test_a_password_that_nobody_could_type_is_refused(tmp_path: Path, password: str) -> None:
    done = subprocess.run(
        command(tmp_path / "data", "--admin-password", password),
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )

    assert done.returncode == 2
    assert "--admin-password" in done.stderr


def test_an_old_python_is_told_which_one_is_needed() -> None:
    main = Path(__file__).parents[2] / "host_stub" / "__main__.py"
    pretend = f"""
import runpy, sys
sys.version_info, sys.version = (3, 10, 13), '3.10.13 (main)'
runpy.run_path({str(main)!r}, run_name='__main__')
"""

    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, timeout=20, check=False
    )

    assert done.returncode == 2
    assert done.stderr == "Error: Python 3.11 or newer is needed; this is 3.10.13\n"


def test_a_restart_keeps_messages_tokens_and_password(tmp_path: Path) -> None:
    with running_demo(tmp_path / "data") as first:
        run_curl_line(first.curl_lines[0])
    with running_demo(tmp_path / "data") as second:
        run_curl_line(second.curl_lines[0])
        kept = [message["msg"] for message in second.messages("general")]

    first_paths, second_paths = (
        [hook.partition("/hooks/")[2] for hook in demo.hooks] for demo in (first, second)
    )
    assert first_paths == second_paths
    assert first.password == second.password
    assert kept.count("Build *#42* of @admin is done") == 2


def test_reset_forgets_everything_but_the_files_of_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_demo(data) as first:
        run_curl_line(first.curl_lines[0])
    (data / "notes.txt").write_text("mine")
    with running_demo(data, "--reset", "--admin-password", "it's new") as second:
        kept = second.messages("general")

    assert "Build *#42* of @admin is done" not in [message["msg"] for message in kept]
    assert second.password == "it's new"
    assert not set(first.hooks) & set(second.hooks)
    assert (data / "notes.txt").read_text() == "mine"


def test_integrations_follow_the_receiver_where_its_port_is_taken(tmp_path: Path) -> None:
    with running_demo(tmp_path / "data") as first:
        say(first, "echo one")
        first.wait_for_message("general", "You said: one")
    port = int(first.receiver.rpartition(":")[2])
    with (
        socket.create_server(("127.0.0.1", port)),
        running_demo(tmp_path / "data") as second,
    ):
        say(second, "echo two")
        second.wait_for_message("general", "You said: two")

    assert second.receiver != first.receiver


def test_ctrl_c_ends_everything_while_calls_are_under_way(tmp_path: Path) -> None:
    with running_demo(tmp_path / "data") as demo, receiver() as hanging:
        hanging.answers["/"] = Answer(wait=threading.Event())
        demo.add_outgoing(urls=[hanging.url + "/"], triggerWords=["wait"])
        with demo.log_in() as session:
            for number in range(40):
                body = {"channel": "#general", "text": f"wait {number}"}
                session.post(f"{demo.url}/api/v1/chat.postMessage", json=body, timeout=10)
        await_true(lambda: len(hanging.received) >= 10)
        processes = demo.descendants()
        seconds = demo.stop(signal.SIGINT)

    assert not any(process.is_running() for process in processes)
    assert demo.process.returncode == 0
    assert seconds < 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_within_three_seconds(tmp_path: Path, number: int) -> None:
    with running_demo(tmp_path / "data") as demo, demo.log_in() as session:
        run_curl_line(demo.curl_lines[1])  # so that a script's process is there too
        page = session.get(f"{demo.url}/stream", stream=True, timeout=10)
        assert page.headers["Content-Type"].startswith("text/event-stream")
        processes = demo.descendants()
        seconds = demo.stop(number)
        page.close()

    # guard, Redis, two gunicorns with a worker each, worker and its scheduler
    assert len(processes) >= 8
    assert not any(process.is_running() for process in processes)  # nor is one a zombie
    assert demo.process.returncode == 0
    assert seconds < 3


def test_killing_the_launcher_ends_everything(tmp_path: Path) -> None:
    with running_demo(tmp_path / "data") as demo:
        run_curl_line(demo.curl_lines[1])
        processes = demo.descendants()
        demo.stop(signal.SIGKILL)

        assert still_alive(processes, within=3) == []


@pytest.mark.parametrize(
    "name", ["valkey-server", "create_web", "integrations", "create_receiver", "guard.py"]
)
def test_a_server_that_dies_ends_the_demo_with_one_line(tmp_path: Path, name: str) -> None:
    with running_demo(tmp_path / "data") as demo:
        processes = demo.descendants()
        dying = next(process for process in processes if name in " ".join(process.cmdline()))
        dying.kill()
        demo.process.wait(10)
        alive = still_alive(processes, within=0.2)
        errors = demo.read_errors()

    assert demo.process.returncode == 1
    assert alive == []
    assert "ended by itself (signal 9); see " in errors
    assert errors.count("\n") == 1


def test_a_data_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / "a b?'%"

    with running_demo(deep) as demo:
        answer = run_curl_line(demo.curl_lines[0])
        config = json.loads((demo.data / "config.json").read_bytes())
        redis = Path(config["app"]["RC_INTEGRATIONS_REDIS_URL"].removeprefix("unix://"))
        assert redis.is_socket()

    assert answer["success"] is True
    assert not redis.parent.exists()
