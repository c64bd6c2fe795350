"""Volts per unit where cells are drawn with transistors: every unit has its own.

What a transistor multiplier takes is linear within some 0.2 V, what travels between cells should
be large against charge injection and offsets: so each unit's signals fill that swing, from the
largest magnitude they have in the reference run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spicegen.design import Design
from spicegen.errors import MappingError
from spicegen.mapping.conductance import MappedCrossbar
from spicegen.mapping.scaling import UNIT_FLOOR, Scaler
from spicegen.mapping.trims import FloatArray
from spicegen.network import Gru, Lstm

MOST_X_VOLTS = 0.34
"""Input beyond which a multiplier's devices leave the triode region."""

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
    check_factor(layer.name, "c", c, scaler.by_unit[f"{layer.name}.c"])
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
    check_factor(name, "h", h, scaler.by_unit[f"{name}.h"])
    if layer.reset_after:
        volts["rec_n"] = scaler.unit_volts(
            f"{name}.rec_n", v_x / np.maximum(scaler.unit_ranges(f"{name}.rec_n"), UNIT_FLOOR)
        )
        volts["in_n"] = scaler.internal(f"{name}.in_n")
    else:
        volts["reset_h"] = scaler.unit_lines(f"{name}.reset_h", h)
    volts["h_next"] = volts["h"]
    return volts


def check_drive(
    name: str, crossbar: MappedCrossbar, rows: Sequence[tuple[str, FloatArray]], design: Design
) -> None:
    """Refuse word lines that an op-amp of the kit cannot drive: its sink is class A.

    Args:
        name: of the layer.
        crossbar: its memristors.
        rows: per group of word lines its signal, and (lines,) largest magnitudes, network units.
        design: the kit and its op-amp.
    Raises:
        MappingError: naming the line, its current and the limit.
    """
    limit = design.kit.value(design.pdk.opamp, "i_drive_ampere")
    volts = np.abs(crossbar.word_volts)
    first = 0
    for signal, largest in rows:
        lines = slice(first, first + largest.size)
        first += largest.size
        halves = (crossbar.g_neg_siemens, crossbar.g_pos_siemens)  # of the line, of its inverse
        load = np.max([half[lines].sum(axis=1) for half in halves], axis=0)
        load = load + 1 / design.crossbar.r_inverter_ohm  # in front of an inverter, or around it
        current = load * volts[lines] * largest
        worst = int(current.argmax())
        if current[worst] > limit:
            raise MappingError(
                f"layer {name}, word line {signal}{worst}",
                f"an op-amp drives at most {1e6 * limit:.3g} uA",
                f"{1e6 * float(current[worst]):.3g} uA",
                "raise crossbar.r_feedback_min_ohm or crossbar.r_inverter_ohm, or lower "
                "device.g_max_siemens",
            )


def check_factor(name: str, signal: str, volts: FloatArray, largest: FloatArray) -> None:
    """Refuse a signal that drives multipliers out of their range.

    Raises:
        MappingError: naming the unit and the limit.
    """
    reached = np.abs(volts) * largest
    worst = int(reached.argmax())
    if reached[worst] > MOST_X_VOLTS:
        raise MappingError(
            f"layer {name}, signal {signal}{worst}",
            f"multipliers take at most {MOST_X_VOLTS:g} V",
            f"{float(reached[worst]):.3g} V",
            f"raise mapping.ranges.{name}.{signal}, or calibrate with inputs that reach as far",
        )
