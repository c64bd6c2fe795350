"""Volts per unit where cells are drawn with transistors: every unit has its own.

What a transistor multiplier takes is linear within some 0.2 V, what travels between cells should
be large against charge injection and offsets: so each unit's signals fill that swing, from the
largest magnitude they have in the reference run.
"""

from __future__ import annotations

import numpy as np

from spicegen.mapping.scaling import UNIT_FLOOR, Scaler
from spicegen.mapping.trims import FloatArray
from spicegen.network import Gru, Lstm

WIDEST = 4
"""Multipliers are made at most this many times as wide as the narrowest one of their sum."""


def lstm_volts(layer: Lstm, scaler: Scaler) -> dict[str, float | FloatArray]:
    """Volts per unit of every signal of an LSTM unit with transistor cells.

    c fills the multipliers' swing; g reaches the same volts through a multiplier that is a whole
    number of times as wide, since both products add on one pair of nodes.
    """
    kit = scaler.design.kit
    v_x, v_gate = kit.value("multiplier", "v_x_volts"), kit.value("sigmoid_gate", "v_swing_volts")
    volts: dict[str, float | FloatArray] = {"h": scaler.unit_lines(f"{layer.name}.h")}
    largest_c = np.maximum(scaler.unit_ranges(f"{layer.name}.c"), UNIT_FLOOR)
    c = np.minimum(v_x / largest_c, WIDEST * v_x)
    volts["c"] = volts["c_next"] = scaler.unit_volts(f"{layer.name}.c", c)
    for gate in layer.gates:
        if gate == "g" and not layer.cell.input_tanh:
            largest = np.maximum(scaler.unit_ranges(f"{layer.name}.pre_g"), UNIT_FLOOR)
            wide = np.clip(np.ceil(c * largest / v_x), 1, WIDEST)
            volts["pre_g"] = scaler.unit_volts(f"{layer.name}.pre_g", c / wide)
            continue
        pre = f"{layer.name}.pre_{gate}"
        if gate == "g":
            volts["pre_g"] = scaler.activation_input(pre, "tanh")
            volts["g"] = scaler.unit_volts(
                f"{layer.name}.g", c / np.clip(np.ceil(c / v_x), 1, WIDEST)
            )
        else:
            volts[f"pre_{gate}"] = scaler.gate_input(pre)
            volts[gate] = v_gate
    tanh_c = np.minimum(c, v_x / np.tanh(largest_c)) if layer.cell.output_tanh else c
    volts["tanh_c"], volts["h_next"] = tanh_c, volts["h"]
    return volts


def gru_volts(layer: Gru, scaler: Scaler) -> dict[str, float | FloatArray]:
    """Volts per unit of every signal of a GRU unit with transistor cells.

    h is a factor of a product and drives memristors, and shares its volts with the candidate.
    """
    kit, name = scaler.design.kit, layer.name
    v_x, v_gate = kit.value("multiplier", "v_x_volts"), kit.value("sigmoid_gate", "v_swing_volts")
    largest = np.maximum(scaler.unit_ranges(f"{name}.h"), UNIT_FLOOR)
    candidate = np.maximum(scaler.unit_ranges(f"{name}.n"), UNIT_FLOOR)
    h = v_x / np.maximum(largest, candidate)
    volts: dict[str, float | FloatArray] = {"h": scaler.unit_lines(f"{name}.h", h)}
    for gate in "rz":
        volts[f"pre_{gate}"] = scaler.gate_input(f"{name}.pre_{gate}")
        volts[gate] = v_gate
    volts["pre_n"] = scaler.activation_input(f"{name}.pre_n", "tanh")
    volts["n"] = scaler.unit_volts(f"{name}.n", h)
    if layer.reset_after:
        volts["rec_n"] = scaler.unit_volts(
            f"{name}.rec_n", v_x / np.maximum(scaler.unit_ranges(f"{name}.rec_n"), UNIT_FLOOR)
        )
        volts["in_n"] = scaler.internal(f"{name}.in_n")
    else:
        volts["reset_h"] = scaler.unit_lines(f"{name}.reset_h", h)
    volts["h_next"] = volts["h"]
    return volts
