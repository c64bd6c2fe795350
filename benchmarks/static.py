"""Static analysis: against the transient, and how large networks may become.

python -m benchmarks.static [CASE ...]
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

import spicegen as sg
from benchmarks.measure import FloatArray, Measured, run_into, told
from benchmarks.report import Bar, Report, Row, table
from spicegen.accuracy import error_pct
from spicegen.network import Dense, Lstm, Network

STATIC = ("simulation.analysis=static", "simulation.save=outputs")
SETTLED = (
    "sample_hold.q_injection_coulomb=0",
    "sample_hold.i_leak_ampere=0",
    "timing.settle_error=1e-6",
    "simulation.save=outputs",
)
"""A transient in which nothing is left that a static analysis does not show."""
LSTM_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Case:
    """A network, its inputs, and what it has to reach.

    Attributes:
        title: for the table.
        make: gives network and inputs.
        s_per_point: bar of wall-clock seconds of the engine per step or sample; 0: none.
        s_total: bar of seconds for everything; 0: none.
        max_pct: bar of the largest error, percent of full scale.
        classes: the bar is agreement of the largest output, 99.9 %.
    """

    title: str
    make: Callable[[], tuple[Network, FloatArray]]
    s_per_point: float = 0.0
    s_total: float = 0.0
    max_pct: float = 100.0
    classes: bool = False


def lstm(inputs: int, units: int, steps: int) -> tuple[Network, FloatArray]:
    """One LSTM; weights of a trained network's size, 1 / sqrt(units)."""
    draw, size = np.random.default_rng(1), 1 / np.sqrt(units)
    shapes = ((4 * units, inputs), (4 * units, units), (4 * units,))
    w_ih, w_hh, bias = (draw.uniform(-size, size, shape) for shape in shapes)
    layer = Lstm("lstm", w_ih, w_hh, bias)
    return Network("lstm", inputs, (layer,)), draw.uniform(-1, 1, (steps, inputs))


def mlp(*sizes: int, samples: int) -> tuple[Network, FloatArray]:
    """Dense ReLU layers, the last one linear; inputs like pixels."""
    draw = np.random.default_rng(1)
    layers = [
        Dense(
            f"d{k}",
            draw.uniform(-1, 1, (b, a)) * np.sqrt(3 / a),
            draw.uniform(-1, 1, b) / np.sqrt(a),
            "linear" if k == len(sizes) - 2 else "relu",
        )
        for k, (a, b) in enumerate(pairwise(sizes))
    ]
    return Network("mlp", sizes[0], tuple(layers)), draw.uniform(0, 1, (samples, sizes[0]))


CASES = {
    "lstm128": Case(
        "LSTM hidden 128, 100 steps", lambda: lstm(16, 128, 100), s_per_point=60e-3, max_pct=0.02
    ),
    "mlp784": Case(
        "MLP 784-128-10, 1000 samples",
        lambda: mlp(784, 128, 10, samples=1000),
        s_per_point=10e-3,
        classes=True,
    ),
    "mlp400": Case(
        "MLP 400-120-84-10, 100 samples", lambda: mlp(400, 120, 84, 10, samples=100), s_total=1.5
    ),
    "lstm512": Case("LSTM hidden 512, 10 steps", lambda: lstm(16, 512, 10), max_pct=0.1),
}


def measure(steps: int | None = None, names: Sequence[str] = ("lstm", *CASES)) -> Report:
    """The chosen cases."""
    tables, bars = [], list[Bar]()
    if "lstm" in names:
        rows, met = _against_transient(steps or LSTM_STEPS)
        columns = ["analysis", "max %:.4f", "points", "CPU, s:.2f", "wall, s:.2f", "all, s:.2f"]
        tables.append(table(f"LSTM(4->8), {steps or LSTM_STEPS} steps", columns, rows))
        bars += met
    rows = []
    for name in [name for name in CASES if name in names]:
        row, met = _case(CASES[name])
        rows.append(row)
        bars += met
    if rows:
        columns = [
            "network", "devices", "max %:.4f", "CPU, s:.2f", "wall, s:.2f", "all, s:.2f",
            "ms/point, CPU:.1f", "ms/point, wall:.1f", "peak, GB:.2f",
        ]  # fmt: skip
        tables.append(table("Static analysis of larger networks", columns, rows))
    return Report("static", "python -m benchmarks.static", tuple(tables), tuple(bars))


def _against_transient(steps: int) -> tuple[list[Row], list[Bar]]:
    network, inputs = lstm(4, 8, steps)
    reference = network.forward(inputs).outputs
    runs: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, sets in (("static", STATIC), ("transient", SETTLED)):
            told(f"static: LSTM(4->8), {name}")
            runs[name] = run_into(Path(folder) / name, network, inputs, sets)
        told("static: LSTM(4->8), transient of the default design")
        runs["transient, default"] = run_into(Path(folder) / "default", network, inputs, STATIC[1:])
    still, moving = runs["static"], runs["transient"]
    apart = float(error_pct(still.analog - moving.analog + reference, reference).max())
    rows: list[Row] = [
        [name, one.max_pct, one.points, one.cpu_s, one.wall_s, one.total_s]
        for name, one in runs.items()
    ]
    default = runs["transient, default"]
    return rows, [
        Bar("transient over static, CPU", default.cpu_s / still.cpu_s, 20, "times", at_least=True),
        Bar("transient over static, wall", default.wall_s / still.wall_s, 20, "times", True),
        Bar("static - settled transient, max", apart, 0.01, "%"),
    ]


def _case(case: Case) -> tuple[Row, list[Bar]]:
    told(f"static: {case.title}")
    network, inputs = case.make()
    with tempfile.TemporaryDirectory() as folder:
        one = run_into(Path(folder) / "run", network, inputs, STATIC)
        agreement = sg.open_run(Path(folder) / "run").accuracy.agreement_pct
    # the largest child so far: cases run from small to large
    peak_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    points = len(inputs)
    row: Row = [
        case.title, one.devices, one.max_pct, one.cpu_s, one.wall_s, one.total_s,
        1e3 * one.cpu_s / points, 1e3 * one.wall_s / points, peak_gb,
    ]  # fmt: skip
    bars = [Bar(f"{case.title}, max", one.max_pct, case.max_pct, "%")]
    if case.s_per_point:
        limit = case.s_per_point * 1e3
        bars.append(Bar(f"{case.title}, wall", 1e3 * one.wall_s / points, limit, "ms/point"))
    if case.s_total:
        bars.append(Bar(f"{case.title}, all", one.total_s, case.s_total, "s"))
    if case.classes and agreement is not None:
        bars.append(Bar(f"{case.title}, argmax agrees", agreement, 99.9, "%", at_least=True))
    return row, bars


if __name__ == "__main__":
    print(measure(None, sys.argv[1:] or ("lstm", *CASES)).as_text())
