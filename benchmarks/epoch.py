"""The time of an epoch in the circuit: deck, engine, read-back, pulses and checkpoint."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import stopwatch, told
from benchmarks.report import Bar, Report, Row, command_of, table
from spicegen.training import Plan, load_plan, train

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CASES = (
    ("perceptron, 6 patterns", "perceptron/steeper.toml", 3, 40),
    ("airline LSTM(4), 94 sequences of 2 steps", "in_situ_lstm/airline.toml", 0, 12),
    ("pulses LSTM(4), 64 sequences of 8 steps", "in_situ_lstm/pulses.toml", 0, 8),
)
"""Name, plan, a seed that goes on for all epochs, epochs."""
BAR_MS = 50.0


def measure(steps: int | None = None) -> Report:
    """Epochs of the examples, one libngspice process for all epochs of each.

    Args:
        steps: epochs of each.
    """
    rows: list[Row] = []
    for name, file, seed, epochs in CASES:
        told(f"epoch: {name}")
        plan = load_plan(EXAMPLES / file)
        rows.append([name, *_times(plan.model_copy(update={"seed": seed}), steps or epochs)])
    columns = [
        "training", "epochs", "wall clock, least, ms:.1f", "median, ms:.1f", "95 %, ms:.1f",
        "CPU of spicegen, ms:.1f", "CPU of the engine, ms:.1f",
    ]  # fmt: skip
    wall, *cpu = (float(rows[0][k]) for k in (3, 5, 6))  # type: ignore[arg-type]
    bars = (
        Bar("perceptron: one epoch through ngspice, median", wall, BAR_MS, "ms", headline=True),
        Bar("perceptron: processor time of an epoch, engine included", sum(cpu), BAR_MS, "ms",
            headline=True),
    )  # fmt: skip
    made = table("Time of an epoch behind the first", columns, rows)
    return Report("epoch", command_of("epoch", steps), (made,), bars)


def _times(plan: Plan, epochs: int) -> list[float]:
    """Epochs; least, median and 95 % of wall clock; processor time of both processes, ms."""
    start_s = _run(plan, 1)[2]
    wall_s, own_s, engine_s = _run(plan, epochs)
    each = np.diff(wall_s)
    return [
        epochs,
        *(1e3 * float(np.quantile(each, share)) for share in (0.0, 0.5, 0.95)),
        1e3 * float(np.median(np.diff(own_s))),
        1e3 * (engine_s - start_s) / (epochs - 1),
    ]


def _run(plan: Plan, epochs: int) -> tuple[list[float], list[float], float]:
    """Instants behind each epoch, own processor time there, and that of the engine in all, s."""
    wall_s, own_s = [], []

    def mark(_: object) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        wall_s.append(time.perf_counter())
        own_s.append(usage.ru_utime + usage.ru_stime)

    plan = plan.model_copy(update={"epochs": epochs})
    with tempfile.TemporaryDirectory() as folder, stopwatch() as usage:
        train(plan, Path(folder) / "a", progress=mark)
    return wall_s, own_s, usage.children_s
