"""All cells that can be measured."""

from __future__ import annotations

from collections.abc import Mapping

from spicegen.cells import activation, bias, multiplier, opamp, sample_hold
from spicegen.cells.bench import Measurement
from spicegen.errors import DesignError, nearest

CELLS: Mapping[str, Measurement] = {
    "bias": bias.BIAS,
    "opamp": opamp.OPAMP,
    "tanh": activation.TANH,
    "sigmoid": activation.SIGMOID,
    "sigmoid_gate": activation.SIGMOID_GATE,
    "multiplier": multiplier.MULTIPLIER,
    "sample_hold": sample_hold.SAMPLE_HOLD,
}
"""By name."""


def measurement(name: str) -> Measurement:
    """How a cell is measured.

    Raises:
        DesignError: there is no such cell.
    """
    if name not in CELLS:
        raise DesignError(f"cell {name!r}", "there is no such cell", None, nearest(name, [*CELLS]))
    return CELLS[name]
