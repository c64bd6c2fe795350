"""A static analysis cut into circuits that run at the same time, against the whole circuit.

`python -m benchmarks.partition JOBS [CPUS]` is one run in a process of its own; it prints one
line of JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import spicegen as sg
from benchmarks.measure import python_json, run_into
from benchmarks.networks import classifier
from benchmarks.report import Bar, Report, Row, command_of, table
from benchmarks.static import STATIC
from benchmarks.turns import PAIRS, in_turns, median_ratio

SAMPLES = 1000
RATIO_BAR, APART_BAR = 1.8, 1e-4
WHOLE, CUT, PINNED = "whole, one process", "cut, two processes", "cut, on one processor"


def measure(steps: int | None = None) -> Report:
    """One MLP whole, cut in two, and cut but on one processor only, in turns.

    Args:
        steps: samples.
    """
    samples = steps or SAMPLES
    jobs = {WHOLE: "1", CUT: "2", PINNED: "2 1"}
    sides = {
        name: partial(python_json, "benchmarks.partition", *f"{words} {samples}".split())
        for name, words in jobs.items()
    }
    found = in_turns("partition", sides, PAIRS)
    rows: list[Row] = []
    for name, runs in found.items():
        median = [statistics.median(run[key] for run in runs) for key in ("total_s", "cpu_s")]
        rows.append([name, *median, 1e3 * median[0] / samples, runs[0]["max_pct"]])
    outputs = {name: np.array(runs[0]["few"]) for name, runs in found.items()}
    apart = float(np.abs(outputs[CUT] - outputs[WHOLE]).max() / np.ptp(outputs[WHOLE]))
    wall = {name: [run["total_s"] for run in runs] for name, runs in found.items()}
    title = f"MLP 784-128-10, {samples} samples, static"
    bars = (
        Bar(
            f"{title}: one process / two, wall",
            median_ratio(wall[WHOLE], wall[CUT]),
            RATIO_BAR,
            "times",
            at_least=True,
            headline=True,
        ),
        Bar(f"{title}: cut - whole, max", apart, APART_BAR, "of full scale"),
    )
    gain = median_ratio(wall[PINNED], wall[CUT])
    notes = (f"the same cut on two processors against one: {gain:.2f} times faster",)
    columns = ["circuit", "wall, s:.2f", "engine CPU, s:.2f", "wall, ms/sample:.2f", "max %:.4f"]
    tables = (table(f"{title}; medians of {PAIRS} turns", columns, rows),)
    return Report("partition", command_of("partition", steps), tables, bars, notes)


def run_here(jobs: int, cpus: int | None, samples: int) -> dict[str, Any]:
    """One run in this process.

    Args:
        jobs: processes of the engine at a time.
        cpus: processors that they may use; all if None.
        samples: images.
    """
    if cpus:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cpus])
    network, images = classifier(samples)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        one = run_into(out, network, images, (*STATIC, f"simulation.jobs={jobs}"))
        few = sg.open_run(out).outputs[:10]
    return {
        "total_s": one.total_s,
        "cpu_s": one.cpu_s,
        "max_pct": one.max_pct,
        "few": few.tolist(),
    }


if __name__ == "__main__":
    first, *middle, last = map(int, sys.argv[1:])
    print(json.dumps(run_here(first, middle[0] if middle else None, last)))
