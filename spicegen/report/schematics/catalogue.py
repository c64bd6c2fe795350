"""Which drawing belongs to which template."""

from __future__ import annotations

from spicegen.report.schematics import (
    amplifiers,
    arrays,
    cells,
    fitted,
    transistor_amplifiers,
    transistor_cells,
    transistor_switches,
    units,
)
from spicegen.report.schematics.sheet import Draw

_BLOCKS: dict[str, tuple[Draw, str]] = {
    "opamp": (amplifiers.opamp, "op-amp macromodel: gain, one pole, rails, output resistance"),
    "follower": (amplifiers.follower, "unity buffer"),
    "inverter": (amplifiers.inverter, "drives inverted word lines: out = -gain · in"),
    "readout_dual_row": (amplifiers.readout_dual_row, "TIA behind a bit line: out = -r_f · I"),
    "readout_dual_column": (
        amplifiers.readout_dual_column,
        "out = r_f · (I(bl_pos) - I(bl_neg)), both at virtual ground",
    ),
    "readout_reference_column": (
        amplifiers.readout_reference_column,
        "out = -r_f · (I(bl) + V(ref) / r_ref)",
    ),
    "readout_shared_dual_row": (
        amplifiers.readout_shared_dual_row,
        "TIA that bit lines take turns at",
    ),
    "readout_shared_dual_column": (
        amplifiers.readout_shared_dual_column,
        "two TIAs that pairs of bit lines take turns at",
    ),
    "readout_voltage_dual_row": (
        amplifiers.readout_voltage_dual_row,
        "non-inverting amplifier behind a floating bit line",
    ),
    "readout_voltage_dual_column": (
        amplifiers.readout_voltage_dual_column,
        "instrumentation amplifier behind two floating bit lines",
    ),
    "sigmoid": (cells.activation, "sigmoid cell"),
    "tanh": (cells.activation, "tanh cell"),
    "relu": (cells.activation, "ReLU cell"),
    "multiplier": (cells.multiplier, "four-quadrant multiplier, a current into `sum`"),
    "weigher": (cells.weigher, "a voltage as a current into `sum`"),
    "adder": (cells.adder, "the load on which currents add"),
    "sample_hold": (cells.sample_hold, "sample-and-hold: switch, capacitor, buffer"),
    "hold_cell": (cells.hold_cell, "one sample-and-hold"),
    "state_cell": (cells.state_cell, "two sample-and-holds keep a state for the next step"),
    "switch": (cells.switch, "switch of serial hardware"),
    "mux_node": (cells.mux_node, "wire between switches"),
    "crossbar_full": (arrays.crossbar_full, "crossbar with every segment of its wires"),
    "crossbar_reduced": (arrays.crossbar_reduced, "crossbar with wires, folded onto its ports"),
    "crossbar_tiles": (arrays.crossbar_tiles, "an array in tiles"),
    "read_noise": (arrays.read_noise, "read noise of a bit line"),
    "unit": (units.unit, "cell of a recurrent layer"),
}
_CROSSBAR: tuple[Draw, str] = (arrays.crossbar, "memristors between word lines and bit lines")
_BOX: tuple[Draw, str] = (units.box, "ports; the inside is in the deck")
_TRANSISTOR: dict[str, tuple[Draw, str]] = {
    "bias": (transistor_amplifiers.bias, "bias generator: mirrors of two reference currents"),
    "opamp": (transistor_amplifiers.opamp, "op-amp: n pair, p mirror, class-A second stage"),
    "follower": (transistor_amplifiers.follower, "unity buffer"),
    "inverter": (
        transistor_amplifiers.inverter,
        "drives inverted word lines: out = -gain · in around cm",
    ),
    "readout_dual_row": (
        transistor_amplifiers.readout,
        "TIA behind a bit line: out = -r_f · I around cm",
    ),
    "booster": (transistor_amplifiers.booster, "amplifier: out = gain · in around cm"),
    "difference": (
        transistor_amplifiers.difference,
        "out = r_sum · (I(a) - I(b)) around cm, both at virtual ground",
    ),
    "divider": (transistor_amplifiers.divider, "divider around cm"),
    "weigher": (transistor_amplifiers.weigher, "a resistor into a virtual ground"),
    "sigmoid": (transistor_cells.sigmoid, "sigmoid cell: n pair in weak inversion"),
    "sigmoid_gate": (
        transistor_cells.sigmoid_gate,
        "sigmoid cell for gates of multipliers: p pair, falls from vy",
    ),
    "tanh": (
        transistor_cells.tanh,
        "tanh cell: n pair in weak inversion, half of its tail current taken back",
    ),
    "relu": (transistor_cells.relu, "ReLU cell: out = min(in, cm), signals count downwards"),
    "multiplier": (
        transistor_cells.multiplier,
        "multiplier: p pair in the triode region, I(a) - I(b) ~ (x - cm) · (vy - y)",
    ),
    "switch": (transistor_switches.switch, "transmission gate"),
    "sample_hold": (
        transistor_switches.sample_hold,
        "sample-and-hold: transmission gate, dummies, capacitor, buffer",
    ),
    "hold_cell": (transistor_switches.hold_cell, "one sample-and-hold"),
    "state_cell": (
        transistor_switches.state_cell,
        "two sample-and-holds keep a state for the next step",
    ),
    "clock_driver": (transistor_switches.clock_driver, "both phases of a clock: two inverters"),
}
_FITTED: dict[str, tuple[Draw, str]] = {
    "opamp": (fitted.opamp, "op-amp, fitted: gain, one pole, swing, output resistance"),
    "activation": (fitted.activation, "activation cell, fitted: a current of the measured shape"),
    "relu": (fitted.relu, "ReLU cell, fitted: out = min(in, cm)"),
    "multiplier": (fitted.multiplier, "multiplier, fitted: currents of both devices"),
    "sample_hold": (fitted.sample_hold, "sample-and-hold, fitted: switch, injection, droop"),
    "state_cell": (fitted.state_cell, "two sample-and-holds keep a state for the next step"),
    "clock_driver": (fitted.clock_driver, "both phases of a clock, ideal"),
}
_FOLDERS = {"transistor": _TRANSISTOR, "fitted": _FITTED}


def drawing_of(template: str) -> tuple[Draw, str]:
    """The drawing of a template and what it is called; a box with its ports where there is none.

    Args:
        template: path below templates/, without suffix.
    """
    folder, _, stem = template.rpartition("/")
    found = _FOLDERS.get(folder, _BLOCKS).get(stem)
    return found or (_CROSSBAR if stem.startswith("crossbar_") else _BOX)
