"""Stuck devices: which, and at what conductance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import Stuck
from spicegen.mapping.nonideality.draws import generator

FloatArray = NDArray[np.float64]


def faults(shape: tuple[int, ...], array: str, design: Design) -> FloatArray:
    """Conductance of every stuck device, S; NaN where a device is sound.

    Of several entries in the list, the last one that strikes a device holds.

    Args:
        shape: of the array of devices.
        array: its name.
        design: the list.
    """
    found = np.full(shape, np.nan)
    for number, stuck in design.active(Stuck):
        u = generator(design.simulation.seed, "stuck", number, array).random(shape)
        g_on, g_off = stuck.g_on_siemens, stuck.g_off_siemens
        g_on = design.device.g_max_siemens if g_on is None else g_on
        g_off = design.device.g_min_siemens if g_off is None else g_off
        found[u < stuck.p_on] = g_on
        found[(u >= stuck.p_on) & (u < stuck.p_on + stuck.p_off)] = g_off
    return found
