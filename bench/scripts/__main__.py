"""Times of script calls and memory of their processes, beside Node.js.

    python -m bench.scripts [--rounds 7] [--calls 200] [--cache FOLDER] [--json FILE]

In one run, in turn: this package's runner, Node's `vm` in a child process, and isolated-vm in a
child process, each over a socket with the same frames, from Python data to Python data. Times are
medians over the rounds; a ratio is the median over the rounds of ours to the other's in that round:
once of the time that passed, once of the processor time that both ends of the socket used.
"""

import argparse
import contextlib
import json
import os
import statistics
from collections.abc import Iterator
from operator import truediv
from pathlib import Path
from typing import Any

from bench.scripts.engines import Engine, InNode, Ours
from bench.scripts.measures import Taken, all_measures, in_turn
from bench.scripts.node import prepare

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "rc-integrations-bench"
SCRIPTS_IN_TURN = 200
WAITING = 32


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=200, help="warm calls for one figure")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    with _engines(options.cache) as engines:
        figures = {
            "times": _times(engines, options.rounds, options.calls),
            "in_turn_ms": _in_turn(engines),
        }
    with _engines(options.cache, quiet=True) as engines:
        figures["private_kb"] = _memory(engines)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


@contextlib.contextmanager
def _engines(cache: Path, *, quiet: bool = False) -> Iterator[list[Engine]]:
    with contextlib.ExitStack() as stack:
        engines: list[Engine] = [Ours()]
        stack.callback(engines[0].close)
        node = prepare(cache)
        kinds = ["vm", "isolated-vm"] if node and node.reason is None else ["vm"]
        for kind in kinds if node else []:
            assert node is not None
            engines.append(InNode(kind, node))
            stack.callback(engines[-1].close)
        if node and not quiet:
            print(f"Beside Node.js {node.version}")
            if node.reason:
                print(f"isolated-vm cannot be built, so it is left out: {node.reason}")
        yield engines


def _times(engines: list[Engine], rounds: int, calls: int) -> dict[str, Any]:
    names = [engine.name for engine in engines]
    ratios = [f"/ {other}" for other in names[1:]]
    print(_row("", ["time, ms:", *[""] * (len(engines) - 1), *ratios, *ratios]))
    print(_row("", [*names, *["time"] * len(ratios), *["processor"] * len(ratios)]))
    found = {}
    for measure in all_measures(calls):
        taken: dict[str, list[Taken]] = {name: [] for name in names}
        for number in range(rounds):
            # Who goes first has the other's noise behind him: take turns.
            for engine in engines if number % 2 else engines[::-1]:
                taken[engine.name].append(measure.take(engine))
        figures = found[measure.name] = _compare(taken)
        cells = [f"{value:.3f}" for value in figures["passed"].values()]
        for kind in ("passed_ratio", "used_ratio"):
            cells += [f"{value:.2f}" for value in figures[kind].values()]
        print(_row(measure.name, cells))
    return found


def _compare(taken: dict[str, list[Taken]]) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    for kind in ("passed", "used"):
        values = {name: [getattr(one, kind) for one in all_] for name, all_ in taken.items()}
        figures[kind] = {name: statistics.median(times) for name, times in values.items()}
        figures[f"{kind}_ratio"] = {
            name: statistics.median(map(truediv, values["ours"], times))
            for name, times in values.items()
            if name != "ours"
        }
    return figures


def _in_turn(engines: list[Engine]) -> dict[str, Any]:
    print(_row(f"\n{SCRIPTS_IN_TURN} scripts in turn", ["median", "p95", "worst"]))
    found = {}
    for engine in engines:
        times = sorted(in_turn(engine, SCRIPTS_IN_TURN))
        cuts = statistics.quantiles(times, n=20)
        figures = {"median": cuts[9], "p95": cuts[18], "worst": times[-1]}
        print(_row(engine.name, [f"{value:.2f}" for value in figures.values()]))
        found[engine.name] = figures
    return found


def _memory(engines: list[Engine]) -> dict[str, float]:
    print("\nprivate memory of one that waits, KB")
    found = {}
    for engine in engines:
        try:
            found[engine.name] = _bytes_of_one(engine) / 1024
        except PermissionError:
            print(f"{engine.name:<32} only root may know")
            continue
        print(_row(engine.name, [f"{found[engine.name]:.0f}"]))
    return found


def _bytes_of_one(engine: Engine) -> float:
    """Return how much each of some waiting places adds to as many."""
    sizes = []
    for half in range(2):
        for number in range(WAITING):
            engine.add(f"waiting-{half}-{number}")
        sizes.append(engine.private_bytes())
    return (sizes[1] - sizes[0]) / WAITING


def _row(name: str, cells: list[str]) -> str:
    return f"{name:<30}" + "".join(f"{cell:>14}" for cell in cells)


if __name__ == "__main__":
    main()
