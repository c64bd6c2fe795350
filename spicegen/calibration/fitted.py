"""Behavioural models of cells, by least squares on their data sheets."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray
from scipy.optimize import least_squares

from spicegen.calibration.cells import as_drawn
from spicegen.cells import DataSheet, characterise
from spicegen.cells.opamp import LOADS
from spicegen.design import Design
from spicegen.engine.base import Engine
from spicegen.pdk.fitted import (
    FittedCells,
    FittedCurve,
    FittedHold,
    FittedOpamp,
    FittedProduct,
)

FloatArray = NDArray[np.float64]

WAVES = np.array([[1.0, 0.0], [1.3, 0.5], [1.3, -0.5], [6.0, -3.0]])
"""Where the fit of an activation starts: widths and centres of its tanh terms, in the cell's own
unit. One is the pair itself, two its way out of weak inversion, a wide one its tail current."""

RIDGE = 3e-4
"""Keeps terms from growing against each other: weight of amplitudes against deviations."""

OUTSIDE = 6.0
"""Beyond so many units the curve is flat, and counts less."""
OUTSIDE_WEIGHT = 0.3

EVERY = 5
"""Points of a curve that the fit takes: one of so many."""

POWERS = (6, 2)
"""Largest of x beside each power of the gate; they multiply x."""
X_VOLTS, GATE_VOLTS = 0.37, 0.345
FULL_WEIGHT_VOLTS = 0.25

INJECTION_DEGREE = 5

KNEE_VOLTS = (20e-6, 1e-3)
"""Input errors beyond the line between which the knee of a swing is an exponential."""


def fitted_cells(design: Design, engine: Engine | None = None) -> FittedCells:
    """Models of all cells of a design's kit, at its corner and temperature.

    Args:
        design: see `characterise`.
        engine: measures cells that have no data sheet yet.
    """

    drawn = as_drawn(design)

    def sheet(name: str) -> DataSheet:
        return characterise(name, drawn, engine=engine)

    kit = design.kit
    return FittedCells(
        opamp=fit_opamp(sheet("opamp"), design),
        tanh=fit_curve(sheet("tanh"), kit.value("tanh", "v_unit_volts")),
        sigmoid=fit_curve(sheet("sigmoid"), 2 * kit.value("sigmoid", "v_unit_volts")),
        gate=fit_curve(sheet("sigmoid_gate"), 2 * kit.value("sigmoid_gate", "v_unit_volts")),
        product=fit_product(sheet("multiplier"), design),
        hold=fit_hold(sheet("sample_hold")),
    )


def fit_opamp(sheet: DataSheet, design: Design) -> FittedOpamp:
    """Values of the data sheet, and a line through its input error over the range of signals."""
    values, curve = sheet.values, sheet.curves["error"]
    common, rail = design.signal.v_common_volts, design.signal.v_rail_volts
    out, error = curve["v_out_volts"] - common, curve["v_error_volts"]
    used = np.abs(out) <= rail * design.signal.headroom
    line = Polynomial.fit(out[used], error[used], 1).convert().coef
    second_hertz = values["unity_hertz"] / math.tan(math.radians(90 - values["phase_margin_deg"]))
    return FittedOpamp(
        gain=1.0 / float(line[1]),
        v_offset_volts=float(line[0]),
        gbw_hertz=values["gbw_hertz"],
        low_volts=values["swing_low_volts"] - common,
        high_volts=values["swing_high_volts"] - common,
        low_knee_volts=_knee(-out, np.abs(error - line[0] - line[1] * out)),
        high_knee_volts=_knee(out, np.abs(error - line[0] - line[1] * out)),
        slope_volts_per_ampere=values["slope_volts_per_ampere"],
        r_out_ohm=1.0 / (2 * math.pi * second_hertz * LOADS["2pf"]),
        residual_volts=float(np.abs(error - line[0] - line[1] * out)[used].max()),
    )


def _knee(outwards: FloatArray, excess: FloatArray) -> float:
    """Volts over which the input error beyond the line grows by e, on the side where `outwards` is
    positive."""
    used = (outwards > 0) & (excess > KNEE_VOLTS[0]) & (excess < KNEE_VOLTS[1])
    return float(1.0 / Polynomial.fit(outwards[used], np.log(excess[used]), 1).convert().coef[1])


def fit_curve(sheet: DataSheet, unit_volts: float) -> FittedCurve:
    """A transfer curve as a line and some tanh terms.

    Args:
        sheet: of an activation cell.
        unit_volts: input volts of the argument 1 of its tanh.
    """
    curve = sheet.curves["transfer"]
    x, y = curve["x_volts"], curve["y_volts"]
    full = float(np.ptp(y))
    some = slice(None, None, EVERY)
    weight = np.where(np.abs(x) < OUTSIDE * unit_volts, 1.0, OUTSIDE_WEIGHT)[some]
    ridge = np.hstack(
        [np.zeros((len(WAVES), 2)), RIDGE * np.sqrt(weight.size) * np.eye(len(WAVES))]
    )

    def linear(shape: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Amplitudes of the terms with these widths and centres, and what they leave."""
        rows = np.vstack([_columns(x[some] / unit_volts, shape) * weight[:, None], ridge])
        wanted = np.concatenate([y[some] * weight, np.zeros(len(WAVES))])
        found = np.linalg.lstsq(rows, wanted, rcond=None)[0]
        return found, (rows @ found - wanted) / full

    start = np.concatenate([np.log(WAVES[:, 0]), WAVES[:, 1]])
    shape = least_squares(lambda each: linear(each)[1], start).x
    amplitudes = linear(shape)[0]
    widths, centres = np.exp(shape[: len(WAVES)]), shape[len(WAVES) :]
    terms = np.stack([amplitudes[2:], 1 / (widths * unit_volts), centres / widths], axis=1)
    fitted = FittedCurve(float(amplitudes[0]), float(amplitudes[1]) / unit_volts, terms, (0.0, 0.0))
    return replace(fitted, residual_pct=_residual_pct(fitted(x) - y, full))


def _columns(x: FloatArray, shape: FloatArray) -> FloatArray:
    """(points, 2 + terms): 1, x and the tanh terms, at x in units."""
    widths, centres = np.exp(shape[: len(WAVES)]), shape[len(WAVES) :]
    waves = np.tanh((x[:, None] - centres) / widths)
    return np.hstack([np.ones((x.size, 1)), x[:, None], waves])


def fit_product(sheet: DataSheet, design: Design) -> FittedProduct:
    """Polynomials of both devices' currents, which are zero where x is."""
    curve = sheet.curves["product"]
    near = np.abs(curve["x_volts"]) <= X_VOLTS
    open_ = np.abs(curve["y_volts"]) <= GATE_VOLTS
    x, y = curve["x_volts"][near], curve["y_volts"][open_]
    current = curve["i_ampere"][np.ix_(near, open_)]
    grid_x, grid_y = np.meshgrid(x, y, indexing="ij")
    weight = np.where(np.abs(grid_x) <= FULL_WEIGHT_VOLTS, 1.0, OUTSIDE_WEIGHT)
    powers = [
        grid_x ** (n + 1) * grid_y**m
        for m, largest in enumerate(POWERS, 1)
        for n in range(largest + 1)
    ]
    found = _scaled_lstsq([(each * weight).ravel() for each in powers], (current * weight).ravel())
    # both currents hold it, and only their difference counts: two terms do
    inner = np.abs(x) <= FULL_WEIGHT_VOLTS
    reference = _scaled_lstsq([x[inner], x[inner] ** 2], curve["i_reference_ampere"][near][inner])
    first, second = found[: POWERS[0] + 1], found[POWERS[0] + 1 :]
    middle = -design.kit.value("sigmoid_gate", "v_swing_volts") / 2
    b_siemens = reference[0]
    a_siemens = b_siemens + middle * (first[0] + middle * second[0])
    fitted = FittedProduct(
        tuple(reference), tuple(first), tuple(second), a_siemens, b_siemens, (0.0, 0.0)
    )
    largest = design.kit.value("multiplier", "v_x_volts")
    swing = design.kit.value("sigmoid_gate", "v_swing_volts")
    used = (np.abs(grid_x) <= largest + 1e-9) & (grid_y >= -swing - 1e-9) & (grid_y <= 1e-9)
    left = (fitted(grid_x, grid_y) - current)[used]
    return replace(fitted, residual_pct=_residual_pct(left, float(np.ptp(current[used]))))


def _scaled_lstsq(columns: list[FloatArray], wanted: FloatArray) -> list[float]:
    """Least squares with columns brought to one size."""
    rows = np.stack(columns, axis=1)
    size = np.abs(rows).max(axis=0)
    found = np.linalg.lstsq(rows / size, wanted, rcond=None)[0] / size
    return [float(each) for each in found]


def fit_hold(sheet: DataSheet) -> FittedHold:
    """A polynomial through the injection over the input, and the droop."""
    curve = sheet.curves["injection"]
    x, injection = curve["x_volts"], curve["injection_volts"]
    fitted = Polynomial.fit(x, injection, INJECTION_DEGREE)
    return FittedHold(
        tuple(fitted.convert().coef.tolist()),
        sheet.values["droop_volts_per_s"],
        float(np.abs(fitted(x) - injection).max()),
    )


def _residual_pct(left: FloatArray, full: float) -> tuple[float, float]:
    """Largest and rms, percent of full scale."""
    return 100 * float(np.abs(left).max()) / full, 100 * float(np.sqrt(np.mean(left**2))) / full
