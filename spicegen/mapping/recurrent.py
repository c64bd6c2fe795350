"""What all recurrent layers share: one crossbar between groups of word and bit lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray, MappedCrossbar, map_crossbar
from spicegen.mapping.scaling import Scaler
from spicegen.mapping.trims import NOMINAL, Trims

Volts = float | FloatArray
"""Volts of 1.0 of a signal: of all units, or (units,) of each."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Word lines or bit lines that carry one signal of the layer.

    Attributes:
        name: the signal: "x", "h", "bias", "pre_i", ...
        count: number of lines.
        volts: volts of 1.0 on them; an array where every line has its own.
    """

    name: str
    count: int
    volts: Volts


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
        trims: of amplifiers and cells behind the crossbar.
    """

    name: str
    kind: str
    variant: str
    units: int
    rows: tuple[Lines, ...]
    columns: tuple[Lines, ...]
    crossbar: MappedCrossbar
    volts: Mapping[str, Volts] = field(repr=False)
    serial: int
    last_only: bool
    trims: Trims = NOMINAL

    @property
    def parts(self) -> tuple[MappedRecurrent, ...]:
        """The layer itself: its only direction."""
        return (self,)

    @property
    def slots(self) -> int:
        """Sets of amplifiers and cells: units that compute at the same time."""
        return -(-self.units // self.serial)

    @property
    def h_volts(self) -> Volts:
        """Volts of 1.0 of the hidden state."""
        return self.volts["h"]

    def unit_volts(self, signal: str) -> FloatArray:
        """(units,) volts of 1.0 of a signal inside the units."""
        return np.broadcast_to(np.asarray(self.volts[signal]), (self.units,))

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
    def h_volts(self) -> Volts:
        """Volts of 1.0 of the hidden states."""
        if self.ahead is None or not isinstance(self.back.h_volts, np.ndarray):
            return self.back.h_volts
        return np.concatenate([part.unit_volts("h") for part in self.parts])

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
    """The word line of the constant 1.0, at the read voltage, unless every bias is zero and no
    trim may need one."""
    wanted = bool(bias.any()) or design.transistors
    return (Lines("bias", 1, design.signal.v_read_volts),) if wanted else ()


def trimmed_columns(
    layer: str,
    columns: Sequence[Lines],
    bias: Mapping[str, FloatArray],
    scaler: Scaler,
) -> tuple[tuple[Lines, ...], dict[str, FloatArray]]:
    """Bit lines with their trims of scale, and biases with their trims of shift.

    Args:
        layer: its name.
        columns: groups of bit lines with nominal volts.
        bias: (units,) by group, network units; 0 where there is none.
        scaler: knows the trims.
    """
    trimmed, biases = list[Lines](), dict[str, FloatArray]()
    for lines in columns:
        scale = scaler.trims.of(layer, lines.name, "scale", lines.count)
        shift = scaler.trims.of(layer, lines.name, "shift", lines.count)
        plain = (scale == 1.0).all()
        volts = lines.volts if plain else lines.volts * scale
        trimmed.append(Lines(lines.name, lines.count, volts))
        biases[lines.name] = bias.get(lines.name, np.zeros(lines.count)) + shift / volts
    return tuple(trimmed), biases


def _places(groups: Sequence[Lines]) -> tuple[dict[str, slice], FloatArray]:
    """Where each group lies among all lines, and the volts per unit of every line."""
    ends = np.cumsum([lines.count for lines in groups])
    places = {
        lines.name: slice(int(end) - lines.count, int(end))
        for lines, end in zip(groups, ends, strict=True)
    }
    volts = np.concatenate([np.broadcast_to(lines.volts, lines.count) for lines in groups])
    return places, volts
