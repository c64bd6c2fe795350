"""Variation: a random factor per device, kept or drawn anew with every programming cycle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design.nonideality import Variation

FloatArray = NDArray[np.float64]


def varied(g_siemens: FloatArray, variation: Variation, draws: np.random.Generator) -> FloatArray:
    """g (1 + sigma z) or g exp(sigma z) with standard normal z, S."""
    z = draws.standard_normal(g_siemens.shape)
    if variation.distribution == "lognormal":
        return np.asarray(g_siemens * np.exp(variation.sigma * z))
    return np.asarray(g_siemens * (1.0 + variation.sigma * z))


def stream(variation: Variation) -> str:
    """What distinguishes the draws of one programming cycle from those of another."""
    return f"cycle {variation.cycle}" if variation.between == "cycles" else "devices"
