"""Where the memristors of pairs stand: the order of lines in an array.

- dual-row: word line 2 r is the r-th signal as it is and holds the negative halves, word line
  2 r + 1 is its inverse and holds the positive halves (the read-out inverts); one bit line per
  output. The two lines of a signal are neighbours, so that both halves of a pair lose alike.
- dual-column: one word line per signal; bit line 2 c holds the positive halves of output c,
  bit line 2 c + 1 the negative ones.
"""

from __future__ import annotations

import numpy as np

from spicegen.design import Topology
from spicegen.mapping.wires.lines import FloatArray


def array_of(g_pos: FloatArray, g_neg: FloatArray, topology: Topology) -> FloatArray:
    """Both halves of pairs as one array.

    Args:
        g_pos, g_neg: (signals, outputs) of any quantity.
        topology: the order of lines.
    Returns:
        (word lines, bit lines): twice as many of one of them.
    """
    rows, columns = g_pos.shape
    if topology == "dual-row":
        return np.stack([g_neg, g_pos], axis=1).reshape(2 * rows, columns)
    return np.stack([g_pos, g_neg], axis=2).reshape(rows, 2 * columns)


def pairs_of(array: FloatArray, topology: Topology) -> tuple[FloatArray, FloatArray]:
    """The halves (g_pos, g_neg) that stand in an array: the inverse of `array_of`."""
    if topology == "dual-row":
        return array[1::2], array[::2]
    return array[:, ::2], array[:, 1::2]
