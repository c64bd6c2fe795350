"""Every recurrent layer, variant and convention as a circuit; serial hardware against parallel."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

import spicegen as sg
from benchmarks.measure import FloatArray, told
from benchmarks.report import Bar, Report, Row, command_of, table
from spicegen.accuracy import error_pct
from spicegen.network import Bidirectional, Dense, Gru, Layer, Lstm, Network, Reversed, Rnn
from spicegen.network.lstm_variants import VARIANTS
from spicegen.pipeline import RunResult

INPUTS, UNITS, STEPS = 3, 8, 40
SERIAL = ("lstm np", "lstm vanilla", "gru reset after", "gru reset before")


def measure(steps: int | None = None) -> Report:
    """Accuracy of every kind, and what serial hardware changes, on random networks."""
    count = steps or STEPS
    with tempfile.TemporaryDirectory() as folder:
        accuracy = [_accuracy_row(name, layers, count, Path(folder)) for name, layers in kinds()]
        serial = [row for name in SERIAL for row in _serial_rows(name, count, Path(folder))]
    kind_columns = ["layer", "ideal mean %:.2g", "max %:.2g", "behavioural mean %:.2g", "max %:.2g"]
    counts = ["TIAs", "activations", "multipliers", "op-amps", "hold cells", "switches"]
    serial_columns = ["layer", "serial", "against parallel, max %:.2g", *counts, "step, us:.2f"]
    ideal, behavioural = (max(float(row[k]) for row in accuracy) for k in (2, 4))  # type: ignore[arg-type]
    mean = max(float(row[3]) for row in accuracy)  # type: ignore[arg-type]
    differs = max(float(row[2]) for row in serial)  # type: ignore[arg-type]
    bars = (
        Bar("ideal, max error, worst layer", ideal, 0.02, "%"),
        Bar("behavioural, mean error, worst layer", mean, 0.1, "%"),
        Bar("behavioural, max error, worst layer", behavioural, 1.0, "%"),
        Bar("serial against parallel, max difference", differs, 0.1, "%"),
    )
    size = f"random weights, {INPUTS} inputs, {UNITS} units, {count} steps"
    tables = (
        table(f"Every layer as a circuit, {size}", kind_columns, accuracy),
        table(f"Serial hardware, behavioural, {size}; bare layers", serial_columns, serial),
    )
    return Report("layers", command_of("layers", steps), tables, bars)


def kinds() -> list[tuple[str, tuple[Layer, ...]]]:
    """Every kind, variant and convention, alone and combined."""
    made: list[tuple[str, tuple[Layer, ...]]] = [
        (f"lstm {variant}", (lstm(variant, 1),)) for variant in VARIANTS
    ]
    made += [("gru reset after", (gru(True, 2),)), ("gru reset before", (gru(False, 2),))]
    made += [(f"rnn {kind}", (rnn(kind, 3),)) for kind in ("tanh", "sigmoid", "relu", "linear")]
    made += [
        ("lstm, gru, rnn", (lstm("np", 4), gru(True, 5, UNITS, "two"), rnn("tanh", 6, UNITS))),
        ("bidirectional lstm", (Bidirectional("both", lstm("np", 7), lstm("np", 8)),)),
        ("bidirectional gru", (Bidirectional("both", gru(True, 9), gru(False, 10)),)),
        ("reversed lstm", (Reversed("back", lstm("np", 11)),)),
    ]
    return made


def lstm(variant: str, seed: int, inputs: int = INPUTS) -> Lstm:
    """A random LSTM with every array its variant may have."""
    draw, cell = np.random.default_rng(seed), VARIANTS[variant]
    more = {f"peephole_{gate}": draw.normal(0, 0.5, UNITS) for gate in cell.peepholes}
    if cell.gate_recurrence:
        more["gates_hh"] = draw.normal(0, 0.3, (3 * UNITS, 3 * UNITS))
    shapes = ((4 * UNITS, inputs), (4 * UNITS, UNITS), (4 * UNITS,))
    weights = [draw.normal(0, 0.5, shape) for shape in shapes]
    return Lstm("one", *weights, variant=variant, **more)  # type: ignore[arg-type]


def gru(reset_after: bool, seed: int, inputs: int = INPUTS, name: str = "one") -> Gru:
    """A random GRU."""
    draw = np.random.default_rng(seed)
    shapes = ((3 * UNITS, inputs), (3 * UNITS, UNITS), (3 * UNITS,))
    inner = draw.normal(0, 0.5, UNITS) * reset_after
    return Gru(name, *(draw.normal(0, 0.5, shape) for shape in shapes), inner, reset_after)


def rnn(activation: str, seed: int, inputs: int = INPUTS) -> Rnn:
    """A random simple layer whose unbounded recurrences stay small."""
    draw = np.random.default_rng(seed)
    weights = draw.normal(0, 0.5, (UNITS, inputs)), draw.normal(0, 0.15, (UNITS, UNITS))
    return Rnn("three", *weights, draw.normal(0, 0.5, UNITS), activation)  # type: ignore[arg-type]


def signal(steps: int) -> FloatArray:
    """(step, feature) inputs."""
    return np.random.default_rng(0).uniform(-1, 1, (steps, INPUTS))


def _run(layers: tuple[Layer, ...], steps: int, out: Path, *overrides: str) -> RunResult:
    design = sg.load_design(None, ["simulation.save=outputs", *overrides])
    network = Network("layers", INPUTS, layers)
    return sg.run(network, signal(steps), design=design, out=out, force=True)


def _accuracy_row(name: str, layers: tuple[Layer, ...], steps: int, folder: Path) -> Row:
    told(f"layers: {name}")
    draw = np.random.default_rng(99)
    last = Dense("out", draw.uniform(-1, 1, (2, layers[-1].output_size)), np.zeros(2))
    row: list[float | str] = [name]
    for fidelity in ("ideal", "behavioural"):
        score = _run((*layers, last), steps, folder / "run", f"fidelity={fidelity}").accuracy
        row += [score.mean_error_pct, score.max_error_pct]
    return row


def _serial_rows(name: str, steps: int, folder: Path) -> list[Row]:
    layers, rows = dict(kinds())[name], list[Row]()
    parallel: RunResult | None = None
    for serial in (1, 2, 4):
        told(f"layers: {name}, serial {serial}")
        result = _run(layers, steps, folder / f"serial{serial}", f"timing.serial={serial}")
        parallel = parallel or result
        differs = float(error_pct(result.outputs, parallel.outputs).max())
        size, clock = result.summary["size"], result.summary["clock"]
        counts = [size[part] for part in ("tias", "activations", "multipliers", "opamps")]
        counts += [size[part] for part in ("hold_cells", "switches")]
        rows.append([name, serial, differs, *counts, 1e6 * clock["t_step_s"]])
    return rows
