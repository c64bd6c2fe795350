"""How the time of the engine grows with the hidden size and with the number of steps."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.measure import FloatArray, Measured, run, told
from benchmarks.networks import lstm
from benchmarks.report import Bar, Report, Row, Table, command_of, table

SIZES = {"static": (16, 32, 64, 128, 256), "transient": (16, 32, 64)}
FEW = 5
"""Steps of a run that is nearly all start: what a longer one takes beyond it is its steps."""
UNIT_STEPS = {"static": 16_000, "transient": 960}
"""Steps beyond these, times hidden units: small networks need many to be measured."""
STEPS = {
    "static": (10, 30, 100, 300, 1000, 3000, 10_000),
    "transient": (10, 30, 100, 300, 1000),
}
LONG_SIZES = {"static": (), "transient": (128, 256)}
LONG_STEPS = {"static": (), "transient": (3000, 10_000)}
"""What `--long` adds."""
REPEATS = 3
LINEAR_BAR_PCT = 10.0
OVERRIDES = ("simulation.save=outputs", "simulation.timeout_s=7200")


def measure(steps: int | None = None, long: bool = False) -> Report:
    """Both analyses over hidden sizes, then over steps.

    Args:
        steps: longest run of the second table.
        long: also what takes a quarter of an hour.
    """
    rows = [
        _size_row(analysis, size)
        for analysis, sizes in SIZES.items()
        for size in (*sizes, *(LONG_SIZES[analysis] if long else ()))
    ]
    columns = ["analysis", "hidden units", "devices:,", "steps", "start, CPU s:.2f"]
    columns += ["CPU, ms/step:.2f", "max %:.4f"]
    by_size = table("LSTM(16->n)", columns, rows)
    tables, bars = [by_size], []
    for analysis, counts in STEPS.items():
        several = (*counts, *(LONG_STEPS[analysis] if long else ()))
        chosen = [count for count in several if steps is None or count <= steps]
        made, bar = _over_steps(analysis, chosen)
        tables.append(made)
        bars.append(bar)
    return Report("growth", command_of("growth", steps, long), tuple(tables), tuple(bars))


def draw(report: Report, path: Path) -> None:
    """The figure of a report: two panels, logarithmic axes.

    Args:
        report: of `measure`.
        path: PNG file to write.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    by_size, *by_steps = report.tables
    for analysis in dict.fromkeys(row[0] for row in by_size.rows):
        points = [(row[1], row[5]) for row in by_size.rows if row[0] == analysis]
        left.loglog(*zip(*points, strict=True), "o-", label=str(analysis))
    left.set(xlabel="hidden units", ylabel="engine CPU time, ms per step", title="LSTM(16->n)")
    left.set_xticks(sorted({int(row[1]) for row in by_size.rows}))  # type: ignore[arg-type]
    left.xaxis.set_major_formatter("{x:.0f}")
    left.minorticks_off()
    for made in by_steps:
        steps, seconds, fitted = (np.array([row[k] for row in made.rows], float) for k in range(3))
        (line,) = right.loglog(steps, seconds, "o", label=made.title.split(",")[1].strip())
        between = np.geomspace(steps[0], steps[-1], 200)
        right.loglog(between, np.interp(between, steps, fitted), color=line.get_color(), lw=1.0)
    right.set(xlabel="steps", ylabel="engine CPU time, s", title="LSTM(4->8); lines: start + steps")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _run(
    analysis: str, inputs_units: tuple[int, int], steps: int, deviation: float | None
) -> Measured:
    network, inputs = lstm(*inputs_units, steps, deviation)
    return run(network, inputs, (f"simulation.analysis={analysis}", *OVERRIDES))


def _size_row(analysis: str, size: int) -> Row:
    """Start and time per step, from a short and a longer run."""
    told(f"growth: {analysis}, {size} units")
    more = UNIT_STEPS[analysis] // size
    short = _run(analysis, (16, size), FEW, None)
    one = _run(analysis, (16, size), FEW + more, None)
    step_s = (one.cpu_s - short.cpu_s) / more
    start_s = short.cpu_s - FEW * step_s
    return [analysis, size, one.devices, FEW + more, start_s, 1e3 * step_s, one.max_pct]


def _over_steps(analysis: str, counts: Sequence[int]) -> tuple[Table, Bar]:
    """Median times, and how far they are from start + steps * constant."""
    seconds = []
    for count in counts:
        told(f"growth: {analysis}, {count} steps")
        runs = [_run(analysis, (4, 8), count, 0.6) for _ in range(REPEATS)]
        seconds.append(statistics.median(one.cpu_s for one in runs))
    fitted = straight_line(np.array(counts, float), np.array(seconds))
    deviation = 100.0 * (np.array(seconds) / fitted - 1.0)
    rows: list[Row] = [
        [count, second, float(line), float(off), 1e3 * second / count]
        for count, second, line, off in zip(counts, seconds, fitted, deviation, strict=True)
    ]
    columns = ["steps:,", "CPU, s:.2f", "start + steps, s:.2f", "off by, %:+.1f", "ms/step:.2f"]
    title = f"LSTM(4->8), {analysis}, medians of {REPEATS} runs"
    worst = float(np.abs(deviation).max())
    what = f"{analysis}, {counts[0]} to {counts[-1]} steps: largest deviation from a straight line"
    return table(title, columns, rows), Bar(what, worst, LINEAR_BAR_PCT, "%", headline=True)


def straight_line(steps: FloatArray, seconds: FloatArray) -> FloatArray:
    """Times of a start and a constant time per step, fitted to relative errors.

    Args:
        steps, seconds: (run,) what was measured.
    Returns:
        (run,) fitted seconds.
    """
    design = np.stack([np.ones_like(steps), steps], axis=1)
    weighted = design / seconds[:, None]
    found, *_ = np.linalg.lstsq(weighted, np.ones_like(seconds), rcond=None)
    return np.asarray(design @ found)
