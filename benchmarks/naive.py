"""The clocked transient of one LSTM against a deck written the obvious way."""

from __future__ import annotations

import statistics
import tempfile
from functools import partial
from pathlib import Path

import spicegen as sg
from benchmarks.measure import TIMEOUT_S, FloatArray, Measured, run, stopwatch
from benchmarks.naive_deck import V_UNIT_VOLTS, NaiveDeck, naive_lstm
from benchmarks.networks import lstm
from benchmarks.report import Bar, Report, Row, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio
from spicegen.accuracy import Accuracy, compare
from spicegen.engine import Job, select
from spicegen.network import Network
from spicegen.waveforms import Waveforms

INPUTS, UNITS, STEPS, DEVIATION = 4, 8, 1000, 0.6
SIMULATED = 40
"""Steps of the naive deck that are simulated; its sources are there for all."""
RATIO_BAR, ERROR_BAR_PCT = 25.0, 0.01
PLAIN = "ours, as plain as the naive one"
SETTINGS = (
    "simulation.save=outputs",
    "sample_hold.q_injection_coulomb=0",
    "sample_hold.i_leak_ampere=0",
    "mapping.cells=transconductance",
    "simulation.reltol=1e-2",
)
"""Hold cells without injected charge and leakage, as those of the naive deck; pairs of
memristors as controlled sources; a looser Newton criterion, which changes the error little."""


def measure(steps: int | None = None) -> Report:
    """Naive deck and ours in turns, then the default design once."""
    count = steps or STEPS
    network, inputs = lstm(INPUTS, UNITS, count, DEVIATION)
    simulated = min(SIMULATED, count)
    deck = naive_lstm(network.layers[0], inputs, simulated, sg.Design())  # type: ignore[arg-type]
    naive, ours = f"naive deck, first {simulated} of {count} steps", f"{PLAIN}, all steps"
    sides = {
        naive: partial(simulate_naive, deck, network, inputs[:simulated]),
        ours: partial(_ours, network, inputs, SETTINGS),
    }
    found = in_turns("naive", sides, PAIRS)
    default = _ours(network, inputs, SETTINGS[:1])
    rows: list[Row] = [_row(name, runs) for name, runs in found.items()]
    rows.append(_row("ours, default design, one run", [default]))
    columns = ["deck", "elements:,", "points/step:.1f", "engine CPU, ms/step:.2f", "mean %:.4f"]
    columns.append("max %:.4f")
    cost = {name: [run[0] for run in runs] for name, runs in found.items()}
    ratio = median_ratio(cost[naive], cost[ours])
    title = f"LSTM({INPUTS}->{UNITS}), {count} steps, behavioural transient"
    bars = (
        Bar(f"{title}: naive deck / ours", ratio, RATIO_BAR, "times", True, headline=True),
        Bar(
            f"{title}: max error", found[ours][0][3].max_error_pct, ERROR_BAR_PCT, "%", False, True
        ),
    )
    notes = (f"medians of {PAIRS} turns; ours with {', '.join(SETTINGS[1:])}",)
    tables = (table(title, columns, rows),)
    return Report("naive", command_of("naive", steps), tables, bars, notes)


Run = tuple[float, float, int, Accuracy]
"""Engine time and points per step, elements, and accuracy."""


def simulate_naive(deck: NaiveDeck, network: Network, inputs: FloatArray) -> Run:
    """Run a naive deck in ngspice, one thread as every run, and compare.

    Args:
        deck: of the network's only layer.
        network: the reference.
        inputs: (step, feature) of the simulated steps.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "naive.cir"
        path.write_text(deck.text, encoding="ascii")
        raw, log = folder / "naive.raw", folder / "naive.log"
        job = Job(path, raw, log, deck.vectors, float(deck.t_read_s[-1]), TIMEOUT_S)
        with stopwatch() as usage:
            record = select("ngspice").engine.simulate(job)
        volts = Waveforms.from_raw(raw).at(deck.vectors, deck.t_read_s)
    accuracy = compare(volts / V_UNIT_VOLTS, network.forward(inputs).outputs)
    count = len(inputs)
    return 1e3 * usage.children_s / count, record.points / count, deck.elements, accuracy


def _ours(network: Network, inputs: FloatArray, overrides: tuple[str, ...]) -> Run:
    one: Measured = run(network, inputs, overrides)
    return one.cpu_ms_per_step, one.points_per_step, one.devices, one.accuracy


def _row(name: str, runs: list[Run]) -> Row:
    cost = statistics.median(run[0] for run in runs)
    _, points, elements, accuracy = runs[0]
    return [name, elements, points, cost, accuracy.mean_error_pct, accuracy.max_error_pct]
