"""Mapped layers: a crossbar, and volts per unit of everything around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray, MappedCrossbar, map_crossbar
from spicegen.mapping.scaling import Scaler
from spicegen.network import Dense, Lstm

BOUNDED = ("sigmoid", "tanh")
"""Activations whose output stays within 1 by construction."""


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
    """

    name: str
    crossbar: MappedCrossbar
    has_bias: bool
    activation: str
    out_volts: float
    feeds_crossbar: bool


@dataclass(frozen=True, slots=True)
class MappedLstm:
    """An LSTM layer: one crossbar for all gates, and the scales of its unit circuit.

    Attributes:
        name: the layer's name.
        units: number of units, H.
        crossbar: word lines are the inputs, h, then the bias if there is one; bit lines
            are the pre-activations of all units, gate by gate in the order i, f, g, o.
        has_bias: the last word line carries the constant 1.0.
        gate_volts: volts of 1.0 of i, f, g and o.
        c_volts, h_volts: volts of 1.0 of the cell state and of the hidden state.
        last_only: only the last step is an output.
    """

    name: str
    units: int
    crossbar: MappedCrossbar
    has_bias: bool
    gate_volts: float
    c_volts: float
    h_volts: float
    last_only: bool


MappedLayer = MappedDense | MappedLstm


def map_dense(
    layer: Dense, input_volts: float, last: bool, scaler: Scaler, design: Design
) -> MappedDense:
    """A dense layer behind a signal of `input_volts` volts per unit."""
    bound = 1.0 if layer.activation in BOUNDED else None
    choose = scaler.internal if last else scaler.word_line
    out_volts = choose(f"{layer.name}.out", bound)
    if layer.activation in BOUNDED:
        pre_volts = scaler.activation_input(f"{layer.name}.pre", layer.activation)
    else:
        pre_volts = scaler.column(f"{layer.name}.pre", out_volts)
    weight, word_volts, has_bias = _with_bias(
        layer.weight, np.full(layer.input_size, input_volts), layer.bias, design
    )
    bit_volts = np.full(layer.output_size, pre_volts)
    crossbar = map_crossbar(layer.name, weight, word_volts, bit_volts, design)
    return MappedDense(layer.name, crossbar, has_bias, layer.activation, out_volts, not last)


def map_lstm(layer: Lstm, input_volts: float, scaler: Scaler, design: Design) -> MappedLstm:
    """An LSTM layer behind a signal of `input_volts` volts per unit."""
    units, name = layer.output_size, layer.name
    h_volts = scaler.word_line(f"{name}.h", bound=1.0)
    c_volts = scaler.internal(f"{name}.c")
    bit_volts = np.repeat(
        [
            scaler.activation_input(f"{name}.pre_{gate}", "tanh" if gate == "g" else "sigmoid")
            for gate in "ifgo"
        ],
        units,
    )
    gate_volts = min(scaler.internal(f"{name}.{gate}", bound=1.0) for gate in "ifgo")
    word_volts = np.concatenate([np.full(layer.input_size, input_volts), np.full(units, h_volts)])
    weight, word_volts, has_bias = _with_bias(
        np.hstack([layer.weight_ih, layer.weight_hh]), word_volts, layer.bias, design
    )
    crossbar = map_crossbar(name, weight, word_volts, bit_volts, design)
    last_only = layer.returns == "last"
    return MappedLstm(name, units, crossbar, has_bias, gate_volts, c_volts, h_volts, last_only)


def _with_bias(
    weight: FloatArray, word_volts: FloatArray, bias: FloatArray, design: Design
) -> tuple[FloatArray, FloatArray, bool]:
    """Append the bias as a word line at the read voltage, unless it is all zero."""
    if not bias.any():
        return weight, word_volts, False
    return (
        np.hstack([weight, bias[:, None]]),
        np.append(word_volts, design.signal.v_read_volts),
        True,
    )
