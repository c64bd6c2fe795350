"""The cells of a design, without a network: what circuits are built from."""

from __future__ import annotations

import numpy as np

from spicegen.circuit.amplifier import amplifiers, multiplexers
from spicegen.circuit.cells import activation, multipliers, sample_hold
from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.tiles import array_blocks
from spicegen.design import Design
from spicegen.mapping import map_crossbar

EXAMPLE = np.array([[0.5, -1.0], [1.0, 0.25]])
"""Weights of the crossbar that stands for all: its values are those of the design's devices."""


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
    serial = (
        () if design.crossbar.has_reference or design.crossbar.voltage else multiplexers(design)
    )
    blocks = (
        *amplifiers(design),
        *serial,
        activation("sigmoid", "sigmoid", cell.sigmoid_unit_volts, out, design),
        activation("tanh", "tanh", cell.tanh_unit_volts, out, design),
        activation("relu", "relu", signal.v_unit_volts, signal.v_unit_volts, design),
        *multipliers(design),
        *sample_hold(design),
        *tiles,
        crossbar,
    )
    return {block.name: block for block in blocks}
