"""Voltage read-out: what undoes the division by a bit line's sum of conductances.

A floating bit line takes the mean of its word lines, sum(G V) / sum(G). Behind it stands an
amplifier whose gain is R_f sum(G): with R_f as the mapping chooses it for virtual grounds, the
output is R_f sum(G V), the same in both read-outs. Two bit lines of one output get equal sums, by
a dummy conductance to common on the smaller one, so that one gain holds for their difference.
A bit line of few and small conductances gets one besides, so that the gain stays above 1, which
a non-inverting amplifier cannot go below.

Gains and dummies follow from the wanted conductances: what variation or faults do to a sum, no
designer knows beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Topology

FloatArray = NDArray[np.float64]

LEAST_GAIN = 2.0


@dataclass(frozen=True, slots=True)
class VoltageReadout:
    """Amplifiers behind floating bit lines.

    Attributes:
        gain: (bit lines,) from the bit line, or from the difference of two, to the output.
        g_dummy_siemens: (lines per output, bit lines) conductances to common, S; the positive
            line of an output before its negative one.
    """

    gain: FloatArray
    g_dummy_siemens: FloatArray

    def columns(self, part: slice) -> VoltageReadout:
        """Of some bit lines only."""
        return replace(self, gain=self.gain[part], g_dummy_siemens=self.g_dummy_siemens[:, part])


def voltage_readout(
    g_pos: FloatArray, g_neg: FloatArray, r_feedback_ohm: FloatArray, topology: Topology
) -> VoltageReadout:
    """Gains and dummies of an array.

    Args:
        g_pos, g_neg: (word lines, bit lines) wanted conductances, S.
        r_feedback_ohm: (bit lines,) what turns a wanted current into the output's volts, ohm.
        topology: whether both halves meet in one bit line.
    """
    sums = np.stack([g_pos.sum(axis=0), g_neg.sum(axis=0)])
    if topology == "dual-row":
        sums = sums.sum(axis=0)[None]
    total = np.maximum(sums.max(axis=0), LEAST_GAIN / r_feedback_ohm)
    return VoltageReadout(r_feedback_ohm * total, total - sums)
