"""Monte Carlo of the EEG network: throughput of two workers, spicegen's own share, memory.

`python -m benchmarks.batch RUNS JOBS STEPS` is one batch; it prints one line of JSON. Batches of
one and of two workers take turns, so that other work on the machine meets both alike.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import example, python_json, told
from benchmarks.report import Bar, Report, command_of, table

STEPS = 50
RUNS = 200
TURN = 25
ROUNDS = 2
LEAST_SPEED_UP = 1.85
MOST_OWN_PCT = 10.0
MOST_GROWTH_PCT = 5.0
VARIATION = 0.05


def measure(steps: int | None = None) -> Report:
    """Rounds of one and two workers, then memory of a short and of a long batch."""
    count = steps or STEPS
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `spicegen batch` does; for children
    turns: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    for turn in range(ROUNDS):
        for jobs in turns:
            told(f"batch: round {turn + 1} of {ROUNDS}, {jobs} workers")
            turns[jobs].append(python_json("benchmarks.batch", TURN, jobs, count))
    told("batch: memory")
    long = python_json("benchmarks.batch", RUNS, 2, count)
    short = python_json("benchmarks.batch", RUNS // 4, 2, count)
    rows = [
        (f"{len(found)} x {TURN} runs, {jobs} workers", *_sums(found))
        for jobs, found in turns.items()
    ]
    rows += [
        (f"{runs} runs, 2 workers", *_sums([found]))
        for runs, found in ((RUNS // 4, short), (RUNS, long))
    ]
    made = table(
        f"Monte Carlo of the EEG LSTM, {count} steps, {100 * VARIATION:g} % variation",
        ["batches", "runs/s:.3f", "engine CPU, s/run:.3f", "own CPU, %:.1f", "memory, MB:.1f"],
        rows,
    )
    rate = {jobs: _sums(found)[0] for jobs, found in turns.items()}
    growth = 100.0 * (long["memory_mb"] / short["memory_mb"] - 1.0)
    bars = (
        Bar("throughput of two workers against one", rate[2] / rate[1], LEAST_SPEED_UP, "times",
            at_least=True),
        Bar("spicegen's own processor time", _sums([long])[2], MOST_OWN_PCT, "% of the engines'"),
        Bar(f"memory from {RUNS // 4} to {RUNS} runs", growth, MOST_GROWTH_PCT, "% more"),
    )  # fmt: skip
    return Report("batch", command_of("batch", steps), (made,), bars)


def _sums(found: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    """Runs per second, engine s per run, own processor time in percent of it, memory."""
    runs, engine = (sum(each[key] for each in found) for key in ("runs", "engine_s"))
    own, wall = (sum(each[key] for each in found) for key in ("own_s", "wall_s"))
    return runs / wall, engine / runs, 100.0 * own / engine, max(f["memory_mb"] for f in found)


def one_batch(runs: int, jobs: int, steps: int) -> dict[str, Any]:
    """A batch in this process: its times without the start of Python, and its memory."""
    import spicegen as sg
    from spicegen.paths import packaged

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "inputs.npy", example(steps)[1])
        plan = {
            "network": str(packaged("examples") / "eeg_lstm"),
            "inputs": str(folder / "inputs.npy"),
            "design": {"nonideality": [{"kind": "variation", "sigma": VARIATION}]},
            "monte_carlo": {"runs": runs, "seed": 1},
        }
        sg.batch(plan | {"monte_carlo": {"runs": 1}}, folder / "imports", jobs=1)
        before, started = _processor_s(), time.perf_counter()
        result = sg.batch(plan, folder / "batch", jobs=jobs)
        wall_s, after = time.perf_counter() - started, _processor_s()
    assert result.state.failed == 0
    return {
        "runs": runs,
        "wall_s": wall_s,
        "own_s": after[0] - before[0],
        "engine_s": after[1] - before[1],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _processor_s() -> tuple[float, float]:
    """Of this process and of its ended children, s."""
    times = os.times()
    return times.user + times.system, times.children_user + times.children_system


if __name__ == "__main__":
    print(json.dumps(one_batch(*(int(word) for word in sys.argv[1:4]))))
