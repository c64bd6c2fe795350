"""A select switch in series with each memristor (1T1R).

During inference every switch is on, so a cell is its memristor in series with the switch's
on-resistance. Weights are mapped onto cells; memristors are programmed to what gives those
cells, and their errors act on them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design

FloatArray = NDArray[np.float64]


def cell_window(design: Design) -> tuple[float, float]:
    """Smallest and largest conductance of a cell, S: of the device window behind its switch."""
    device, r = design.device, design.crossbar.r_series_ohm
    low, high = device.g_min_siemens, device.g_max_siemens
    return low / (1.0 + low * r), high / (1.0 + high * r)


def memristors_of(g_cell_siemens: FloatArray, r_series_ohm: float) -> FloatArray:
    """Memristors that make cells of the given conductances, 1 / (1 / g - r), S."""
    return np.asarray(g_cell_siemens / (1.0 - g_cell_siemens * r_series_ohm))


def cells_of(g_siemens: FloatArray, r_series_ohm: float) -> FloatArray:
    """Cells that memristors make with their switches, 1 / (1 / g + r), S."""
    return np.asarray(g_siemens / (1.0 + g_siemens * r_series_ohm))
