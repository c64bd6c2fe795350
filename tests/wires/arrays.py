"""Arrays in a bench: blocks of the circuit on a word line each, and what they should give."""

from __future__ import annotations

import numpy as np
from bench import Bench, instance
from grid import Grid
from numpy.typing import NDArray

from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.tiles import array_blocks
from spicegen.design import Design
from spicegen.mapping import MappedCrossbar

Array = NDArray[np.float64]


def mapped_pairs(rows: int, columns: int, seed: int = 0, share_open: float = 0.1) -> MappedCrossbar:
    """Random pairs, some of them not there."""
    generator = np.random.default_rng(seed)
    g_pos, g_neg = generator.uniform(1e-6, 1e-4, (2, rows, columns))
    present = generator.random((rows, columns)) >= share_open
    ones = np.ones(columns)
    return MappedCrossbar(
        "x", g_pos * present, g_neg * present, 30e3 * ones, np.ones(rows), ones, present
    )


def outputs(bench: Bench, mapped: MappedCrossbar, made: Design, volts: Array) -> Array:
    """Operating point of the read-outs, V."""
    block, *tiles = array_blocks("crossbar_x", mapped, made)
    rows, columns = mapped.word_lines, mapped.bit_lines
    word = [f"i{row}" for row in range(rows)]
    lines = [f"V{node} {node} cm {v!r}" for node, v in zip(word, volts.tolist(), strict=True)]
    halves = ["p", "n"]
    if made.crossbar.topology == "dual-row":
        lines += [f"En{node} n{node} cm {node} cm -1" for node in word]
        word, halves = [*word, *(f"n{node}" for node in word)], [""]
    bit = [f"b{half}{column}" for half in halves for column in range(columns)]
    common = ["cm"] * (len(block.ports) - len(word) - len(bit))
    lines.append(instance("x", block, " ".join([*word, *bit, *common])))
    for column, r_f in enumerate(mapped.r_feedback_ohm.tolist()):
        ends = " ".join(f"b{half}{column}" for half in halves)
        lines.append(instance(f"r{column}", "readout", f"{ends} out{column} cm", r_f=r_f))
    found = bench.operating_point([*amplifiers(made), *tiles, block], lines)
    return np.array([found[f"out{column}"] for column in range(columns)])


def expected(mapped: MappedCrossbar, made: Design, volts: Array, spare_columns: int = 0) -> Array:
    """The same from every node of one array, drawn once more for the nodal solver."""
    g_pos, g_neg = mapped.g_pos_siemens, mapped.g_neg_siemens
    rows, columns = g_pos.shape
    if made.crossbar.topology == "dual-row":
        g = np.zeros((2 * rows, columns + spare_columns))
        for row in range(rows):  # the signal, then its inverse
            g[2 * row, :columns], g[2 * row + 1, :columns] = g_neg[row], g_pos[row]
        drive = np.array([sign * v for v in volts for sign in (1, -1)])
        sign = np.full(columns, -1.0)
    else:
        g = np.zeros((rows, 2 * columns + spare_columns))
        for column in range(columns):  # the positive half, then the negative one
            g[:, 2 * column], g[:, 2 * column + 1] = g_pos[:, column], g_neg[:, column]
        drive = volts
    wires = made.crossbar.wires
    grid = Grid(
        g, wires.r_word_ohm, wires.r_bit_ohm, wires.r_driver_ohm, wires.r_sense_ohm, wires.two_sided
    )
    currents = -(grid.port_matrix()[len(g) :, : len(g)] @ drive)
    if made.crossbar.topology == "dual-row":
        return np.asarray(sign * mapped.r_feedback_ohm * currents[:columns])
    both = currents[: 2 * columns]
    return np.asarray(mapped.r_feedback_ohm * (both[::2] - both[1::2]))
