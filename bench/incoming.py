"""Requests per second and latency of a hook, beside a bare route that stores one row.

    python -m bench.incoming [--seconds 4] [--rounds 3]

In one run, in turn, with the same server (gunicorn) and database (SQLite, WAL): the bare route,
the hook without script and the hook with one. Each hook call stores a message and a history row.
The ratios are medians over the rounds of hook to bare in the same round: of the requests per
second, and of the requests for the same processor time of the server's processes, which tells more
where the machine has other things to do.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.hooked import prepare
from bench.servers import Server, gunicorn

SERVERS = {
    "2 processes": ["-w", "2"],
    "1 process, 32 threads": ["-w", "1", "--threads", "32"],
}
BODY = json.dumps({"text": "Build *#42* of @admin is done :tada:"})


@dataclass(frozen=True)
class Target:
    """Something to send requests to."""

    name: str
    url: str
    server: Server


def main() -> None:
    """Print one table for each kind of server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name, arguments in SERVERS.items():
        print(f"\n{name}")
        print(
            f"{'clients':>7}  {'target':<8} {'req/s':>8} {'of bare':>8}"
            f" {'cpu ms':>8} {'of bare':>8} {'p50 ms':>8} {'p99 ms':>8}"
        )
        with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as hooked:
            paths = prepare(Path(hooked))
            with (
                gunicorn("bench.bare:create_app()", Path(bare), arguments) as bare_server,
                gunicorn("bench.hooked:create_app()", Path(hooked), arguments) as hook_server,
            ):
                targets = [
                    Target("bare", f"{bare_server.url}/rows", bare_server),
                    Target("hook", hook_server.url + paths["plain"], hook_server),
                    Target("script", hook_server.url + paths["script"], hook_server),
                ]
                for clients in (1, 8, 32):
                    _measure(targets, clients, options.seconds, options.rounds)


def _measure(targets: list[Target], clients: int, seconds: float, rounds: int) -> None:
    found: dict[str, list[dict[str, Any]]] = {target.name: [] for target in targets}
    for target in targets:
        _load(target, clients, 1.0)
    for _ in range(rounds):
        for target in targets:
            found[target.name].append(_load(target, clients, seconds))
    for name, figures in found.items():
        speed = _median_ratio(figures, found["bare"], "requests_per_second")
        cost = _median_ratio(found["bare"], figures, "cpu_ms")
        print(
            f"{clients:>7}  {name:<8} {_median(figures, 'requests_per_second'):>8.0f} {speed:>8.2f}"
            f" {_median(figures, 'cpu_ms'):>8.2f} {cost:>8.2f}"
            f" {_median(figures, 'p50_ms'):>8.1f} {_median(figures, 'p99_ms'):>8.1f}",
            flush=True,
        )


def _load(target: Target, clients: int, seconds: float) -> dict[str, Any]:
    given = {"url": target.url, "body": BODY, "clients": clients, "seconds": seconds}
    before = target.server.processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    if set(figures["answers"]) != {"200"}:
        raise RuntimeError(f"{target.name} answered {figures['answers']}")
    used = target.server.processor_seconds() - before
    figures["cpu_ms"] = used * 1000 / figures["answers"]["200"]
    return figures


def _median_ratio(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], key: str) -> float:
    ratios = [float(one[key]) / float(other[key]) for one, other in zip(ours, theirs, strict=True)]
    return statistics.median(ratios)


def _median(figures: list[dict[str, Any]], key: str) -> float:
    return statistics.median(float(each[key]) for each in figures)


if __name__ == "__main__":
    main()
