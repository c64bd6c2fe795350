"""GRU layers on conductances, in both conventions of the reset gate."""

from __future__ import annotations

import numpy as np

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray
from spicegen.mapping.recurrent import (
    Lines,
    MappedRecurrent,
    Volts,
    bias_lines,
    map_lines,
    trimmed_columns,
)
from spicegen.mapping.scaling import Scaler
from spicegen.mapping.transistor import gru_volts
from spicegen.network import Gru


def map_gru(layer: Gru, input_volts: Volts, scaler: Scaler, design: Design) -> MappedRecurrent:
    """A GRU layer behind a signal of `input_volts` volts per unit.

    With the reset applied after the recurrent product, the candidate's two parts have bit
    lines of their own (`in_n` and `rec_n`), because r stands between them; with the reset
    applied before it, r * h drives word lines of its own (`reset_h`).

    Args: as `map_lstm`.
    """
    units = layer.output_size
    volts = _volts(layer, scaler)
    rows = [Lines("x", layer.input_size, input_volts), Lines("h", units, volts["h"])]
    r, z, n = (layer.gate_rows(gate) for gate in "rzn")
    blocks: dict[tuple[str, str], FloatArray] = {
        ("pre_r", "x"): layer.weight_ih[r],
        ("pre_r", "h"): layer.weight_hh[r],
        ("pre_z", "x"): layer.weight_ih[z],
        ("pre_z", "h"): layer.weight_hh[z],
    }
    bias = {"pre_r": layer.bias[r], "pre_z": layer.bias[z]}
    if layer.reset_after:
        names: tuple[str, ...] = ("pre_r", "pre_z", "in_n", "rec_n")
        blocks |= {("in_n", "x"): layer.weight_ih[n], ("rec_n", "h"): layer.weight_hh[n]}
        bias |= {"in_n": layer.bias[n], "rec_n": layer.bias_hn}
    else:
        names = ("pre_r", "pre_z", "pre_n")
        rows.append(Lines("reset_h", units, volts["reset_h"]))
        blocks |= {("pre_n", "x"): layer.weight_ih[n], ("pre_n", "reset_h"): layer.weight_hh[n]}
        bias |= {"pre_n": layer.bias[n]}
    bias_rows = bias_lines(np.concatenate(list(bias.values())), design)
    columns, biases = trimmed_columns(
        layer.name, [Lines(name, units, volts[name]) for name in names], bias, scaler
    )
    if bias_rows:
        blocks |= {(name, "bias"): each[:, None] for name, each in biases.items()}
    crossbar = map_lines(layer.name, (*rows, *bias_rows), columns, blocks, design)
    return MappedRecurrent(
        layer.name,
        "gru",
        "reset_after" if layer.reset_after else "reset_before",
        units,
        (*rows, *bias_rows),
        columns,
        crossbar,
        volts,
        design.timing.serial,
        layer.returns == "last",
        scaler.trims,
    )


def _volts(layer: Gru, scaler: Scaler) -> dict[str, Volts]:
    if scaler.design.fidelity_of("multiplier") == "transistor":
        return gru_volts(layer, scaler)
    volts: dict[str, Volts] = {"h": scaler.word_line(f"{layer.name}.h", bound=1.0)}
    for gate in "rz":
        volts[f"pre_{gate}"] = scaler.activation_input(f"{layer.name}.pre_{gate}", "sigmoid")
        volts[gate] = scaler.internal(f"{layer.name}.{gate}", bound=1.0)
    volts["pre_n"] = scaler.activation_input(f"{layer.name}.pre_n", "tanh")
    volts["n"] = scaler.internal(f"{layer.name}.n", bound=1.0)
    if layer.reset_after:
        volts["rec_n"] = scaler.internal(f"{layer.name}.rec_n")
        volts["in_n"] = scaler.internal(f"{layer.name}.in_n")
    else:
        volts["reset_h"] = scaler.word_line(f"{layer.name}.reset_h", bound=1.0)
    volts["h_next"] = volts["h"]
    return volts
