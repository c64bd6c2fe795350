"""The assignment problem: each row its own column, at the least total cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def assign(cost: FloatArray) -> NDArray[np.int64]:
    """Shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant, Computing 38,
    1987, doi:10.1007/BF02278710); exact, O(rows^2 columns).

    Args:
        cost: (rows, columns), finite, rows <= columns.
    Returns:
        (rows,) column of each row.
    """
    rows, columns = cost.shape
    row_potential, column_potential = np.zeros(rows), np.zeros(columns)
    row_of = np.full(columns, -1)
    for start in range(rows):
        length, before = np.full(columns, np.inf), np.full(columns, -1)
        reached = np.zeros(columns, dtype=np.bool_)
        row, column, distance = start, -1, 0.0
        tree = [start]
        while True:
            through = distance + cost[row] - row_potential[row] - column_potential
            shorter = ~reached & (through < length)
            length[shorter], before[shorter] = through[shorter], column
            column = int(np.where(reached, np.inf, length).argmin())
            distance, reached[column] = float(length[column]), True
            if row_of[column] < 0:
                break
            row = int(row_of[column])
            tree.append(row)
        row_potential[start] += distance
        inner = [int(np.flatnonzero(row_of == each)[0]) for each in tree[1:]]
        row_potential[tree[1:]] += distance - length[inner]
        column_potential[reached] -= distance - length[reached]
        while column >= 0:
            previous = int(before[column])
            row_of[column] = start if previous < 0 else row_of[previous]
            column = previous
    found = np.empty(rows, dtype=np.int64)
    taken = np.flatnonzero(row_of >= 0)
    found[row_of[taken]] = taken
    return found
