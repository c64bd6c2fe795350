"""Capacitance: step responses against moments of a nodal solution, finer wires, and the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from bench import Bench, instance
from grid import Grid
from numpy.typing import NDArray
from scipy.sparse.linalg import splu
from small_networks import chain, dense, signal

import spicegen as sg
from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.settling import settling_time, step_times
from spicegen.circuit.tiles import array_blocks
from spicegen.circuit.wire_lags import array_lags, line_delay
from spicegen.design import Design, Wires, design_from
from spicegen.mapping import MappedCrossbar, map_network

Array = NDArray[np.float64]
R, C, R_END = 50.0, 20e-15, 500.0


def design(cut: int = 1) -> Design:
    """Two columns, so that every cell of the array can be set; segments cut into pieces."""
    wires: dict[str, Any] = {"model": "full", "r_segment_ohm": R / cut, "c_segment_farad": C / cut}
    wires |= {"r_driver_ohm": R_END, "r_sense_ohm": R_END}
    return design_from(
        {"fidelity": "ideal", "crossbar": {"topology": "dual-column", "wires": wires}}
    )


def spread(g: Array, cut: int) -> Array:
    """The same cells on lines with `cut` times as many segments, where those lie."""
    rows, columns = g.shape
    wide = np.zeros((rows * cut, columns * cut))
    wide[::cut, cut - 1 :: cut] = g
    return wide


def step_response(bench: Bench, g: Array, cut: int, t_s: Array) -> Array:
    """(bit lines of g, times) bit-line currents after 1 V on the first word line, A."""
    wide = spread(g, cut)
    rows, columns = wide.shape
    pairs = columns // 2
    ones = np.ones(pairs)
    mapped = MappedCrossbar(
        "x", wide[:, ::2], wide[:, 1::2], 1e3 * ones, np.ones(rows), ones, wide[:, ::2] >= 0
    )
    made = design(cut)
    (block,) = array_blocks("crossbar_x", mapped, made)
    word = [f"i{row}" for row in range(rows)]
    bit = [f"b{half}{pair}" for half in "pn" for pair in range(pairs)]
    step_s = float(t_s[1])
    lines = [f"Vi0 i0 cm PWL(0 0 {step_s * 1e-3!r} 1)"]
    lines += [f"V{node} {node} cm 0" for node in word[1:]]
    lines += [f"V{node} {node} cm 0" for node in bit]
    lines.append(instance("x", block, " ".join([*word, *bit, "cm"])))
    analysis = f".tran {step_s!r} {float(t_s[-1])!r} 0 {step_s!r} uic"
    plot = bench.run([*amplifiers(made), block], lines, analysis)
    time = np.real(plot["time"])
    order = [f"b{'pn'[column % 2]}{column // 2}" for column in range(cut - 1, columns, cut)]
    return np.stack([np.interp(t_s, time, np.real(plot[f"i(v{node})"])) for node in order])


def moments(g: Array) -> tuple[float, float, float]:
    """Current of the last bit line per volt on the first word line: its final value, and mean
    and deviation of the delay (the first two moments of the impulse response)."""
    rows, columns = g.shape
    grid = Grid(g, R, R, R_END, R_END)
    matrix, number = grid.matrix()
    ports = grid.ports
    c = np.zeros(matrix.shape[0])
    for line in (*grid.word, *grid.bit.T):
        np.add.at(c, number[line], C)
    np.add.at(c, number[grid.word[:, -1]], -C / 2)
    np.add.at(c, number[grid.bit[0]], -C / 2)
    starts = number[ports + 2 * rows * columns + np.arange(rows + columns)]
    np.add.at(c, starts, C / 2)
    inside = splu(sp.csc_matrix(matrix[ports:, ports:]))
    sense = -matrix[ports - 1, ports:].toarray().ravel()
    volts = inside.solve(-matrix[ports:, [0]].toarray().ravel())
    found = [sense @ volts]
    for _ in range(2):
        volts = inside.solve(c[ports:] * volts)
        found.append(sense @ volts)
    mean = found[1] / found[0]
    return found[0], mean, float(np.sqrt(2 * found[2] / found[0] - mean**2))


def cells(size: int) -> Array:
    return np.random.default_rng(0).uniform(1e-6, 1e-4, (size, size))


@pytest.mark.parametrize("size", [8, 32])
def test_a_step_arrives_within_the_elmore_bound(bench: Bench, size: int) -> None:
    """The longest path, first word line to last bit line: half of it has arrived not later
    than its Elmore delay (the mean of a skewed impulse response) and not earlier than that less
    its deviation; and the rest follows as two lags of the lines' own delays would."""
    g = cells(size)
    final, mean, deviation = moments(g)
    word = line_delay(design().crossbar.wires, size, R_END, R)
    t_s = np.linspace(0, 10 * word, 61)
    current = step_response(bench, g, 1, t_s)[-1]
    done = current / final
    # two junctions of lines delay one after the other; cells leak, and only speed them up
    assert mean < 2 * word
    assert done.max() < 1 + 1e-4  # no overshoot
    half = float(np.interp(0.5, done, t_s))
    assert mean - deviation <= half <= mean
    for error in (1e-1, 1e-2, 1e-3):
        settled = settling_time([word, word], error)
        if settled < t_s[-1]:
            assert 1 - np.interp(settled, t_s, done) <= error


def test_finer_segments_change_little(bench: Bench) -> None:
    """Half of each segment's capacitance stands at either end: second order in its length."""
    g = cells(8)
    word = line_delay(design().crossbar.wires, 8, R_END, R)
    t_s = np.linspace(0, 8 * word, 161)
    whole, halves, quarters = (step_response(bench, g, cut, t_s)[-1] for cut in (1, 2, 4))
    final = moments(g)[0]
    for each in (whole, halves):
        assert np.abs(each - quarters).max() < 1e-3 * final


def test_line_delay_by_hand() -> None:
    wires = Wires(model="full", r_segment_ohm=2.0, c_segment_farad=3.0)
    # driver 10: half a segment behind it, then 12, 14 and the end at 16 with its half
    expected = 10 * 1.5 + 12 * 3 + 14 * 3 + 16 * 1.5
    assert line_delay(wires, 3, 10.0, 2.0) == pytest.approx(expected)


def test_the_step_time_follows_from_the_wires(ngspice_program: str, tmp_path: Path) -> None:
    """With slow lines: outputs settle within the chosen step as they do in one twice as long."""
    network, inputs = (
        chain(dense("a", 8, 6, "tanh", seed=1), dense("b", 6, 3, seed=2)),
        signal(4, 8, seed=0),
    )
    wires = {"model": "full", "r_segment_ohm": 100.0, "r_driver_ohm": 3e3, "c_segment_farad": 1e-12}
    table: dict[str, Any] = {"crossbar": {"wires": wires}, "timing": {"settle_error": 1e-4}}
    mapped = map_network(network, network.forward(inputs), design_from({}))
    fast, _ = step_times(mapped, design_from({"timing": {"settle_error": 1e-4}}))
    slow, _ = step_times(mapped, design_from(table))
    assert slow > 1.5 * fast
    outputs = {}
    for name, t_step_s in (("chosen", None), ("double", 2 * slow), ("without", fast)):
        timing = {"settle_error": 1e-4} | ({"t_step_s": t_step_s} if t_step_s else {})
        made = design_from(
            {**table, "timing": timing, "simulation": {"reltol": 1e-6, "trtol": 1.0}}
        )
        run = sg.run(network, inputs, design=made, out=tmp_path / name)
        outputs[name] = run.outputs
        full_scale = np.ptp(run.reference, axis=0)
    late = np.abs(outputs["chosen"] - outputs["double"]) / full_scale
    early = np.abs(outputs["without"] - outputs["double"]) / full_scale
    assert late.max() < 3e-4  # settle_error, through both layers, and what the solver allows
    assert early.max() > 3 * late.max()


def test_tiles_side_by_side_wait_for_their_buffers() -> None:
    network = chain(dense("a", 8, 6, seed=1))
    mapped = map_network(network, network.forward(signal(2, 8, seed=0)), design_from({}))
    crossbar = mapped.layers[0].parts[0].crossbar
    wires = {"model": "full", "r_segment_ohm": 1.0}
    for table, lags in (
        ({}, []),
        ({"tile_columns": 4}, []),
        ({"wires": wires}, []),
        ({"wires": wires, "tile_rows": 4}, []),
        ({"wires": wires, "tile_columns": 4}, [3e-9]),
    ):
        assert array_lags(crossbar, 3e-9, design_from({"crossbar": table})) == lags
