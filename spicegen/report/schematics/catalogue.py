"""Which drawing belongs to which template."""

from __future__ import annotations

from spicegen.report.schematics import amplifiers, arrays, cells, units
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
TRANSISTOR = "transistor"


def drawing_of(template: str) -> tuple[Draw, str]:
    """The drawing of a template and what it is called; a box with its ports where there is none.

    Args:
        template: path below templates/, without suffix.
    """
    folder, _, stem = template.rpartition("/")
    if folder == TRANSISTOR:
        return _BOX
    if stem in _BLOCKS:
        return _BLOCKS[stem]
    return _CROSSBAR if stem.startswith("crossbar_") else _BOX
