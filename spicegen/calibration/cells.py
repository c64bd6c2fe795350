"""Transfer curves of cells, fast enough to be evaluated in every step of every trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from spicegen.cells import DataSheet, characterise
from spicegen.design import Design
from spicegen.engine.base import Engine

FloatArray = NDArray[np.float64]

POINTS = 16001
"""Of a table: straight lines between them are within 1e-8 V of the spline."""

DEGREES = (9, 5)
"""Of the polynomial of a product, in x and in the gate's voltage: within 0.14 nA of 600."""

X_VOLTS, GATE_VOLTS = 0.36, (-0.34, 0.02)
"""Where a product is fitted: beyond it devices leave the triode region."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A curve on an even grid; constant beyond its ends.

    Attributes:
        start, per_volt: first abscissa, V, and grid points per volt.
        values: (points,).
    """

    start: float
    per_volt: float
    values: FloatArray

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray, points: int = POINTS) -> Table:
        """A cubic spline through (x, y), on an even grid."""
        grid = np.linspace(x[0], x[-1], points)
        return cls(float(x[0]), (points - 1) / float(x[-1] - x[0]), CubicSpline(x, y)(grid))

    def __call__(self, x: FloatArray) -> FloatArray:
        """Values at x, of its shape."""
        place = np.clip((x - self.start) * self.per_volt, 0.0, self.values.size - 1.000001)
        index = place.astype(np.intp)
        share = place - index
        return np.asarray(self.values[index] * (1.0 - share) + self.values[index + 1] * share)


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """Difference of a multiplier's currents, A, as a polynomial of x and gate, V.

    Attributes:
        coefficients: of powers of x / x_volts and gate / gate_volts.
        x_volts, gate_volts: ends of the fitted range; beyond it the ends' values hold.
    """

    coefficients: FloatArray
    x_volts: float
    gate_volts: float

    @classmethod
    def of(cls, x: FloatArray, gate: FloatArray, i_ampere: FloatArray) -> Product:
        """Least squares over (x, gate) for currents (x, gate)."""
        x_end, gate_end = float(np.abs(x).max()), float(np.abs(gate).max())
        grid = np.meshgrid(x / x_end, gate / gate_end, indexing="ij")
        powers = polynomial.polyvander2d(*grid, DEGREES)
        shape = (DEGREES[0] + 1, DEGREES[1] + 1)
        rows = powers.reshape(-1, shape[0] * shape[1])
        found = np.linalg.lstsq(rows, i_ampere.ravel(), rcond=None)
        return cls(np.asarray(found[0], dtype=np.float64).reshape(shape), x_end, gate_end)

    def __call__(self, x: FloatArray, gate: FloatArray) -> FloatArray:
        """Currents at (x, gate) of one shape."""
        u = np.clip(x / self.x_volts, -1.0, 1.0)
        v = np.clip(gate / self.gate_volts, -1.0, 1.0)
        return np.asarray(polynomial.polyval2d(u, v, self.coefficients))


@dataclass(frozen=True, slots=True, eq=False)
class CellCurves:
    """What cells do, in volts around common, gates in volts from vy.

    Attributes:
        tanh, sigmoid, gate: transfer curves at the kit's resistors.
        product: of the narrowest multiplier, A.
        held: what a sample-and-hold adds to a voltage, V.
        swing: (lowest, highest) output of an op-amp, V.
        gain: open-loop gain of an op-amp.
        start_volts: where bias nodes settle, V against ground.
    """

    tanh: Table
    sigmoid: Table
    gate: Table
    product: Product
    held: Table
    swing: tuple[float, float]
    gain: float
    start_volts: dict[str, float]


def cell_curves(design: Design, engine: Engine | None = None) -> CellCurves:
    """The curves of a design's cells, from their data sheets; measured where there are none yet.

    Differences between devices are left out: a data sheet is that of the cell as it is drawn.

    Args:
        design: kit, corner, temperature, supply.
        engine: what simulates; ngspice if None.
    """
    design = as_drawn(design)

    def sheet(name: str) -> DataSheet:
        return characterise(name, design, engine=engine)

    def transfer(name: str) -> Table:
        curve = sheet(name).curves["transfer"]
        return Table.of(curve["x_volts"], curve["y_volts"])

    product, held = sheet("multiplier").curves["product"], sheet("sample_hold").curves["injection"]
    x, gate = product["x_volts"], product["y_volts"]
    near = np.abs(x) <= X_VOLTS
    open_ = (gate >= GATE_VOLTS[0]) & (gate <= GATE_VOLTS[1])
    opamp, bias = sheet("opamp").values, sheet("bias").values
    common = design.signal.v_common_volts
    return CellCurves(
        transfer("tanh"),
        transfer("sigmoid"),
        transfer("sigmoid_gate"),
        Product.of(x[near], gate[open_], product["i_ampere"][np.ix_(near, open_)]),
        Table.of(held["x_volts"], held["injection_volts"], 2001),
        (opamp["swing_low_volts"] - common, opamp["swing_high_volts"] - common),
        10 ** (opamp["gain_db"] / 20),
        {
            name.removeprefix("v_").removesuffix("_volts"): value
            for name, value in bias.items()
            if name.startswith("v_")
        },
    )


def as_drawn(design: Design) -> Design:
    """The design whose cells do not differ from each other: what calibration starts from."""
    pdk = design.pdk.model_copy(update={"mismatch_seed": None})
    return design.model_copy(update={"pdk": pdk})
