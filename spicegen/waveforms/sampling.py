"""Values between the time points of a table, reading only the rows that matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rows_at(
    axis: NDArray[np.float64],
    table: NDArray[Any],
    columns: NDArray[np.intp],
    instants: NDArray[np.float64],
) -> NDArray[Any]:
    """Linear interpolation of some columns of a table.

    Args:
        axis: (points,) rising, equal neighbours allowed.
        table: (at least points, all columns), may be a mapped file.
        columns: (columns,) the ones that are wanted.
        instants: (instants,) within the axis, in any order.
    Returns:
        (instants, columns); at a point of the axis exactly that row of the table, and
        where the axis holds an instant twice, the later row.
    """
    before, after, share = _neighbours(axis, instants)
    low, high = (table[rows[:, None], columns] for rows in (before, after))
    share = share[:, None]
    with np.errstate(invalid="ignore"):  # infinities: the caller asks for finite values or not
        between = low + share * (high - low)
    # not left to rounding: points of the axis give the simulated values themselves
    return np.where(share == 0, low, np.where(share == 1, high, between))


def _neighbours(
    axis: NDArray[np.float64], instants: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    last = len(axis) - 1
    after = np.minimum(np.searchsorted(axis, instants, side="right"), last)
    before = np.maximum(after - 1, 0)
    width = axis[after] - axis[before]
    share = np.ones(len(instants))
    np.divide(instants - axis[before], width, out=share, where=width > 0)
    return before, after, share
