"""The multiplier: differential current over both inputs, and how linear it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from spicegen.cells.bench import Measurement, Reading, Runs, bench
from spicegen.cells.sheet import Curve
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Axis, Dc, Instance, Source, Sweep
from spicegen.design import Design

FloatArray = NDArray[np.float64]

X_VOLTS, X_POINTS = 0.45, 91
Y_BELOW, Y_ABOVE, Y_POINTS = 36, 2, 39
"""Of the gates, in thirtieths of their swing."""


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
    y_axis = Axis("y", -Y_BELOW / 30 * swing, Y_ABOVE / 30 * swing, Y_POINTS)
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
    reference = np.array(plot["i(vb)"][:X_POINTS])  # its gate does not move
    largest = design.kit.value("multiplier", "v_x_volts")
    swing = design.kit.value("sigmoid_gate", "v_swing_volts")
    values, error = linearity(x, y, current, largest, swing)
    return values, {
        "product": {
            "x_volts": x,
            "y_volts": y,
            "i_ampere": current,
            "i_reference_ampere": reference,
        },
        "linearity_error": error,
    }


def linearity(
    x: FloatArray, y: FloatArray, current: FloatArray, x_largest: float, y_swing: float
) -> tuple[dict[str, float], Curve]:
    """How far a product is from gain * x * y + offset.

    Errors are counted after the gain and offset that make the largest one least (the best
    straight line of data sheets).

    Args:
        x: (columns,) V.
        y: (rows,) V, negative where the product grows.
        current: (columns, rows) A.
        x_largest: used are -x_largest to x_largest, V.
        y_swing: used are -y_swing to 0, V.
    Returns:
        Gain, offset and errors in percent of the full scale, 2 * gain * x_largest * y_swing;
        and the errors of every point in use.
    """
    columns, rows = _used(x, y, x_largest, y_swing)
    product = -np.outer(x[columns], y[rows])
    used = current[np.ix_(columns, rows)]
    gain, offset = _best_line(product.ravel(), used.ravel())
    error_pct = 100 * (used - gain * product - offset) / (2 * gain * x_largest * y_swing)
    values = {
        "gain_ampere_per_square_volt": gain,
        "i_offset_ampere": offset,
        "linearity_error_max_pct": float(np.abs(error_pct).max()),
        "linearity_error_rms_pct": float(np.sqrt(np.mean(error_pct**2))),
    }
    return values, {"x_volts": x[columns], "y_volts": y[rows], "error_pct": error_pct}


def _used(
    x: FloatArray, y: FloatArray, x_largest: float, y_swing: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which columns and rows of a grid lie within the range of use."""
    slack = 1e-9
    return np.abs(x) <= x_largest + slack, (y >= -y_swing - slack) & (y <= slack)


def _best_line(given: FloatArray, wanted: FloatArray) -> tuple[float, float]:
    """Gain and offset that make the largest |gain * given + offset - wanted| least: a linear
    programme; (points,) each."""
    unit, full = np.abs(given).max(), np.abs(wanted).max()
    terms = np.stack([given / unit, np.ones_like(given)], axis=1)
    found = linprog(
        [0.0, 0.0, 1.0],
        A_ub=np.hstack([np.vstack([terms, -terms]), -np.ones((2 * len(given), 1))]),
        b_ub=np.concatenate([wanted, -wanted]) / full,
        bounds=[(None, None), (None, None), (0, None)],
    )
    return float(found.x[0] * full / unit), float(found.x[1] * full)


MULTIPLIER = Measurement("multiplier: p pair in the triode region", benches, read)
