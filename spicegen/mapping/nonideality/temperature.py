"""Temperature: a linear coefficient that depends on the state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import Temperature

FloatArray = NDArray[np.float64]


def warmed(g_siemens: FloatArray, temperature: Temperature, design: Design) -> FloatArray:
    """g (1 + tc(g) (T - T_ref)), S; tc runs linearly from its value at g_min to that at g_max
    and keeps the value of the nearer end outside.

    Left out: the exponential law of activated conduction over wide ranges, gradients and
    self-heating, and the temperature of amplifiers and cells.
    """
    g_min, g_max = design.device.g_min_siemens, design.device.g_max_siemens
    share = np.clip((g_siemens - g_min) / (g_max - g_min), 0.0, 1.0)
    low, high = temperature.tc_g_min_per_kelvin, temperature.tc_g_max_per_kelvin
    rise = temperature.temperature_celsius - temperature.reference_celsius
    return np.asarray(g_siemens * (1.0 + (low + (high - low) * share) * rise))
