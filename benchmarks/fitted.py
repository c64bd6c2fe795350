"""Behavioural models fitted to data sheets against the transistors they stand for.

One calibration, one network, the same inputs; both decks are drawn from the same graph.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

import spicegen as sg
from benchmarks.measure import FloatArray, told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.transistor import Case, Scored, eeg_case, run_case
from spicegen import rundir
from spicegen.calibration import fitted_cells
from spicegen.demo.eeg_signal import eeg_like

STEPS = 16
SEED = 1
FITTED, TRANSISTOR = "fitted models", "transistors"
TIGHT = "fitted models, tight tolerances"
TOLERANCES = (
    "simulation.reltol=1e-5",
    "simulation.vntol_volts=1e-8",
    "simulation.trtol=5",
)
FACTOR, SPEED = 2.0, 20.0
"""Bars: the mean error is told within this factor, the engine is this much faster."""


def measure(steps: int | None = None) -> Report:
    """Transistors once, between two runs of the fitted deck.

    Args:
        steps: of the network.
    """
    case = eeg_case(steps or STEPS)
    case = replace(case, inputs=eeg_like(steps or STEPS, SEED, channels=case.network.input_size))
    fitted_cells(sg.Design(fidelity="transistor"))  # data sheets are no part of a run
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told("fitted: calibration")
        given = [f"calibration.file={_calibration(case, folder)}"]
        models = [*given, "pdk.models=behavioural"]
        told("fitted: fitted models, transistors, fitted models")
        first = run_case(case, folder, models, "first")
        slow = run_case(case, folder, given, "transistors")
        second = run_case(case, folder, models, "second")
        tight = run_case(case, folder, [*models, *TOLERANCES], "tight")
    fast_s = statistics.mean((_engine_s(first), _engine_s(second)))
    decks = {TRANSISTOR: (slow, _engine_s(slow)), FITTED: (second, fast_s)}
    decks[TIGHT] = (tight, _engine_s(tight))
    factor = second.result.accuracy.mean_error_pct / slow.result.accuracy.mean_error_pct
    return Report(
        "fitted",
        command_of("fitted", steps),
        (_decks(decks, slow.result.outputs), _residuals()),
        (
            Bar("mean error told too high by a factor of", factor, FACTOR, ""),
            Bar("mean error told too low by a factor of", 1 / factor, FACTOR, ""),
            Bar("engine CPU time, transistors over fitted models", _engine_s(slow) / fast_s,
                SPEED, "times", at_least=True, headline=True),
        ),
    )  # fmt: skip


def _calibration(case: Case, folder: Path) -> Path:
    """Trims from data sheets, found while the fitted deck is written."""
    seen = folder / f"{case.network.name}.npy"
    np.save(seen, case.calibration)
    given = ["fidelity=transistor", "calibration.method=datasheet", f"calibration.inputs={seen}"]
    out = folder / "calibration"
    sg.emit(case.network, case.inputs, sg.load_design(None, given), out)
    return out / rundir.CALIBRATION


def _engine_s(scored: Scored) -> float:
    """Processor time of the attempt that passed, s: of all, by its share of their time."""
    attempts = scored.result.summary["engine"]["attempts"]
    return scored.cpu_s * attempts[-1]["seconds"] / sum(each["seconds"] for each in attempts)


def _decks(decks: dict[str, tuple[Scored, float]], wanted: FloatArray) -> Table:
    columns = [
        "deck", "transistors", "elements", "against ideal, mean %:.3f", "max %:.2f",
        "against cells' curves, mean %:.3f", "max %:.2f", "against transistors, mean %:.3f",
        "max %:.2f", "points/step:.0f", "engine CPU, ms/step:.0f",
    ]  # fmt: skip
    rows: list[Row] = []
    for name, (scored, cpu_s) in decks.items():
        result, s = scored.result, scored.result.summary
        steps = s["clock"]["samples"] * s["clock"]["steps"]
        apart = 100 * np.abs(result.outputs - wanted) / np.ptp(result.reference, axis=0)
        rows.append(
            [
                name,
                s["size"]["transistors"],
                s["size"]["devices"],
                s["accuracy"]["mean_error_pct"],
                s["accuracy"]["max_error_pct"],
                s["accuracy_cell"]["mean_error_pct"],
                s["accuracy_cell"]["max_error_pct"],
                float(apart.mean()) if name != TRANSISTOR else None,
                float(apart.max()) if name != TRANSISTOR else None,
                s["points"] / steps,
                1e3 * cpu_s / steps,
            ]
        )
    steps = next(iter(decks.values()))[0].result.reference.shape[0]
    return table(f"EEG LSTM, {steps} steps, one calibration", columns, rows)


def _residuals() -> Table:
    cells = fitted_cells(sg.Design(fidelity="transistor"))
    curves = {"tanh": cells.tanh, "sigmoid": cells.sigmoid, "gate sigmoid": cells.gate}
    rows: list[Row] = [
        [name, "% of full scale", *curve.residual_pct] for name, curve in curves.items()
    ]
    rows.append(["multiplier", "% of full scale", *cells.product.residual_pct])
    rows.append(["op-amp, input error", "uV", 1e6 * cells.opamp.residual_volts, None])
    rows.append(["sample-and-hold, injection", "uV", 1e6 * cells.hold.residual_volts, None])
    return table(
        "What the fits leave of the data sheets", ["cell", "unit", "max:.3f", "rms:.4f"], rows
    )
