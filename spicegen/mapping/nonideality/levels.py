"""Finite levels: a device takes one of a few conductances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design

FloatArray = NDArray[np.float64]


def quantise(g_siemens: FloatArray, design: Design) -> FloatArray:
    """The nearest of `device.levels` equally spaced conductances in the window, S."""
    levels = design.device.levels
    if levels is None:
        return g_siemens
    g_min, g_max = design.device.g_min_siemens, design.device.g_max_siemens
    step = (g_max - g_min) / (levels - 1)
    return np.asarray(g_min + np.rint((g_siemens - g_min) / step) * step)
