"""Weights of one crossbar as pairs of conductances, with a feedback resistor per bit line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design, Topology
from spicegen.errors import MappingError
from spicegen.mapping.nonideality import realise
from spicegen.mapping.wires import Compensated, compensate

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MappedCrossbar:
    """One array of conductance pairs and the amplifiers that read it.

    Attributes:
        name: where errors and reports say it is.
        g_pos_siemens, g_neg_siemens: (word lines, bit lines) as the devices are, S; a weight
            is proportional to g_pos - g_neg; 0 where a device is missing or open.
        r_feedback_ohm: (bit lines,) TIA feedback, ohm.
        word_volts: (word lines,) volts of 1.0 on each word line.
        bit_volts: (bit lines,) volts of 1.0 at each read-out.
        present: (word lines, bit lines) where a pair of memristors stands at all; where
            there is none both conductances are 0.
        g_target_siemens: (2, word lines, bit lines) what the weights ask of the positive and
            of the negative halves, before finite levels and every non-ideality, S; None where
            nobody asked.
        compensated: how far the wires' losses are undone; None where nobody asked for it.
    """

    name: str
    g_pos_siemens: FloatArray
    g_neg_siemens: FloatArray
    r_feedback_ohm: FloatArray
    word_volts: FloatArray
    bit_volts: FloatArray
    present: BoolArray
    g_target_siemens: FloatArray | None = None
    compensated: Compensated | None = None

    @property
    def word_lines(self) -> int:
        return int(self.g_pos_siemens.shape[0])

    @property
    def bit_lines(self) -> int:
        return int(self.g_pos_siemens.shape[1])

    def columns(self, part: slice) -> MappedCrossbar:
        """The same array with some of its bit lines only."""
        target = self.g_target_siemens
        return replace(
            self,
            g_pos_siemens=self.g_pos_siemens[:, part],
            g_neg_siemens=self.g_neg_siemens[:, part],
            r_feedback_ohm=self.r_feedback_ohm[part],
            bit_volts=self.bit_volts[part],
            present=self.present[:, part],
            g_target_siemens=None if target is None else target[:, :, part],
        )

    def weight(self) -> FloatArray:
        """(bit lines, word lines) weights that the conductances stand for behind ideal wires,
        network units."""
        gain = (self.g_pos_siemens - self.g_neg_siemens) * self.r_feedback_ohm
        return np.asarray((gain * self.word_volts[:, None] / self.bit_volts).T)

    def weight_error_pct(self) -> float:
        """Root mean square error of the pairs' differences, percent of each bit line's largest
        wanted difference: what finite levels and non-idealities did to the weights."""
        if self.g_target_siemens is None or not self.present.any():
            return 0.0
        wanted = self.g_target_siemens[0] - self.g_target_siemens[1]
        largest = np.abs(wanted).max(axis=0)
        error = (self.g_pos_siemens - self.g_neg_siemens - wanted) / np.where(largest, largest, 1)
        return float(100.0 * np.sqrt(np.mean(error[self.present] ** 2)))

    def noise_gains(self, topology: Topology) -> tuple[FloatArray, ...]:
        """Noise gain of each amplifier that reads a bit line, in signal order.

        1 + R_f * sum(G) divides an op-amp's bandwidth and gain. Two rows of opposite sign
        meet in one amplifier; two columns have one each, and the second also takes the
        output of the first.

        Returns:
            one (bit lines,) array per amplifier.
        """
        positive = self.r_feedback_ohm * self.g_pos_siemens.sum(axis=0)
        negative = self.r_feedback_ohm * self.g_neg_siemens.sum(axis=0)
        if topology == "dual-row":
            return (1.0 + positive + negative,)
        return 1.0 + positive, 2.0 + negative


def map_crossbar(
    name: str,
    weight: FloatArray,
    word_volts: FloatArray,
    bit_volts: FloatArray,
    design: Design,
    *,
    present: BoolArray | None = None,
    shared: NDArray[np.int64] | None = None,
) -> MappedCrossbar:
    """Conductance pairs of one weight matrix.

    The largest weight of each bit line reaches g_max; the other half of each pair stays at
    g_min, so that neither half of a pair can saturate the read-out before the other. The
    bit line's own feedback resistor undoes the scale; bit lines that take turns at one
    amplifier share its resistor, and the largest weight among them reaches g_max.

    Args:
        name: crossbar name for errors.
        weight: (bit lines, word lines), network units.
        word_volts: (word lines,) volts per unit of the inputs.
        bit_volts: (bit lines,) volts per unit of the outputs.
        design: device window and smallest feedback resistor.
        present: (word lines, bit lines) where pairs stand; everywhere if None.
        shared: (bit lines,) number of the amplifier that reads each; its own if None.
    Raises:
        MappingError: shapes disagree.
    """
    if weight.shape != (bit_volts.size, word_volts.size):
        raise MappingError(
            f"crossbar {name}",
            f"weights must be (bit lines, word lines) = ({bit_volts.size}, {word_volts.size})",
            weight.shape,
        )
    if present is None:
        present = np.ones(weight.T.shape, dtype=np.bool_)
    g_min, g_max = design.device.g_min_siemens, design.device.g_max_siemens
    gain = weight.T * bit_volts / word_volts[:, None]
    largest = np.abs(gain).max(axis=0)
    if shared is not None:
        of_amplifier = np.zeros(int(shared.max()) + 1)
        np.maximum.at(of_amplifier, shared, largest)
        largest = of_amplifier[shared]
    r_feedback = np.maximum(largest / (g_max - g_min), design.crossbar.r_feedback_min_ohm)
    g_pos = g_min + np.maximum(gain, 0.0) / r_feedback
    g_neg = g_min + np.maximum(-gain, 0.0) / r_feedback
    compensated = None
    wires = design.crossbar.wires
    # a budget switches wires off in a design that stays as it is otherwise
    if wires.model != "ideal" and wires.compensation != "none":
        compensated = compensate(name, g_pos * present, g_neg * present, present, design)
        g_pos, g_neg = compensated.g_pos_siemens, compensated.g_neg_siemens
        r_feedback = r_feedback * compensated.scale
    # Every word line carries up to the read voltage, whatever its volts per unit.
    importance = present * r_feedback / bit_volts
    wanted = np.stack([g_pos, g_neg])
    g_pos, g_neg = realise(wanted, name, design, importance) * present
    return MappedCrossbar(
        name,
        g_pos,
        g_neg,
        r_feedback,
        word_volts,
        bit_volts,
        present,
        wanted * present,
        compensated,
    )
