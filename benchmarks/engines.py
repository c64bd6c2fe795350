"""The same deck in every engine: how far apart, and how long."""

from __future__ import annotations

import statistics
from functools import partial
from itertools import combinations

from benchmarks.measure import DEFAULT_STEPS, Measured, example, run, told
from benchmarks.report import Bar, Report, Row, command_of, table
from benchmarks.turns import PAIRS, in_turns
from spicegen.accuracy import error_pct
from spicegen.engine import available

SHORT_STEPS = 200
"""Of the runs that are timed."""
MEAN_BAR_PCT = 0.02
MAX_BAR_PCT = 0.2


def measure(steps: int | None = None) -> Report:
    """Every installed engine on the EEG job, pairwise."""
    count = steps or DEFAULT_STEPS
    network, inputs = example(count)
    reference = network.forward(inputs).outputs
    runs: dict[str, Measured] = {}
    for info in available():
        told(f"engines: {info.name} {info.version}")
        runs[info.name] = run(network, inputs, engine=info.name)
    few = min(SHORT_STEPS, count)
    short = in_turns(
        f"engines, {few} steps",
        {name: partial(run, network, inputs[:few], engine=name) for name in runs},
        PAIRS,
    )
    rows: list[Row] = [
        [
            name,
            one.mean_pct,
            one.max_pct,
            one.points_per_step,
            statistics.median(turn.cpu_ms_per_step for turn in short[name]),
            statistics.median(1e3 * turn.wall_s / few for turn in short[name]),
        ]
        for name, one in runs.items()
    ]
    columns = [
        "engine",
        "mean %:.4f",
        "max %:.4f",
        "points/step:.1f",
        f"CPU, ms/step of {few}:.1f",
        f"wall, ms/step of {few}:.1f",
    ]
    title = f"EEG LSTM, {count} steps, against the reference; times: medians of {PAIRS} turns"
    tables = [table(title, columns, rows)]
    pairs: list[Row] = []
    bars: list[Bar] = []
    for one, other in combinations(runs, 2):
        # the difference in percent of the reference's full scale
        difference = error_pct(runs[one].analog - runs[other].analog + reference, reference)
        mean, largest = float(difference.mean()), float(difference.max())
        pairs.append([f"{one} - {other}", mean, largest])
        bars += [
            Bar(f"{one} - {other}, mean", mean, MEAN_BAR_PCT, "%"),
            Bar(f"{one} - {other}, max", largest, MAX_BAR_PCT, "%"),
        ]
    if pairs:
        tables.append(table("Differences", ["engines", "mean %:.2g", "max %:.2g"], pairs))
    return Report("engines", command_of("engines", steps), tuple(tables), tuple(bars))
