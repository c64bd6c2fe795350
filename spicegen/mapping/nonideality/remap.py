"""Remapping around stuck devices, where they are known from a test of the array.

Pair: the sound device of a pair makes up the difference, as far as the window reaches: for
g_pos stuck at s, g_neg becomes s - (wanted g_pos - g_neg). Rows: word lines change places, and
spare ones step in, so that weights meet the faults that hurt them least; drivers follow, so
nothing else in the circuit changes. Both are classical: Xia et al., IEEE JETCAS 8 (2018)
102-115; row permutation among others in Aguirre et al., Electronics 10 (2021),
doi:10.3390/electronics10192427. The permutation here is the best one, by assignment.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.mapping.nonideality.stuck import faults

FloatArray = NDArray[np.float64]


def met_faults(
    target_siemens: FloatArray, importance: FloatArray, array: str, design: Design
) -> FloatArray:
    """Conductance of every stuck device in the places that the weights have, S, NaN where sound.

    Args:
        target_siemens: (2, word lines, bit lines) wanted, S.
        importance: (word lines, bit lines) what an error of 1 S costs, in any unit.
        array: its name.
        design: list of non-idealities, remedy, spare lines.
    """
    known = faults(target_siemens.shape, array, design)
    if design.mapping.remap != "rows":
        return known
    _, rows, columns = target_siemens.shape
    spare = faults((2, design.mapping.spare_word_lines, columns), f"{array} spare", design)
    places = np.concatenate([known, spare], axis=1)
    if np.isnan(places).all():
        return known
    least, most = _reach(places, design)
    wanted = target_siemens[0] - target_siemens[1]
    missed = (
        np.maximum(np.maximum(least - each, each - most), 0.0) * weight
        for each, weight in zip(wanted[:, None], importance[:, None], strict=True)
    )
    cost = np.stack([(each**2).sum(axis=1) for each in missed])
    from scipy.optimize import linear_sum_assignment  # takes longer to import than most runs need

    # A tie leaves a line where it is.
    _, order = linear_sum_assignment(
        cost + np.abs(np.subtract.outer(range(rows), range(places.shape[1]))) * TIE
    )
    return np.asarray(places[:, order])


TIE = 1e-30
"""Cost of moving a line by one place: nothing beside any error, in squared importance x S."""


def paired(target_siemens: FloatArray, stuck: FloatArray, design: Design) -> FloatArray:
    """What to program where one device of a pair is stuck, S; the target elsewhere.

    Args:
        target_siemens: (2, word lines, bit lines) wanted, S.
        stuck: same shape, S; NaN where sound.
        design: remedy and device window.
    """
    if design.mapping.remap == "none":
        return target_siemens
    g_min, g_max = design.device.g_min_siemens, design.device.g_max_siemens
    difference = target_siemens[0] - target_siemens[1]
    other = np.stack([stuck[1] + difference, stuck[0] - difference])
    alone = np.isnan(stuck) & ~np.isnan(stuck[::-1])
    return np.where(alone, np.clip(other, g_min, g_max), target_siemens)


def _reach(stuck: FloatArray, design: Design) -> tuple[FloatArray, FloatArray]:
    """Least and largest g_pos - g_neg of each pair, S."""
    low = np.where(np.isnan(stuck), design.device.g_min_siemens, stuck)
    high = np.where(np.isnan(stuck), design.device.g_max_siemens, stuck)
    return low[0] - high[1], high[0] - low[1]
