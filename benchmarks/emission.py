"""Writing the deck of one large dense layer: time and memory, each size in its own process.

`python -m benchmarks.emission SIZE` is that process; it prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import python_json, stopwatch, told
from benchmarks.report import Bar, Report, Row, command_of, table

SIZES = (256, 512, 1024)
TIME_BAR_S = 4.0
MEMORY_BAR_MB = 1024.0


def measure(steps: int | None = None, sizes: Sequence[int] = SIZES) -> Report:
    """`sg.emit` of square dense layers; steps play no part, there is one input vector."""
    del steps
    rows: list[Row] = []
    found: dict[str, float] = {}
    for size in sizes:
        told(f"emission: {size} x {size}")
        found, wall_s = _in_own_process(size)
        rows.append(
            [
                f"{size} x {size}",
                found["memristors"],
                found["deck_mb"],
                found["emit_s"],
                found["cpu_s"],
                found["peak_mb"],
                wall_s,
            ]
        )
    columns = [
        "layer",
        "memristors:,",
        "deck, MB:.1f",
        "emit, s:.2f",
        "of it CPU, s:.2f",
        "peak memory, MB:.0f",
        "whole process, s:.2f",
    ]
    largest = f"{sizes[-1]} x {sizes[-1]}"
    bars = (
        Bar(f"{largest}, emit", found["emit_s"], TIME_BAR_S, "s"),
        Bar(f"{largest}, peak memory", found["peak_mb"], MEMORY_BAR_MB, "MB"),
    )
    title = "One dense layer, random weights, dual-row"
    return Report("emission", command_of("emission", None), (table(title, columns, rows),), bars)


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


def _in_own_process(size: int) -> tuple[dict[str, float], float]:
    """What `emit_here` finds, and the wall-clock time of the process, s."""
    with stopwatch() as usage:
        found = python_json("benchmarks.emission", size)
    return found, usage.wall_s


if __name__ == "__main__":
    print(json.dumps(emit_here(int(sys.argv[1]))))
