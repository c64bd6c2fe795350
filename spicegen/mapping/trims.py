"""Trims: how single amplifiers and cells differ from their nominal values.

A trim is known by the signal it acts on and by what it does:

| name | acts on | effect |
| --- | --- | --- |
| `layer.pre_i.scale` | a bit line | factor on its volts per unit |
| `layer.pre_i.shift` | a bit line | V added to it, by the bias word line |
| `layer.g.gain`, `layer.c_next.gain` | a cell, a sum | factor on its feedback resistor |
| `layer.g.trim`, `layer.c_next.trim` | a cell, a sum | V added to its output, by a trim current |
| `layer.tanh_c.scale`, `.shift` | the divider in front of a cell | factor, V at the cell's input |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import MappingError
from spicegen.pdk.fitted import FittedCells

FloatArray = NDArray[np.float64]

FACTORS = ("scale", "gain")
"""Kinds that multiply; the others add."""


@dataclass(frozen=True, slots=True)
class Trims:
    """Trims by name, one value per unit.

    Attributes:
        values: (units,) factors or V by name; a name that is missing is nominal.
        start_volts: voltages of shared bias nodes once they have settled, V.
        fitted: behavioural models of the cells, where they stand for transistors.
    """

    values: Mapping[str, FloatArray] = field(default_factory=dict)
    start_volts: Mapping[str, float] = field(default_factory=dict)
    fitted: FittedCells | None = None

    def of(self, layer: str, signal: str, kind: str, units: int) -> FloatArray:
        """(units,) trims of one kind, nominal where there are none.

        Raises:
            MappingError: they belong to another number of units.
        """
        name = f"{layer}.{signal}.{kind}"
        found = self.values.get(name)
        if found is None:
            return np.ones(units) if kind in FACTORS else np.zeros(units)
        if found.shape != (units,):
            raise MappingError(
                f"calibration, {name}",
                f"there must be one value per unit ({units})",
                f"{found.size}",
                "calibrate this network, or leave calibration.file out",
            )
        return found


NOMINAL = Trims()
"""No trims."""
