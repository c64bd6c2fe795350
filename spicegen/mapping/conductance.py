"""Weights of one crossbar as pairs of conductances, with a feedback resistor per bit line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design, Topology
from spicegen.design.nonideality import Stuck
from spicegen.errors import MappingError
from spicegen.mapping.nonideality import realise
from spicegen.mapping.nonideality.remap import met_faults
from spicegen.mapping.reference import ReferenceReadout, reference_readout
from spicegen.mapping.selector import cell_window, cells_of, memristors_of
from spicegen.mapping.voltage import VoltageReadout, voltage_readout
from spicegen.mapping.wires import Compensated, compensate

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MappedCrossbar:
    """One array of conductance pairs and the amplifiers that read it.

    With a reference column the positive halves of a row are one memristor, which all pairs of
    the row share: every column of `g_pos_siemens` is the reference.

    Attributes:
        name: where errors and reports say it is.
        g_pos_siemens, g_neg_siemens: (word lines, bit lines) as the devices are, behind their
            select switches where they have any, S; a weight is proportional to g_pos - g_neg;
            0 where a device is missing or open.
        r_feedback_ohm: (bit lines,) TIA feedback, ohm; in voltage read-out what it would be.
        word_volts: (word lines,) volts of 1.0 on each word line.
        bit_volts: (bit lines,) volts of 1.0 at each read-out.
        present: (word lines, bit lines) where a pair of memristors stands at all; where
            there is none both conductances are 0.
        g_target_siemens: (2, word lines, bit lines) what the weights ask of the positive and
            of the negative halves, before finite levels and every non-ideality, S; None where
            nobody asked.
        compensated: how far the wires' losses are undone; None where nobody asked for it.
        reference: what reads the reference column; None where there is none.
        voltage: what reads floating bit lines; None where they are virtual grounds.
        stuck: (2, word lines, bit lines) which devices are stuck; None where none can be.
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
    reference: ReferenceReadout | None = None
    voltage: VoltageReadout | None = None
    stuck: BoolArray | None = None

    @property
    def word_lines(self) -> int:
        """Number of word lines; in dual-row a signal's two lines count once."""
        return int(self.g_pos_siemens.shape[0])

    @property
    def bit_lines(self) -> int:
        """Number of bit lines; in dual-column an output's two lines count once."""
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
            voltage=self.voltage.columns(part) if self.voltage else None,
            stuck=None if self.stuck is None else self.stuck[:, :, part],
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
        output of the first. A reference has one amplifier, whose output every column takes. In
        voltage read-out it is the gain; of two columns, the first amplifier hands the negative
        half on to the second.

        Returns:
            one (bit lines,) array per amplifier.
        """
        if self.voltage:
            gain = self.voltage.gain
            return (gain,) if topology == "dual-row" else (gain / (gain - 1.0), gain)
        positive = self.r_feedback_ohm * self.g_pos_siemens.sum(axis=0)
        negative = self.r_feedback_ohm * self.g_neg_siemens.sum(axis=0)
        if topology == "dual-row":
            return (1.0 + positive + negative,)
        if self.reference:
            share = self.r_feedback_ohm / self.reference.r_ohm
            return 1.0 + positive / share, 1.0 + negative + share
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

    With a reference column every weight is one memristor, w proportional to g_ref - g with g_ref
    in the middle of the window: the read-out inverts, as in dual-row, so positive weights lie
    below the reference. A weight that the layer does not have is a memristor at g_ref. The
    largest weight of each bit line reaches an end of the window.

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
    reference = design.crossbar.has_reference
    if present is None or reference:
        present = np.ones(weight.T.shape, dtype=np.bool_)
    g_min, g_max = cell_window(design)
    span = (g_max - g_min) / 2 if reference else g_max - g_min
    gain = weight.T * bit_volts / word_volts[:, None]
    largest = np.abs(gain).max(axis=0)
    if shared is not None:
        of_amplifier = np.zeros(int(shared.max()) + 1)
        np.maximum.at(of_amplifier, shared, largest)
        largest = of_amplifier[shared]
    r_feedback = np.maximum(largest / span, design.crossbar.r_feedback_min_ohm)
    g_pos = g_min + np.maximum(gain, 0.0) / r_feedback
    g_neg = g_min + np.maximum(-gain, 0.0) / r_feedback
    if reference:
        g_pos = np.full(gain.shape, g_min + span)
        g_neg = g_pos - gain / r_feedback
    compensated = None
    wires = design.crossbar.wires
    # a budget switches wires off in a design that stays as it is otherwise
    if wires.model != "ideal" and wires.compensation != "none":
        compensated = compensate(name, g_pos * present, g_neg * present, present, design)
        g_pos, g_neg = compensated.g_pos_siemens, compensated.g_neg_siemens
        r_feedback = r_feedback * compensated.scale
    # Every word line carries up to the read voltage, whatever its volts per unit.
    importance = present * r_feedback / bit_volts
    asked = np.stack([g_pos, g_neg])
    g_pos, g_neg = _built(asked, name, design, importance) * present
    wanted = asked * present
    voltage = None
    if design.crossbar.voltage:
        voltage = voltage_readout(wanted[0], wanted[1], r_feedback, design.crossbar.topology)
    return MappedCrossbar(
        name,
        g_pos,
        g_neg,
        r_feedback,
        word_volts,
        bit_volts,
        present,
        wanted,
        compensated,
        reference_readout(name, wanted[0, :, 0], largest.size, design) if reference else None,
        voltage,
        _stuck(asked, name, design, importance, present),
    )


def _built(wanted: FloatArray, name: str, design: Design, importance: FloatArray) -> FloatArray:
    """Cells as they are: of memristors as they are, and shared where a reference is."""
    r = design.crossbar.r_series_ohm
    if r:
        cells = cells_of(realise(memristors_of(wanted, r), name, design, importance), r)
    else:
        cells = realise(wanted, name, design, importance)
    if design.crossbar.has_reference:
        cells[0] = cells[0, :, :1]
    return cells


def _stuck(
    wanted: FloatArray, name: str, design: Design, importance: FloatArray, present: BoolArray
) -> BoolArray | None:
    """Which of the devices are stuck; None where the design has no such fault."""
    if not design.active(Stuck):
        return None
    memristors = memristors_of(wanted, design.crossbar.r_series_ohm)
    found = ~np.isnan(met_faults(memristors, importance, name, design)) & present
    if design.crossbar.has_reference:
        found[0] = found[0, :, :1]
    return np.asarray(found, dtype=np.bool_)
