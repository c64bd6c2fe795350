"""Whole networks in foundry transistors: calibrated on one set of inputs, scored on another."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import spicegen as sg
from benchmarks.measure import FloatArray, example, stopwatch, told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.demo.eeg_signal import eeg_like
from spicegen.network import Dense, Gru, Lstm, Network
from spicegen.paths import packaged
from spicegen.pipeline import RunResult

STEPS = 50
EEG_SEED = 0
CALIBRATION_SEEDS = range(11, 19)
CALIBRATION_STEPS = 60
"""Of each calibration sequence; the circuit itself sees `calibration.steps` of them."""

EEG_BARS = {"ideal": (0.3, 2.5), "cell": (0.1, 0.8)}
"""Mean and largest error, percent of full scale, against the network and against the cells' own
curves."""
AIRLINE_BARS = {"ideal": 2.0, "cell": 0.5}
"""Root mean square error, thousands of passengers."""
PASSENGERS_PER_UNIT = 518.0
"""Largest less least month, thousands."""
WINDOWS = 142
RANDOM_STEPS = 30
WEIGHT_DEVIATION = 0.6
NOMINAL = ("fidelity=transistor",)


@dataclass(frozen=True, slots=True)
class Case:
    """A network, what it is calibrated on, and what it is scored on."""

    name: str
    network: Network
    calibration: FloatArray
    inputs: FloatArray


@dataclass(frozen=True, slots=True)
class Scored:
    """A run of a case and what it took."""

    case: Case
    result: RunResult
    cpu_s: float

    @property
    def row(self) -> Row:
        """Sizes, supply, errors, time."""
        s = self.result.summary
        steps = s["clock"]["samples"] * s["clock"]["steps"]
        ideal, cell = s["accuracy"], s["accuracy_cell"]
        return [
            self.case.name, s["size"]["transistors"], s["size"]["opamps"],
            1e6 * s["clock"]["t_step_s"], 1e3 * s["supply"]["power_watt"],
            ideal["mean_error_pct"], ideal["max_error_pct"],
            cell["mean_error_pct"], cell["max_error_pct"], steps, self.cpu_s / steps,
        ]  # fmt: skip


COLUMNS = (
    "network", "transistors", "op-amps", "step, us:.1f", "supply, mW:.2f",
    "against ideal, mean %:.3f", "max %:.2f", "against cells' curves, mean %:.3f", "max %:.2f",
    "steps", "CPU s per step:.2f",
)  # fmt: skip


def measure(steps: int | None = None) -> Report:
    """EEG, airline and random networks, each calibrated once.

    Args:
        steps: of the EEG network; with fewer than 50, the others are shortened alike.
    """
    steps = steps or STEPS
    scored = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(steps):
            told(f"transistor: {case.name}")
            scored.append(run_case(case, Path(folder)))
            print(" ", *scored[-1].row, file=sys.stderr)
    title = f"Networks in {sg.Design(fidelity='transistor').kit.title}, typical, 27 C"
    rows: Table = table(title, COLUMNS, (one.row for one in scored))
    return Report("transistor", command_of("transistor", None), (rows,), tuple(_bars(scored)))


def cases(steps: int) -> list[Case]:
    """What is measured; calibration and scored inputs have nothing in common."""
    return [eeg_case(steps), *airline_cases(steps), *random_cases(min(RANDOM_STEPS, steps))]


def eeg_case(steps: int) -> Case:
    """The packaged network; other seeds of its synthetic signal calibrate it."""
    network, inputs = example(steps, EEG_SEED)
    length = min(CALIBRATION_STEPS, max(steps, 8))
    seen = np.stack([eeg_like(length, seed) for seed in CALIBRATION_SEEDS])
    return Case(f"EEG LSTM, {steps} steps", network, seen, inputs)


def airline_cases(steps: int) -> list[Case]:
    """Both networks of the airline example, all windows; random windows calibrate them."""
    folder = packaged("examples") / "airline"
    some = np.random.default_rng(5).random((48, 2, 1))
    kept = WINDOWS if steps >= STEPS else max(steps, 2)
    found = []
    for kind in ("lstm", "gru"):
        with np.load(folder / f"{kind}_pytorch.npz") as arrays:
            windows = arrays["inputs"][:kept]
        network = sg.load_network(folder / f"{kind}.toml")
        found.append(Case(f"airline {kind.upper()}, {kept} windows", network, some, windows))
    return found


def random_cases(steps: int) -> list[Case]:
    """Networks of other sizes."""
    return [
        random_case("LSTM", 3, 7, 2, steps, seed=7),
        random_case("GRU", 2, 3, 1, steps, seed=8),
    ]


def random_case(kind: str, features: int, units: int, outputs: int, steps: int, seed: int) -> Case:
    """A recurrent and a dense layer of normal weights; smooth random inputs."""
    draws = np.random.default_rng(seed)

    def weights(*shape: int) -> FloatArray:
        return WEIGHT_DEVIATION * draws.standard_normal(shape)

    rows = units * (4 if kind == "LSTM" else 3)
    gates = weights(rows, features), weights(rows, units), weights(rows)
    layer = Lstm("r", *gates) if kind == "LSTM" else Gru("r", *gates, weights(units))
    out = Dense("out", weights(outputs, units), weights(outputs))
    network = Network(f"random_{kind.lower()}", features, (layer, out))
    seen = np.stack([_smooth(draws, 60, features) for _ in range(8)])
    name = f"random {kind}({features}->{units}), {steps} steps"
    return Case(name, network, seen, _smooth(draws, steps, features))


def run_case(case: Case, folder: Path, overrides: Sequence[str] = (), name: str = "run") -> Scored:
    """Calibrate, simulate, score; the run directory stays in `folder`."""
    seen = folder / f"{case.network.name}.npy"
    if not seen.exists():
        np.save(seen, case.calibration)
    given = (*NOMINAL, f"calibration.inputs={seen}", *overrides)
    out = folder / f"{case.network.name}_{name}"
    with stopwatch() as usage:
        result = sg.run(case.network, case.inputs, design=sg.load_design(None, given), out=out)
    return Scored(case, result, usage.children_s)


def _smooth(draws: np.random.Generator, steps: int, features: int) -> FloatArray:
    """(step, feature) noise of two steps' memory, deviation about 1."""
    noise = draws.standard_normal((steps + 2, features))
    return np.asarray((noise[:-2] + noise[1:-1] + noise[2:]) / np.sqrt(3.0))


def _bars(scored: list[Scored]) -> list[Bar]:
    bars = []
    for one in scored:
        s = one.result.summary
        errors = {"ideal": s["accuracy"], "cell": s["accuracy_cell"]}
        for against, error in errors.items():
            if one.case.name.startswith("EEG"):
                pairs = zip(("mean", "max"), EEG_BARS[against], strict=True)
                bars += [
                    Bar(f"{one.case.name}, {which} error against {against}",
                        error[f"{which}_error_pct"], limit, "%", headline=True)
                    for which, limit in pairs
                ]  # fmt: skip
            elif one.case.name.startswith("airline"):
                bars.append(
                    Bar(f"{one.case.name}, RMSE against {against}",
                        PASSENGERS_PER_UNIT * error["rmse"], AIRLINE_BARS[against],
                        "thousand passengers", headline=True)
                )  # fmt: skip
    return bars
