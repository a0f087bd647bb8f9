"""Each measure takes the time of one engine once; rounds of them are compared elsewhere."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time
from typing import Any

from bench.scripts import work
from bench.scripts.engines import Engine

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Taken:
    """What a call took, in milliseconds."""

    passed: float
    used: float
    """Processor time, here and where the script lives: on a busy machine, the one to trust."""


@dataclass(frozen=True)
class Measure:
    """A question that each engine answers."""

    name: str
    take: Callable[[Engine], Taken]


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
    found.append(Measure("first call of a saved script", partial(first_call, is_saved=True)))
    found.append(
        Measure("same, a process waits", partial(first_call, is_saved=True, is_waiting=True))
    )
    found.append(
        Measure("same, never saved before", partial(first_call, is_saved=False, is_waiting=True))
    )
    return found


def _warm(name: str, source: str, kilobytes: int, count: int) -> Measure:
    argument = work.push_of(kilobytes)
    return Measure(name, lambda engine: warm_call(engine, source, argument, count))


def _nothing(engine: Engine, count: int) -> Taken:
    return warm_call(engine, work.NOTHING, {}, count)


def warm_call(engine: Engine, source: str, argument: Any, count: int) -> Taken:
    """Return the median of so many calls of a script that is loaded and was called before."""
    script_id = str(hash(source))
    for _ in range(3):
        engine.call(script_id, source, work.METHOD, argument)
    used = _processor_ms(engine, script_id)
    passed = statistics.median(
        _milliseconds(partial(engine.call, script_id, source, work.METHOD, argument))
        for _ in range(count)
    )
    return Taken(passed, (_processor_ms(engine, script_id) - used) / count)


def first_call(engine: Engine, *, is_saved: bool, is_waiting: bool = False) -> Taken:
    """Return the median of a few calls of scripts that were not called before.

    Args:
        engine: what to measure.
        is_saved: the script went through what saving an integration does.
        is_waiting: a process, context or isolate was made before.
    """
    argument = work.push_of(1)
    passed = []
    used = []
    for number in itertools.islice(_numbers, 5):
        if is_saved:
            engine.save(work.new_script(number))
        if is_waiting:
            engine.add(str(number))
        before = _processor_ms(engine, str(number))
        passed.append(_milliseconds(partial(_call_new, engine, argument, number)))
        used.append(_processor_ms(engine, str(number)) - before)
    return Taken(statistics.median(passed), statistics.median(used))


def in_turn(engine: Engine, scripts: int) -> list[float]:
    """Return the times of calls to so many saved scripts, one after the other, twice."""
    argument = work.push_of(1)
    first = next(_numbers) * 1000
    numbers = range(first, first + scripts)
    for number in numbers:
        engine.save(work.new_script(number))
    return [
        _milliseconds(partial(_call_new, engine, argument, number))
        for _ in range(2)
        for number in numbers
    ]


def _call_new(engine: Engine, argument: Any, number: int) -> None:
    engine.call(str(number), work.new_script(number), work.METHOD, argument)


def _processor_ms(engine: Engine, script_id: str) -> float:
    return process_time() * 1000 + engine.processor_ms(script_id)


def _milliseconds(call: Callable[[], Any]) -> float:
    started = perf_counter()
    call()
    return (perf_counter() - started) * 1000
