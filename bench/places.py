"""How long a script's call takes on a worker, beside one in the web process.

    python -m bench.places [--calls 300]

A real worker and a real Redis on this machine; the script returns at once.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rc_integrations_plugin.scripting.orders import Orders
from rc_integrations_plugin.scripting.protocol import Script, ScriptRunner
from rc_integrations_plugin.scripting.queued import RqScriptRunner
from rc_integrations_plugin.scripting.runner import ProcessScriptRunner
from rc_integrations_plugin.settings import Settings
from tests.redis_servers import running_redis
from tests.workers import running_worker

SOURCE = "class Script { run({ body }) { return { size: body.length } } }"
BODIES = (100, 100_000, 1_000_000)
SENDERS = 16


def main() -> None:
    """Measure both places and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    calls = parser.parse_args().calls
    with (
        running_redis() as url,
        tempfile.TemporaryDirectory() as folder,
        running_worker(Path(folder), url, {}),
    ):
        settings = Settings(redis_url=url)
        runners: dict[str, ScriptRunner] = {
            "web": ProcessScriptRunner(settings),
            "rq": RqScriptRunner(settings, Orders(url)),
        }
        for place, runner in runners.items():
            for size in BODIES:
                report(f"{place}, body of {size:,} bytes", latencies(runner, size, calls))
            report(f"{place}, {SENDERS} senders", crowd(runner, calls))
            runner.close()


def latencies(runner: ScriptRunner, size: int, calls: int, *, name: str = "one") -> list[float]:
    """Return how many milliseconds each of some calls took, after a first one."""
    script = Script(integration_id=name, name=name, version="1", source=SOURCE)
    argument = {"body": "x" * size}
    runner.call(script, "run", argument)
    return [_milliseconds(lambda: runner.call(script, "run", argument)) for _ in range(calls)]


def crowd(runner: ScriptRunner, calls: int) -> list[float]:
    """Return the same for as many calls by several senders at once, and print how many a second."""
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as threads:
        results: Iterable[list[float]] = threads.map(
            lambda number: latencies(runner, 100, calls // 4, name=f"sender {number}"),
            range(SENDERS),
        )
        found = [one for result in results for one in result]
    print(f"{len(found) / (time.perf_counter() - started):,.0f} calls a second")
    return found


def report(what: str, found: list[float]) -> None:
    """Print the median and the slow ones."""
    slow = statistics.quantiles(found, n=20)[-1]
    print(f"{what:28} median {statistics.median(found):6.2f} ms, 95 % within {slow:6.2f} ms")


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
