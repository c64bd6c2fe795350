"""Single lines of an array with the cells that hang on them, all of a kind at once.

A line is a ladder: resistance to its driver, a cell's conductance, a segment, the next cell's
conductance, and so on. Looking from a cell to either side gives one resistance or conductance,
found from its neighbour's by adding a segment in series and a cell in parallel; everything else
is products of voltage dividers. All terms are positive, so nothing cancels, and nothing is
divided by a resistance that may be zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import MappingError

FloatArray = NDArray[np.float64]


FURTHEST = 500.0
"""Largest loss along a line, in nepers: beyond it nothing measurable is left of a signal."""


@dataclass(frozen=True, slots=True)
class Ladders:
    """Lines whose cells have their far ends at 0 V.

    Attributes:
        g_siemens: (lines, cells) S.
        reached: (lines, cells) share of the port's voltage at each cell.
        up, down: (lines, cells) factors of transfer resistances: a current at cell j raises
            cell k >= j by up[j] * down[k], and the other way round; ohm and 1.
    """

    g_siemens: FloatArray
    reached: FloatArray
    up: FloatArray
    down: FloatArray

    @classmethod
    def of(
        cls, g_siemens: FloatArray, r_first_ohm: float, r_step_ohm: float, r_last_ohm: float
    ) -> Self:
        """Walk along all lines, from both ends.

        Args:
            g_siemens: (lines, cells) conductances, cell 0 next to the port, S.
            r_first_ohm: from the port to cell 0.
            r_step_ohm: from cell to cell.
            r_last_ohm: from the last cell to the port once more; infinity for an open end.
        Raises:
            MappingError: no signal gets through a line.
        """
        lines, cells = g_siemens.shape
        before = np.empty((lines, cells))  # resistance towards the port, from each cell
        before[:, 0] = r_first_ohm
        for cell in range(1, cells):
            left = before[:, cell - 1]
            before[:, cell] = r_step_ohm + left / (1 + left * g_siemens[:, cell - 1])
        onward = np.empty((lines, cells))  # conductance of each cell and of all behind it
        onward[:, -1] = g_siemens[:, -1] + 1 / r_last_ohm
        for cell in range(cells - 2, -1, -1):
            right = onward[:, cell + 1]
            onward[:, cell] = g_siemens[:, cell] + right / (1 + r_step_ohm * right)
        loss = np.zeros((lines, cells))
        loss[:, 1:] = np.cumsum(np.log1p(r_step_ohm * onward[:, 1:]), axis=1)
        if loss.max() > FURTHEST:
            raise MappingError(
                "crossbar.wires",
                "a line must carry some of its voltage to its far end",
                f"a factor of exp(-{loss.max():.0f}) with segments of {r_step_ohm:g} ohm",
                "lower the resistance of segments or the size of tiles",
            )
        up, down = before / (1 + before * onward) * np.exp(loss), np.exp(-loss)
        reached = down / (1 + r_first_ohm * onward[:, :1])
        if np.isfinite(r_last_ohm):
            reached += up * down[:, -1:] / r_last_ohm
        return cls(g_siemens, reached, up, down)

    def transfer_ohm(self, line: int) -> FloatArray:
        """(cells, cells) volts at one cell of a line per ampere fed in at another, ohm."""
        return _mirrored(self.up[line], self.down[line])

    def shunt(self, line: int) -> FloatArray:
        """(cells, cells) conductances between the far ends of a line's cells, port at 0 V, S."""
        g = self.g_siemens[line]
        mutual = _mirrored(g * self.up[line], g * self.down[line])
        np.negative(mutual, out=mutual)
        mutual.flat[:: g.size + 1] += g
        return mutual


def _mirrored(up: FloatArray, down: FloatArray) -> FloatArray:
    """The symmetric matrix with up[j] * down[k] where j <= k.

    `up` rises and `down` falls along a line, a common factor aside, so of up[j] * down[k] and
    up[k] * down[j] that is the smaller one.
    """
    product = np.outer(up, down)
    return np.minimum(product, product.T)
