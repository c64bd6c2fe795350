"""What wires and tiles add to the time that an array takes to settle.

Resistance alone adds nothing: conductances seen through it are smaller, and with them the noise
gains of the read-outs, also of all read-outs coupled by the wires (the power that voltages at
the bit lines dissipate falls with every resistance in the way, so that the port matrix lies
below that of ideal wires). What is left are capacitances.
"""

from __future__ import annotations

import numpy as np

from spicegen.design import Design, Wires
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.tiles import tiles_of


def line_delay(wires: Wires, cells: int, r_end_ohm: float, r_segment_ohm: float) -> float:
    """Elmore delay of a line, s: every capacitance times the resistance in front of it.

    For a line without branches it is also the sum of the time constants, and so never below
    the slowest one (J. Rubinstein, P. Penfield, M. Horowitz, "Signal delay in RC tree networks",
    IEEE Trans. CAD 2(3), 202-211 (1983), doi 10.1109/TCAD.1983.1270037). Cells that conduct to
    other lines at rest only make it faster. Drive at both ends counts as drive at one.

    Args:
        wires: capacitance of a segment.
        cells: segments, unused ones of a tile included.
        r_end_ohm: of the driver or of the read-out's end.
        r_segment_ohm: of a segment.
    """
    positions = np.arange(1.0, cells + 1)
    per_node = np.full(cells, wires.c_farad)
    per_node[-1] /= 2
    ends = r_end_ohm * wires.c_farad / 2
    return float(ends + ((r_end_ohm + r_segment_ohm * positions) * per_node).sum())


def array_lags(crossbar: MappedCrossbar, amplifier_s: float, design: Design) -> list[float]:
    """Time constants in front of the read-outs of an array, s.

    Args:
        crossbar: the array.
        amplifier_s: time constant of an op-amp at unity gain, s; 0 where it is ideal.
        design: tiles, wires.
    """
    wires = design.crossbar.wires
    if wires.model == "ideal":
        return []
    tiling = tiles_of(crossbar.word_lines, crossbar.bit_lines, design)
    buffers = [amplifier_s] * (tiling.columns > 1)
    if not wires.c_farad or design.static:
        return buffers
    per_signal, per_output = design.crossbar.lines_per_pair
    rows = design.crossbar.tile_rows or per_signal * crossbar.word_lines
    columns = design.crossbar.tile_columns or per_output * crossbar.bit_lines
    word = line_delay(wires, columns, wires.r_driver_ohm, wires.r_word_ohm)
    bit = line_delay(wires, rows, wires.r_sense_ohm, wires.r_bit_ohm)
    lags = [*buffers, word, bit]
    if amplifier_s:
        lags += _at_amplifiers(crossbar, tiling.rows * rows, tiling.columns * columns, design)
    return lags


def _at_amplifiers(
    crossbar: MappedCrossbar, rows: int, columns: int, design: Design
) -> list[float]:
    """Lags of amplifiers with a line's capacitance at their input or output.

    A one-pole amplifier with C behind R in its loop has the closed-loop poles of
    s^2 R C t + s t N + 1 = 0 with t = 1 / (2 pi gbw) and noise gain N. Overdamped, they are
    slower than N t by at most R C / N; underdamped, they decay with 2 R C / N, and ring. Two
    lags of 2 R C / N beside that of the amplifier (which every read-out has) bound both.
    """
    wires, topology = design.crossbar.wires, design.crossbar.topology
    gains = crossbar.noise_gains(topology)
    at_input = max(
        float((crossbar.r_feedback_ohm / gain).max()) * rows * wires.c_farad for gain in gains
    )
    at_output = design.opamp.r_out_ohm * columns * wires.c_farad
    return [2 * at_input, 2 * at_input, 2 * at_output, 2 * at_output]
