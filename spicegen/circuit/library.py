"""The cells of a design, without a network: what circuits are built from."""

from __future__ import annotations

import numpy as np

from spicegen.circuit.amplifier import amplifiers, multiplexers
from spicegen.circuit.cells import activation, multipliers, sample_hold
from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.tiles import array_blocks
from spicegen.circuit.transistor import transistor_cell
from spicegen.design import Design
from spicegen.mapping import map_crossbar

EXAMPLE = np.array([[0.5, -1.0], [1.0, 0.25]])
"""Weights of the crossbar that stands for all: its values are those of the design's devices."""

OF_UNITS = (
    *("sigmoid", "sigmoid_gate", "tanh", "relu"),
    *("multiplier", "weigher", "difference", "divider", "booster"),
)
"""Cells of units and dense layers that are drawn with transistors."""


def cells_of(design: Design) -> dict[str, Subcircuit]:
    """Every cell that a design can call for, by name.

    Activation cells take 1.0 at the design's volts and give it at the signal's unit; a network
    may scale the latter. The crossbar is an example of two word lines and two bit lines.
    """
    signal, cell = design.signal, design.activation
    out = signal.headroom * signal.v_rail_volts
    volts = np.full(2, signal.v_read_volts)
    mapped = map_crossbar("example", EXAMPLE, volts, np.full(2, signal.v_unit_volts), design)
    crossbar, *tiles = array_blocks("crossbar", mapped, design)
    # a reference column has its switches for itself: serial hardware shares pairs only
    alone = design.crossbar.has_reference or design.crossbar.voltage or design.transistors
    serial = () if alone else multiplexers(design)
    activations: tuple[Subcircuit, ...]
    if design.fidelity_of("activation") == "transistor":
        activations = tuple(transistor_cell(name, design) for name in OF_UNITS)
    else:
        activations = (
            activation("sigmoid", "sigmoid", cell.sigmoid_unit_volts, out, design),
            activation("tanh", "tanh", cell.tanh_unit_volts, out, design),
            activation("relu", "relu", signal.v_unit_volts, signal.v_unit_volts, design),
        )
    blocks = (
        *amplifiers(design),
        *serial,
        *activations,
        *multipliers(design),
        *sample_hold(design),
        *(transistor_cell(name, design) for name in _of_transistors_alone(design)),
        *tiles,
        crossbar,
    )
    return {block.name: block for block in blocks}


def _of_transistors_alone(design: Design) -> tuple[str, ...]:
    """Cells without a counterpart of lower fidelity, and the switch of lines, which networks of
    transistors do not use yet."""
    gates = ("switch",) if design.fidelity_of("sample_hold") == "transistor" else ()
    return (*gates, "bias") if design.transistors else ()
