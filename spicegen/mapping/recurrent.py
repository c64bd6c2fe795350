"""What all recurrent layers share: one crossbar between groups of word and bit lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray, MappedCrossbar, map_crossbar


@dataclass(frozen=True, slots=True)
class Lines:
    """Word lines or bit lines that carry one signal of the layer.

    Attributes:
        name: the signal: "x", "h", "bias", "pre_i", ...
        count: number of lines.
        volts: volts of 1.0 on them.
    """

    name: str
    count: int
    volts: float


@dataclass(frozen=True, slots=True)
class MappedRecurrent:
    """A recurrent layer: its crossbar, and the scales of its unit circuit.

    Attributes:
        name: the layer's name.
        kind: lstm, gru or rnn.
        variant: of an LSTM its variant, of a GRU "reset_after" or "reset_before", of an
            RNN its activation.
        units: number of units, H.
        rows: groups of word lines, in the crossbar's order.
        columns: groups of bit lines, in the crossbar's order; each of `units` lines.
        crossbar: the memristors.
        volts: volts of 1.0 of each signal inside the units.
        serial: units that take turns at one set of amplifiers and cells.
        last_only: only the last step is an output.
    """

    name: str
    kind: str
    variant: str
    units: int
    rows: tuple[Lines, ...]
    columns: tuple[Lines, ...]
    crossbar: MappedCrossbar
    volts: Mapping[str, float] = field(repr=False)
    serial: int
    last_only: bool

    @property
    def parts(self) -> tuple[MappedRecurrent, ...]:
        """The layer itself: its only direction."""
        return (self,)

    @property
    def slots(self) -> int:
        """Sets of amplifiers and cells: units that compute at the same time."""
        return -(-self.units // self.serial)

    @property
    def h_volts(self) -> float:
        """Volts of 1.0 of the hidden state."""
        return self.volts["h"]

    def column(self, name: str) -> Lines:
        """The group of bit lines of that name."""
        return next(lines for lines in self.columns if lines.name == name)


@dataclass(frozen=True, slots=True)
class MappedDirections:
    """Recurrent layers of which one sees each sequence backwards.

    Attributes:
        name: the layer's name.
        ahead: the direction that reads from the first step on, or None.
        back: the direction that reads from the last step on.
    """

    name: str
    ahead: MappedRecurrent | None
    back: MappedRecurrent

    @property
    def last_only(self) -> bool:
        """Only the last step that each direction reads is an output."""
        return self.back.last_only

    @property
    def h_volts(self) -> float:
        """Volts of 1.0 of the hidden states."""
        return self.back.h_volts

    @property
    def parts(self) -> tuple[MappedRecurrent, ...]:
        """Every direction, in the order of the outputs."""
        return (self.back,) if self.ahead is None else (self.ahead, self.back)


def map_lines(
    name: str,
    rows: Sequence[Lines],
    columns: Sequence[Lines],
    blocks: Mapping[tuple[str, str], FloatArray],
    design: Design,
) -> MappedCrossbar:
    """One crossbar from blocks of weights between groups of lines.

    Args:
        name: crossbar name for errors.
        rows, columns: groups of word lines and bit lines.
        blocks: weights by (column, row): (bit lines, word lines), or a vector for a
            diagonal, network units. Where there is no block there are no memristors.
        design: device window; units that share amplifiers.
    """
    row_at, row_volts = _places(rows)
    column_at, bit_volts = _places(columns)
    weight = np.zeros((bit_volts.size, row_volts.size))
    present = np.zeros(weight.shape, dtype=np.bool_)
    for (column, row), block in blocks.items():
        place = (column_at[column], row_at[row])
        weight[place] = np.diag(block) if block.ndim == 1 else block
        present[place] = np.eye(block.size, dtype=np.bool_) if block.ndim == 1 else True
    shared = None
    if design.timing.serial > 1:
        slots = -(-columns[0].count // design.timing.serial)
        shared = np.concatenate(
            [index * slots + np.arange(lines.count) % slots for index, lines in enumerate(columns)]
        )
    return map_crossbar(
        name, weight, row_volts, bit_volts, design, present=present.T.copy(), shared=shared
    )


def bias_lines(bias: FloatArray, design: Design) -> tuple[Lines, ...]:
    """The word line of the constant 1.0, at the read voltage, unless every bias is zero."""
    return (Lines("bias", 1, design.signal.v_read_volts),) if bias.any() else ()


def _places(groups: Sequence[Lines]) -> tuple[dict[str, slice], FloatArray]:
    """Where each group lies among all lines, and the volts per unit of every line."""
    ends = np.cumsum([lines.count for lines in groups])
    places = {
        lines.name: slice(int(end) - lines.count, int(end))
        for lines, end in zip(groups, ends, strict=True)
    }
    volts = np.repeat([lines.volts for lines in groups], [lines.count for lines in groups])
    return places, volts
