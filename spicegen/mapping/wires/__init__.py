"""What wires do to an array of memristors, and what can be done about it."""

from spicegen.mapping.wires.compensation import Compensated, compensate, effective
from spicegen.mapping.wires.placement import array_of, pairs_of
from spicegen.mapping.wires.reduction import PortMatrix, cell_volts, reduce_array, reduce_tile

__all__ = [
    "Compensated",
    "PortMatrix",
    "array_of",
    "cell_volts",
    "compensate",
    "effective",
    "pairs_of",
    "reduce_array",
    "reduce_tile",
]
