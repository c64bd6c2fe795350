"""Cells that are what they should be: a circuit of them computes its network exactly."""

from __future__ import annotations

import numpy as np

from spicegen.calibration import CellCurves
from spicegen.calibration.cells import Product, Table
from spicegen.design import Design

POINTS = 400_001


def ideal_curves(design: Design, rise: float = 0.0) -> CellCurves:
    """Curves by formula, with the kit's scales; those of inputs larger by a share."""
    kit, x = design.kit, np.linspace(-1.5, 1.5, POINTS) / (1.0 + rise)

    def table(y: np.ndarray) -> Table:
        return Table(-1.5, (POINTS - 1) / 3.0, y)

    def sigmoid(cell: str) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-x / kit.value(cell, "v_unit_volts")))

    amplitude = kit.value("tanh", "v_amplitude_volts")
    swing = kit.value("sigmoid_gate", "v_swing_volts")
    product = np.zeros((2, 2))
    product[1, 1] = -1.0 / (kit.value("multiplier", "r_unit_ohm") * swing)
    return CellCurves(
        tanh=table(amplitude * np.tanh(x / kit.value("tanh", "v_unit_volts"))),
        sigmoid=table(kit.value("sigmoid", "v_amplitude_volts") * sigmoid("sigmoid")),
        gate=table(-swing * sigmoid("sigmoid_gate")),
        product=Product(product, 1.0, 1.0),
        held=Table(-1.0, 1.0, np.zeros(3)),
        swing=(-1.4, 1.4),
        gain=1e15,
        start_volts={},
    )
