"""Each measure times one engine once, in milliseconds; rounds of them are compared elsewhere."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from bench.scripts import work
from bench.scripts.engines import Engine

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Measure:
    """A question that each engine answers in milliseconds."""

    name: str
    take: Callable[[Engine], float]


def all_measures(calls: int) -> list[Measure]:
    """Return what is measured, in order.

    Args:
        calls: how many warm calls make one figure, of the small ones.
    """
    found = [Measure("warm, does nothing, {}", lambda engine: _nothing(engine, calls))]
    for kilobytes in (1, 20, 200):
        count = max(5, calls // kilobytes)
        found.append(_warm(f"warm, message from {kilobytes} KB", work.MESSAGE, kilobytes, count))
    for kilobytes in (1, 20, 200):
        count = max(5, calls // kilobytes)
        found.append(_warm(f"warm, {kilobytes} KB there and back", work.ECHO, kilobytes, count))
    found.append(Measure("first call, new script", first_call))
    found.append(Measure("waiting, first call", first_call_of_waiting))
    return found


def _warm(name: str, source: str, kilobytes: int, count: int) -> Measure:
    argument = work.push_of(kilobytes)

    def take(engine: Engine) -> float:
        return warm_call(engine, source, argument, count)

    return Measure(name, take)


def _nothing(engine: Engine, count: int) -> float:
    return warm_call(engine, work.NOTHING, {}, count)


def warm_call(engine: Engine, source: str, argument: Any, count: int) -> float:
    """Return the median of so many calls of a script that is loaded and was called before."""
    script_id = str(hash(source))
    for _ in range(3):
        engine.call(script_id, source, work.METHOD, argument)
    return _median_of(lambda: engine.call(script_id, source, work.METHOD, argument), count)


def first_call(engine: Engine) -> float:
    """Return the median of a few calls of scripts that no engine knows, for which nothing waits."""
    argument = work.push_of(1)
    numbers = itertools.islice(_numbers, 5)
    return statistics.median(
        _milliseconds(partial(_call_new, engine, argument, number)) for number in numbers
    )


def first_call_of_waiting(engine: Engine) -> float:
    """Return the same for places that were made before and wait for a script."""
    argument = work.push_of(1)
    found = []
    for number in itertools.islice(_numbers, 5):
        engine.add(str(number))
        found.append(_milliseconds(partial(_call_new, engine, argument, number)))
    return statistics.median(found)


def in_turn(engine: Engine, scripts: int) -> list[float]:
    """Return the times of calls to so many scripts, one after the other, twice."""
    argument = work.push_of(1)
    first = next(_numbers) * 1000
    return [
        _milliseconds(partial(_call_new, engine, argument, first + number))
        for _ in range(2)
        for number in range(scripts)
    ]


def _call_new(engine: Engine, argument: Any, number: int) -> None:
    engine.call(str(number), work.new_script(number), work.METHOD, argument)


def _median_of(call: Callable[[], Any], count: int) -> float:
    return statistics.median(_milliseconds(call) for _ in range(count))


def _milliseconds(call: Callable[[], Any]) -> float:
    started = perf_counter()
    call()
    return (perf_counter() - started) * 1000
