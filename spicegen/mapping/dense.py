"""Dense layers on conductances."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray, MappedCrossbar, map_crossbar
from spicegen.mapping.recurrent import Lines, Volts, bias_lines, trimmed_columns
from spicegen.mapping.scaling import BOUNDED, Scaler
from spicegen.mapping.trims import NOMINAL, Trims
from spicegen.network import Dense


@dataclass(frozen=True, slots=True)
class MappedDense:
    """A dense layer: its crossbar and its activation cells.

    Attributes:
        name: the layer's name.
        crossbar: word lines are the inputs, then the bias if there is one.
        has_bias: the last word line carries the constant 1.0.
        activation: linear, relu, sigmoid or tanh.
        out_volts: volts of 1.0 at the output.
        feeds_crossbar: the output drives word lines (it is not the network's last).
        first: number of its first output, if it is a block of a larger layer.
        pre_volts: nominal volts of 1.0 in front of the activation.
        trims: of its activation cells.
    """

    name: str
    crossbar: MappedCrossbar
    has_bias: bool
    activation: str
    out_volts: float
    feeds_crossbar: bool
    first: int = 0
    pre_volts: float = field(kw_only=True)
    trims: Trims = NOMINAL

    @property
    def parts(self) -> tuple[MappedDense, ...]:
        """The layer itself, as recurrent layers list their directions."""
        return (self,)

    def blocks(self, count: int) -> tuple[MappedDense, ...]:
        """The layer in blocks of bit lines, as alike in size as they can be."""
        lines = self.crossbar.bit_lines
        ends = np.linspace(0, lines, min(count, lines) + 1).astype(int).tolist()
        return tuple(
            replace(self, crossbar=self.crossbar.columns(slice(first, end)), first=first)
            for first, end in pairwise(ends)
        )


def map_dense(
    layer: Dense, input_volts: Volts, last: bool, scaler: Scaler, design: Design
) -> MappedDense:
    """A dense layer behind a signal of `input_volts` volts per unit."""
    bound = 1.0 if layer.activation in BOUNDED else None
    choose = scaler.internal if last else scaler.word_line
    out_volts = choose(f"{layer.name}.out", bound)
    if layer.activation == "relu" and design.fidelity_of("activation") == "transistor":
        out_volts = -out_volts  # the cell can only pull down
    if layer.activation in BOUNDED:
        pre_volts = scaler.activation_input(f"{layer.name}.pre", layer.activation)
    else:
        pre_volts = scaler.column(f"{layer.name}.pre", out_volts)
    word = np.array(np.broadcast_to(input_volts, layer.input_size))
    columns, biases = trimmed_columns(
        layer.name, [Lines("pre", layer.output_size, pre_volts)], {"pre": layer.bias}, scaler
    )
    bit_volts = np.array(np.broadcast_to(columns[0].volts, layer.output_size))
    weight, word_volts, has_bias = _with_bias(layer.weight, word, biases["pre"], design)
    crossbar = map_crossbar(layer.name, weight, word_volts, bit_volts, design)
    return MappedDense(
        layer.name,
        crossbar,
        has_bias,
        layer.activation,
        out_volts,
        not last,
        pre_volts=pre_volts,
        trims=scaler.trims,
    )


def _with_bias(
    weight: FloatArray, word_volts: FloatArray, bias: FloatArray, design: Design
) -> tuple[FloatArray, FloatArray, bool]:
    """Append the bias as a word line at the read voltage, unless it is all zero."""
    if not bias_lines(bias, design):
        return weight, word_volts, False
    return (
        np.hstack([weight, bias[:, None]]),
        np.append(word_volts, design.signal.v_read_volts),
        True,
    )
