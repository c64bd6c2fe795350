"""Static analysis: against the clocked transient, and how large networks may become."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import spicegen as sg
from benchmarks.measure import FloatArray, Measured, python_json, run, run_into, told
from benchmarks.networks import classifier, lstm, mlp
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio
from spicegen.accuracy import error_pct
from spicegen.network import Network

STATIC = ("simulation.analysis=static", "simulation.save=outputs")
DEFAULT = ("simulation.save=outputs",)
SETTLED = (
    *DEFAULT,
    "sample_hold.q_injection_coulomb=0",
    "sample_hold.i_leak_ampere=0",
    "timing.settle_error=1e-6",
)
"""A transient in which nothing is left that a static analysis does not show."""
LSTM_STEPS = 1000
RATIO_BAR, APART_BAR_PCT = 20.0, 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """A network, its inputs, and what it has to reach.

    Attributes:
        title: for the table.
        make: gives network and inputs.
        repeats: processes that run it; medians count.
        overrides: of the design, besides `STATIC`.
        ms_per_point: bar of wall-clock time per step or sample, from network to result; 0: none.
        s_total: bar of seconds for everything from network to result; 0: none.
        max_pct: bar of the largest error, percent of full scale; 0: none.
        classes: agreement of the largest output has a bar of 99.9 %.
        peak_gb: bar of the engine's memory, GB; 0: none.
    """

    title: str
    make: Callable[[], tuple[Network, FloatArray]]
    repeats: int = 3
    overrides: tuple[str, ...] = ()
    ms_per_point: float = 0.0
    s_total: float = 0.0
    max_pct: float = 0.0
    classes: bool = False
    peak_gb: float = 0.0


CASES = {
    "lstm128": Case(
        "LSTM hidden 128, 100 steps", partial(lstm, 16, 128, 100), ms_per_point=60.0, max_pct=0.02
    ),
    "mlp784": Case(
        "MLP 784-128-10, 1000 samples, two processes",
        partial(classifier, 1000),
        overrides=("simulation.jobs=2",),
        ms_per_point=10.0,
        classes=True,
    ),
    "mlp400": Case(
        "MLP 400-120-84-10, 100 samples",
        partial(mlp, 400, 120, 84, 10, samples=100),
        repeats=PAIRS,
        s_total=1.5,
    ),
    "lstm512": Case(
        "LSTM hidden 512, 10 steps", partial(lstm, 16, 512, 10), 1, max_pct=0.1, peak_gb=8.0
    ),
}


def measure(steps: int | None = None, names: Sequence[str] = tuple(CASES)) -> Report:
    """The LSTM against its own transient, then the chosen cases."""
    against, bars = _against_transient(steps or LSTM_STEPS)
    rows: list[Row] = []
    for name in names:
        row, met = _rows(name)
        rows.append(row)
        bars += met
    columns = [
        "network", "devices:,", "max %:.4f", "argmax, %:.2f", "engine CPU, s:.2f",
        "all, s:.2f", "CPU, ms/point:.1f", "all, ms/point:.1f", "peak, GB:.2f", "runs",
    ]  # fmt: skip
    tables = [against]
    if rows:
        tables.append(table("Static analysis of larger networks; medians", columns, rows))
    return Report("static", command_of("static", steps), tuple(tables), tuple(bars))


def _against_transient(steps: int) -> tuple[Table, list[Bar]]:
    """Static and default transient in turns, then the settled transient once."""
    network, inputs = lstm(4, 8, steps, 0.6)
    reference = network.forward(inputs).outputs
    title = f"LSTM(4->8), {steps} steps"
    sides = {
        name: partial(run, network, inputs, sets)
        for name, sets in (("static", STATIC), ("transient, default design", DEFAULT))
    }
    found = in_turns("static", sides, PAIRS)
    told("static: settled transient")
    found["transient, settled, one run"] = [run(network, inputs, SETTLED)]
    still, moving, settled = found.values()
    apart = float(error_pct(still[0].analog - settled[0].analog + reference, reference).max())
    rows: list[Row] = [
        [
            name,
            runs[0].mean_pct,
            runs[0].max_pct,
            runs[0].points,
            *(statistics.median(getattr(one, of) for one in runs) for of in ("cpu_s", "wall_s")),
        ]
        for name, runs in found.items()
    ]
    ratios = {
        of: median_ratio([getattr(one, of) for one in moving], [getattr(one, of) for one in still])
        for of in ("cpu_s", "wall_s")
    }
    columns = ["analysis", "mean %:.4f", "max %:.4f", "points:,", "CPU, s:.2f", "wall, s:.2f"]
    bars = [
        Bar(f"{title}: transient / static, CPU", ratios["cpu_s"], RATIO_BAR, "times", True, True),
        Bar(f"{title}: transient / static, wall", ratios["wall_s"], RATIO_BAR, "times", True),
        Bar(f"{title}: static - settled transient, max", apart, APART_BAR_PCT, "%", False, True),
    ]
    return table(f"{title}; medians of {PAIRS} turns", columns, rows), bars


def _rows(name: str) -> tuple[Row, list[Bar]]:
    case = CASES[name]
    runs: list[dict[str, Any]] = []
    for turn in range(case.repeats):
        told(f"static: {case.title}, {turn + 1} of {case.repeats}")
        runs.append(python_json("benchmarks.static", name))
    one = {
        key: statistics.median(found[key] for found in runs)
        for key in ("cpu_s", "total_s", "peak_gb")
    }
    first = runs[0]
    ms = [1e3 * one[key] / first["points"] for key in ("cpu_s", "total_s")]
    row: Row = [
        case.title, first["devices"], first["max_pct"], first["agreement_pct"], one["cpu_s"],
        one["total_s"], *ms, one["peak_gb"], case.repeats,
    ]  # fmt: skip
    bars = []
    if case.ms_per_point:
        bars.append(_bar(case, "everything", ms[1], case.ms_per_point, "ms/point"))
    if case.s_total:
        bars.append(_bar(case, "everything", one["total_s"], case.s_total, "s"))
    if case.peak_gb:
        bars.append(_bar(case, "memory", one["peak_gb"], case.peak_gb, "GB"))
    if case.max_pct:
        bars.append(_bar(case, "max error", first["max_pct"], case.max_pct, "%"))
    if case.classes:
        agreement = first["agreement_pct"]
        what = f"{case.title}: argmax agrees with the reference"
        bars.append(Bar(what, agreement, 99.9, "%", at_least=True, headline=True))
    return row, bars


def _bar(case: Case, what: str, measured: float, limit: float, unit: str) -> Bar:
    return Bar(f"{case.title}: {what}", measured, limit, unit, headline=True)


def case_here(name: str) -> dict[str, Any]:
    """One run of a case in this process, so that memory and first use are its own."""
    case = CASES[name]
    network, inputs = case.make()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        one: Measured = run_into(out, network, inputs, (*STATIC, *case.overrides))
        agreement = sg.open_run(out).accuracy.agreement_pct
    return {
        "points": len(inputs),
        "devices": one.devices,
        "max_pct": one.max_pct,
        "agreement_pct": agreement,
        "cpu_s": one.cpu_s,
        "total_s": one.total_s,
        "peak_gb": one.peak_gb,
    }


if __name__ == "__main__":
    print(json.dumps(case_here(sys.argv[1])))
