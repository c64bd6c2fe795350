"""The same deck in every engine: how far apart, and how long."""

from __future__ import annotations

from itertools import combinations

from benchmarks.measure import DEFAULT_STEPS, Measured, example, run, told
from benchmarks.report import Bar, Report, Row, command_of, table
from spicegen.accuracy import error_pct
from spicegen.engine import available

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
    rows: list[Row] = [
        [name, one.mean_pct, one.max_pct, one.points_per_step, one.cpu_s, one.wall_s]
        for name, one in runs.items()
    ]
    columns = [
        "engine",
        "mean %:.4f",
        "max %:.4f",
        "points/step:.1f",
        "engine CPU, s:.1f",
        "engine wall, s:.1f",
    ]
    tables = [table(f"EEG LSTM, {count} steps, against the reference", columns, rows)]
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
