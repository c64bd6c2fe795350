"""All cells that can be measured."""

from __future__ import annotations

from collections.abc import Mapping

from spicegen.cells import (
    activation,
    bias,
    difference,
    multiplier,
    opamp,
    relu,
    sample_hold,
    switches,
)
from spicegen.cells.bench import Measurement
from spicegen.errors import DesignError, nearest

CELLS: Mapping[str, Measurement] = {
    "bias": bias.BIAS,
    "opamp": opamp.OPAMP,
    "tanh": activation.TANH,
    "sigmoid": activation.SIGMOID,
    "sigmoid_gate": activation.SIGMOID_GATE,
    "relu": relu.RELU,
    "multiplier": multiplier.MULTIPLIER,
    "difference": difference.DIFFERENCE,
    "sample_hold": sample_hold.SAMPLE_HOLD,
    "line_switch": switches.LINE_SWITCH,
    "clock_driver": switches.CLOCK_DRIVER,
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
