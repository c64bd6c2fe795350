"""Tanh and sigmoid cells: transfer curve, its fit, noise, settling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from spicegen.cells.bench import Measurement, Reading, Runs, bench
from spicegen.cells.settling import settling_s, there_and_back
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Ac, Axis, Dc, Instance, Noise, Source, Sweep, Transient
from spicegen.design import Design
from spicegen.errors import SimulationError

FloatArray = NDArray[np.float64]
Shape = Callable[[FloatArray], FloatArray]

RANGE_VOLTS = 0.95
STEP_VOLTS = 0.5e-3
SPAN = 6.0
"""Inputs of the fit, in units of the scale, either side."""
NOISE_HERTZ = (1.0, 1e9)
HELD_S, FINE_S = 50e-6, 20e-9


def benches(cell: str, design: Design) -> dict[str, Circuit]:
    """Transfer curve, a step there and back, and noise at the middle."""
    common = design.signal.v_common_volts
    top = min(RANGE_VOLTS, design.v_supply_volts - common)
    low = -min(RANGE_VOLTS, common)
    points = round((top - low) / STEP_VOLTS) + 1
    dut = (Instance("cell", cell, ("in", "out", "cm")),)
    drive = Source("in", "in", "cm", Dc(0.0))
    quiet = Source("in", "in", "cm", Ac(0.0))
    swing = 3 * _unit_volts(cell, design)
    step = Source("in", "in", "cm", there_and_back(-swing, swing, HELD_S))
    saved = ("in", "out", "cm", "vy")
    sweep = Sweep((Axis("in", low, top, points),))
    timed = Transient(3 * HELD_S, FINE_S, from_rest=True)
    noise = Noise("out", "cm", "in", *NOISE_HERTZ)
    return {
        "transfer": bench(design, (cell,), dut, (drive,), saved, sweep),
        "step": bench(design, (cell,), dut, (step,), saved, timed),
        "noise": bench(design, (cell,), dut, (quiet,), ("out",), noise),
    }


def read(cell: str, design: Design, runs: Runs) -> Reading:
    """Fit and curve of the cell."""
    plot = runs["transfer"].plot
    base = "vy" if cell == "sigmoid_gate" else "cm"
    x, y = np.array(plot["in"] - plot["cm"]), np.array(plot["out"] - plot[base])
    shape: Shape = np.tanh if cell == "tanh" else logistic
    values, left = fit(x, y, shape, _unit_volts(cell, design))
    values["noise_volts"] = float(runs["noise"].plot["v(onoise_total)"][0])
    step = runs["step"]
    out, t_s = step["out"].values, step.t_s
    values["t_settle_s"] = max(
        settling_s(t_s, out, start, start + HELD_S, 1e-3) for start in (HELD_S, 2 * HELD_S)
    )
    return values, {"transfer": {"x_volts": x, "y_volts": y}, "shape_error": left}


def fit(
    x_volts: FloatArray, y_volts: FloatArray, shape: Shape, unit_volts: float
) -> tuple[dict[str, float], dict[str, FloatArray]]:
    """Amplitude * shape((x - offset) / scale) + output offset, by least squares over the span.

    Args:
        x_volts, y_volts: (points,) the curve, x in equal steps.
        shape: tanh or logistic.
        unit_volts: a first guess of the scale.
    Returns:
        The four parameters with the errors of what is left, percent of full scale; and these
        errors over x in units of the scale, within the span.
    Raises:
        SimulationError: no such curve fits.
    """

    def model(
        x: FloatArray, scale: float, offset: float, amplitude: float, output: float
    ) -> FloatArray:
        return amplitude * shape((x - offset) / scale) + output

    swing = float(y_volts[-1] - y_volts[0])
    two_sided = shape is np.tanh
    guess = [unit_volts, 0.0, swing / (2 if two_sided else 1), float(y_volts[0])]
    if two_sided:
        guess[3] = float(y_volts[0] + y_volts[-1]) / 2
    inside = np.abs(x_volts) < SPAN * unit_volts
    for _ in range(3):  # the span is counted in what is fitted
        try:
            guess = list(curve_fit(model, x_volts[inside], y_volts[inside], p0=guess)[0])
        except (RuntimeError, TypeError) as error:  # no convergence; fewer points than unknowns
            raise SimulationError(f"the transfer curve is no {shape.__name__}: {error}") from error
        inside = np.abs(x_volts - guess[1]) <= SPAN * guess[0]
    scale, offset, amplitude, output = map(float, guess)
    full = abs(amplitude) * (2 if two_sided else 1)
    left = (y_volts - model(x_volts, *guess))[inside] / full
    values = {
        "v_scale_volts": scale,
        "v_offset_volts": offset,
        "v_amplitude_volts": amplitude,
        "v_output_offset_volts": output,
        "shape_error_max_pct": 100 * float(np.abs(left).max()),
        "shape_error_rms_pct": 100 * float(np.sqrt(np.mean(left**2))),
    }
    return values, {"x": (x_volts[inside] - offset) / scale, "error_pct": 100 * left}


def logistic(x: FloatArray) -> FloatArray:
    """1 / (1 + exp(-x)), without an overflow."""
    result: FloatArray = 0.5 + 0.5 * np.tanh(x / 2)
    return result


def _unit_volts(cell: str, design: Design) -> float:
    section = design.activation
    return section.tanh_unit_volts if cell == "tanh" else section.sigmoid_unit_volts


def _measured(cell: str, title: str) -> Measurement:
    return Measurement(title, partial(benches, cell), partial(read, cell))


TANH = _measured("tanh", "tanh: n pair in weak inversion")
SIGMOID = _measured("sigmoid", "sigmoid: n pair in weak inversion")
SIGMOID_GATE = _measured("sigmoid_gate", "sigmoid for gates of multipliers: p pair")
