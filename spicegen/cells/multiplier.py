"""The multiplier: differential current over both inputs, and how linear it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from spicegen.cells.bench import Measurement, Reading, Runs, bench
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Axis, Dc, Instance, Source, Sweep
from spicegen.design import Design

FloatArray = NDArray[np.float64]

X_VOLTS, X_POINTS = 0.45, 41
Y_TOP_VOLTS, Y_LOW_SHARE, Y_POINTS = 0.02, 1.2, 31


def benches(design: Design) -> dict[str, Circuit]:
    """Currents into ideal virtual grounds on a grid of x and y."""
    swing = design.kit.value("sigmoid_gate", "v_swing_volts")
    dut = (Instance("cell", "multiplier", ("x", "y", "a", "b")),)
    sources = (
        Source("x", "x", "cm", Dc(0.0)),
        Source("y", "y", "vy", Dc(0.0)),
        Source("a", "a", "cm", Dc(0.0)),
        Source("b", "b", "cm", Dc(0.0)),
    )
    x_axis = Axis("x", -X_VOLTS, X_VOLTS, X_POINTS)
    y_axis = Axis("y", -Y_LOW_SHARE * swing, Y_TOP_VOLTS, Y_POINTS)
    sweep = Sweep((x_axis, y_axis))
    saved = ("x", "y", "cm", "vy", "i(va)", "i(vb)")
    return {"product": bench(design, ("multiplier",), dut, sources, saved, sweep)}


def read(design: Design, runs: Runs) -> Reading:
    """The surface, (x, y), and its errors after gain and offset over the range of use."""
    plot = runs["product"].plot
    grid = (Y_POINTS, X_POINTS)
    x = np.array((plot["x"] - plot["cm"])[:X_POINTS])
    y = np.array((plot["y"] - plot["vy"]).reshape(grid)[:, 0])
    current = np.array((plot["i(va)"] - plot["i(vb)"]).reshape(grid).T)
    largest = design.kit.value("multiplier", "v_x_volts")
    swing = design.kit.value("sigmoid_gate", "v_swing_volts")
    values = linearity(x, y, current, largest, swing)
    return values, {"product": {"x_volts": x, "y_volts": y, "i_ampere": current}}


def linearity(
    x: FloatArray, y: FloatArray, current: FloatArray, x_largest: float, y_swing: float
) -> dict[str, float]:
    """How far a product is from gain * x * y + offset.

    The largest error is counted after the gain and offset that make it least (the best straight
    line of data sheets), the rms error after those of least squares.

    Args:
        x: (columns,) V.
        y: (rows,) V, negative where the product grows.
        current: (columns, rows) A.
        x_largest: used are -x_largest to x_largest, V.
        y_swing: used are -y_swing to 0, V.
    Returns:
        Gain and offset of least squares; errors in percent of full scale,
        2 * gain * x_largest * y_swing.
    """
    slack = 1e-9
    columns, rows = np.abs(x) <= x_largest + slack, (y >= -y_swing - slack) & (y <= slack)
    product = np.outer(x[columns], -y[rows]).ravel()
    used = current[np.ix_(columns, rows)].ravel()
    terms = np.stack([product, np.ones_like(product)], axis=1)
    (gain, offset), *_ = np.linalg.lstsq(terms, used, rcond=None)
    full = 2 * abs(gain) * x_largest * y_swing
    left = (used - terms @ [gain, offset]) / full
    return {
        "gain_ampere_per_square_volt": float(gain),
        "i_offset_ampere": float(offset),
        "linearity_error_max_pct": 100 * _least_largest(terms / full, used / full),
        "linearity_error_rms_pct": 100 * float(np.sqrt(np.mean(left**2))),
    }


def _least_largest(terms: FloatArray, wanted: FloatArray) -> float:
    """The smallest max |terms @ factors - wanted| that any factors give: a linear programme.

    Args:
        terms: (points, factors).
        wanted: (points,).
    """
    unit = np.abs(terms).max(axis=0)
    sides = np.vstack([terms / unit, -terms / unit])
    bounds = np.concatenate([wanted, -wanted])
    found = linprog(
        [*np.zeros(len(unit)), 1.0],
        A_ub=np.hstack([sides, -np.ones((len(bounds), 1))]),
        b_ub=bounds,
        bounds=[(None, None)] * len(unit) + [(0, None)],
    )
    return float(found.x[-1])


MULTIPLIER = Measurement("multiplier: p pair in the triode region", benches, read)
