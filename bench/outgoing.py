"""Deliveries of outgoing integrations: how many a second, and who waits for whom.

    python -m bench.outgoing [--deliveries 3000] [--rounds 3] [--only crowd|speed|two]

crowd: 1,000 deliveries to a receiver that takes 100 ms, by one worker process, while the receivers
of a second integration hang for 30 s and a third integration has a single delivery.
speed: deliveries to an instant receiver by one worker (SQLite, Redis, its own process), beside a
loop of `requests.Session` and one of aiohttp with 32 calls in flight: both only call, and store
nothing. In each round all three are measured in turn; the ratios are medians over the rounds, of
calls a second and of calls for the same processor time, which tells more where the machine has
other things to do.
two: the same by two workers, beside one.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import aiohttp
import requests

from bench.delivering import DATA, Place
from bench.receiver import receiver
from bench.servers import Server

IN_FLIGHT = 32
INTEGRATIONS = 4
BODY = json.dumps(DATA).encode()
HEADERS = {"Content-Type": "application/json"}


class Figure(NamedTuple):
    """What one loop or worker did."""

    rate: float
    """Calls a second."""
    cpu_ms: float
    """Processor time for one call."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["crowd", "speed", "two"])
    options = parser.parse_args()
    with receiver() as url:
        if options.only in {None, "crowd"}:
            crowd(url)
        if options.only in {None, "speed"}:
            speed(url, options.deliveries, options.rounds)
        if options.only in {None, "two"}:
            two(url, options.deliveries, options.rounds)


def crowd(url: str) -> None:
    """Measure one worker with a slow, a hanging and a quick receiver."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), {"HTTP_TIMEOUT_SECONDS": 60.0})
        slow, hanging, quick = (
            place.add_integration(url + path) for path in ("/slow", "/hang", "/instant")
        )
        with place.redis(), place.workers(1):
            place.add_deliveries(hanging, 100)
            place.ring()
            time.sleep(1)
            _count(url)
            place.add_deliveries(slow, 1000)
            started = time.time()
            place.ring()
            time.sleep(1)
            single = time.time()
            place.add_deliveries(quick, 1)
            place.ring()
            until = time.time() + 60
            seen: dict[str, list[float]] = {}
            while time.time() < until and seen.get("/slow", [0])[0] < 1000:
                time.sleep(0.2)
                for path, (calls, first, last) in _count(url).items():
                    before = seen.get(path, [0, first, last])
                    seen[path] = [before[0] + calls, before[1], last]
    calls, _, last = seen["/slow"]
    print(f"crowd: {calls:.0f} deliveries of 100 ms in {last + 0.1 - started:.2f} s beside")
    print(f"       receivers that hang; the single one after {seen['/instant'][1] - single:.3f} s")


def speed(url: str, deliveries: int, rounds: int) -> None:
    """Measure one worker beside loops that only call."""
    found: dict[str, list[Figure]] = {"requests.Session": [], "aiohttp": [], "worker": []}
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), {})
        with place.redis(), place.workers(1) as pid:
            worker = Server("", pid)
            _by_workers(place, url, 200)
            for _ in range(rounds):
                found["requests.Session"].append(_by_requests(url + "/instant", deliveries))
                found["aiohttp"].append(asyncio.run(_by_aiohttp(url + "/instant", deliveries)))
                before = worker.processor_seconds()
                rate = _by_workers(place, url, deliveries)
                used = worker.processor_seconds() - before
                found["worker"].append(Figure(rate, used * 1000 / deliveries))
    for name, figures in found.items():
        rate, cpu_ms = (statistics.median(values) for values in zip(*figures, strict=True))
        print(f"speed: {name:<16} {rate:>6.0f}/s {cpu_ms:>6.2f} ms of processor time each")
    for name in ("requests.Session", "aiohttp"):
        pairs = list(zip(found["worker"], found[name], strict=True))
        rate = statistics.median(ours.rate / other.rate for ours, other in pairs)
        cpu = statistics.median(other.cpu_ms / ours.cpu_ms for ours, other in pairs)
        print(f"       worker beside {name}: {rate:.2f} of its calls a second,")
        print(f"       {cpu:.2f} of its calls for the same processor time")


def two(url: str, deliveries: int, rounds: int) -> None:
    """Measure two workers beside one."""
    figures: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for count, found in figures.items():
            with tempfile.TemporaryDirectory() as folder:
                place = Place(Path(folder), {})
                with place.redis(), place.workers(count):
                    _by_workers(place, url, 200)
                    found.append(_by_workers(place, url, deliveries))
    one, both = (statistics.median(found) for found in figures.values())
    print(f"two:   one worker {one:.0f}/s, two workers {both:.0f}/s: {both / one:.2f}")


def _by_requests(url: str, calls: int) -> Figure:
    started, used = time.perf_counter(), time.process_time()
    with requests.Session() as session:
        for _ in range(calls):
            assert session.post(url, data=BODY, headers=HEADERS, timeout=10).ok
    return _figure(calls, started, used)


async def _by_aiohttp(url: str, calls: int) -> Figure:
    left = iter(range(calls))
    started, used = time.perf_counter(), time.process_time()
    async with aiohttp.ClientSession(headers=HEADERS) as session:

        async def call() -> None:
            for _ in left:
                async with session.post(url, data=BODY) as answer:
                    await answer.read()

        await asyncio.gather(*(call() for _ in range(IN_FLIGHT)))
    return _figure(calls, started, used)


def _figure(calls: int, started: float, used: float) -> Figure:
    rate = calls / (time.perf_counter() - started)
    return Figure(rate, (time.process_time() - used) * 1000 / calls)


def _by_workers(place: Place, url: str, deliveries: int) -> float:
    """Return deliveries per second, from the waking to the last call."""
    for _ in range(INTEGRATIONS):
        integration = place.add_integration(url + "/instant")
        place.add_deliveries(integration, deliveries // INTEGRATIONS)
    _count(url)
    started = time.time()
    place.ring()
    place.await_done()
    calls, _, last = _count(url)["/instant"]
    return calls / (last - started)


def _count(url: str) -> dict[str, list[float]]:
    with urllib.request.urlopen(url + "/count", timeout=10) as answer:  # noqa: S310 our own
        found: dict[str, list[float]] = json.load(answer)
    return found


if __name__ == "__main__":
    main()
