"""Writing the deck of one large dense layer: time and memory, against PySpice.

Each run has a process of its own:

`python -m benchmarks.emission SIZE` is one; it prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measure import python_json, stopwatch
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio, peer, version

SIZES = (256, 512, 1024)
PYSPICE_SIZE = 256
"""Smaller, to be done in seconds; PySpice is not quicker per device with more of them."""
RATIO_BAR = 30.0
TIME_BAR_S = 4.0
MEMORY_BAR_MB = 1024.0


def measure(
    steps: int | None = None, sizes: Sequence[int] = SIZES, pyspice_size: int = PYSPICE_SIZE
) -> Report:
    """`sg.emit` of square dense layers, the largest in turns with PySpice.

    Args:
        steps: play no part, there is one input vector.
        sizes: of the layers.
        pyspice_size: of the crossbar that PySpice builds.
    """
    del steps
    largest = f"{sizes[-1]} x {sizes[-1]}"
    runs = {f"{size} x {size}": [_emitted(size)] for size in sizes[:-1]}
    sides = {largest: partial(_emitted, sizes[-1])}
    if peer("PySpice"):
        sides[version("PySpice")] = partial(_built, pyspice_size)
    found = in_turns("emission", sides, PAIRS)
    runs[largest] = found.pop(largest)
    keys = ("memristors", "deck_mb", "emit_s", "cpu_s", "peak_mb", "process_s")
    median = {
        layer: {key: statistics.median(run[key] for run in several) for key in keys}
        for layer, several in runs.items()
    }
    rows: list[Row] = [[layer, *(one[key] for key in keys)] for layer, one in median.items()]
    columns = [
        "layer",
        "memristors:,",
        "deck, MB:.1f",
        "emit, s:.2f",
        "of it CPU, s:.2f",
        "peak memory, MB:.0f",
        "whole process, s:.2f",
    ]
    last = median[largest]
    bars = [
        Bar(f"{largest}, emit", last["emit_s"], TIME_BAR_S, "s"),
        Bar(f"{largest}, peak memory", last["peak_mb"], MEMORY_BAR_MB, "MB"),
    ]
    tables = [table(f"One dense layer, random weights, dual-row; {largest}: median", columns, rows)]
    for name, others in found.items():
        rates = [
            [run["memristors"] / run["cpu_s"] for run in side] for side in (runs[largest], others)
        ]
        what = f"{name}, {pyspice_size} x {pyspice_size}"
        tables.append(_rates(f"{PAIRS} turns", {f"spicegen, {largest}": rates[0], what: rates[1]}))
        title = "emission, devices per CPU second: ours / PySpice Circuit"
        bars.append(Bar(title, median_ratio(*rates), RATIO_BAR, "times", True, headline=True))
    return Report("emission", command_of("emission", None), tuple(tables), tuple(bars))


def _rates(title: str, rates: Mapping[str, list[float]]) -> Table:
    rows: list[Row] = [
        [name, statistics.median(several), max(several)] for name, several in rates.items()
    ]
    return table(title, ["writer", "devices/CPU s, median:,.0f", "best:,.0f"], rows)


def emit_here(size: int) -> dict[str, float]:
    """Emit a layer in this process; seconds and megabytes (2**20 bytes)."""
    import numpy as np

    import spicegen as sg
    from spicegen.network import Dense, Network

    generator = np.random.default_rng(0)
    weight = generator.normal(0.0, size**-0.5, (size, size))
    network = Network("large", size, (Dense("dense", weight, np.zeros(size)),))
    inputs = generator.uniform(-1.0, 1.0, (1, size))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        started = time.process_time()
        summary = sg.emit(network, inputs, sg.Design(), out)
        cpu_s = time.process_time() - started
        deck_mb = (out / "circuit.cir").stat().st_size / 2**20
    return {
        "memristors": summary["size"]["memristors"],
        "deck_mb": deck_mb,
        "emit_s": summary["timing"]["emit_s"],
        "cpu_s": cpu_s,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _emitted(size: int) -> dict[str, float]:
    """What `emit_here` finds, and the wall-clock time of its process, s."""
    with stopwatch() as usage:
        found: dict[str, float] = python_json("benchmarks.emission", size)
    return found | {"process_s": usage.wall_s}


def _built(size: int) -> dict[str, float]:
    found: dict[str, float] = python_json("benchmarks.pyspice_circuit", size)
    return found


if __name__ == "__main__":
    print(json.dumps(emit_here(int(sys.argv[1]))))
