"""Crossbars with wires in ngspice, in both forms, against a nodal solver of every node."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import expected, mapped_pairs, outputs
from bench import Bench, block_text

from spicegen.circuit.crossbar import crossbar
from spicegen.circuit.tiles import array_blocks
from spicegen.design import Design, design_from
from spicegen.netlist.numbers import repeated
from spicegen.netlist.size import measure_array

TOPOLOGIES = ["dual-row", "dual-column"]
MODELS = ["full", "reduced"]
WIRES: list[dict[str, Any]] = [
    {"r_segment_ohm": 20.0},
    {"r_segment_ohm": 20.0, "drive": "two-sided"},
    {"r_segment_ohm": 0.0, "r_bit_segment_ohm": 30.0},
    {"r_segment_ohm": 30.0, "r_bit_segment_ohm": 0.0},
    {"r_segment_ohm": 10.0, "r_driver_ohm": 200.0, "r_sense_ohm": 50.0},
    {"r_segment_ohm": 10.0, "r_driver_ohm": 200.0, "r_sense_ohm": 50.0, "drive": "two-sided"},
    {"r_segment_ohm": 0.0, "r_driver_ohm": 300.0, "drive": "two-sided"},
    {"r_segment_ohm": 0.0, "r_driver_ohm": 300.0, "r_sense_ohm": 70.0},
]
VOLTS = np.random.default_rng(1).uniform(-0.3, 0.3, 5)


def design(topology: str, wires: dict[str, Any], **crossbar: Any) -> Design:
    table = {"topology": topology, "wires": wires, **crossbar}
    return design_from({"fidelity": "ideal", "crossbar": table})


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("wires", WIRES)
@pytest.mark.parametrize("model", MODELS)
def test_read_outs_are_those_of_the_nodal_solution(
    bench: Bench, topology: str, wires: dict[str, Any], model: str
) -> None:
    mapped, made = mapped_pairs(5, 4), design(topology, {"model": model, **wires})
    found = outputs(bench, mapped, made, VOLTS)
    np.testing.assert_allclose(found, expected(mapped, made, VOLTS), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_one_wrong_segment_is_noticed(bench: Bench, topology: str) -> None:
    """The comparison above would fail for a placement in any other order."""
    made = design(topology, {"model": "full", "r_segment_ohm": 20.0})
    mapped = mapped_pairs(5, 4)
    found = outputs(bench, mapped, made, VOLTS)
    other = design(
        "dual-column" if topology == "dual-row" else "dual-row",
        {"model": "full", "r_segment_ohm": 20.0},
    )
    assert np.abs(found - expected(mapped, other, VOLTS)).max() > 1e-4


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("drive", ["one-sided", "two-sided"])
def test_tiles_are_arrays_of_their_own(bench: Bench, topology: str, model: str, drive: str) -> None:
    """Currents add at the virtual ground; an unfilled tile drives from its far side."""
    wires = {"model": model, "r_segment_ohm": 20.0, "drive": drive}
    made = design(topology, wires, tile_rows=6, tile_columns=7)
    mapped = mapped_pairs(9, 9, share_open=0.0)
    volts = np.random.default_rng(2).uniform(-0.3, 0.3, 9)
    per_row, per_column = (3, 7) if topology == "dual-row" else (6, 3)
    lines = 1 if topology == "dual-row" else 2
    truth = np.zeros(9)
    for row in range(0, 9, per_row):
        for column in range(0, 9, per_column):
            rows, columns = slice(row, row + per_row), slice(column, min(column + per_column, 9))
            part = mapped_part(mapped, rows, columns)
            spare = 7 - lines * part.bit_lines
            truth[columns] += expected(part, made, volts[rows], spare)
    found = outputs(bench, mapped, made, volts)
    np.testing.assert_allclose(found, truth, rtol=1e-8, atol=1e-10)


def mapped_part(mapped: Any, rows: slice, columns: slice) -> Any:
    from dataclasses import replace

    return replace(
        mapped,
        g_pos_siemens=mapped.g_pos_siemens[rows, columns],
        g_neg_siemens=mapped.g_neg_siemens[rows, columns],
        r_feedback_ohm=mapped.r_feedback_ohm[columns],
        present=mapped.present[rows, columns],
    )


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_tiles_without_wires_change_nothing(bench: Bench, topology: str) -> None:
    mapped = mapped_pairs(5, 4)
    whole, cut = design(topology, {}), design(topology, {}, tile_rows=4, tile_columns=4)
    np.testing.assert_allclose(
        outputs(bench, mapped, cut, VOLTS), outputs(bench, mapped, whole, VOLTS), rtol=1e-9
    )


def test_tiles_and_padding_are_counted() -> None:
    made = design("dual-row", {"model": "full", "r_segment_ohm": 1.0}, tile_rows=5, tile_columns=3)
    block, *tiles = array_blocks("x", mapped_pairs(5, 4), made)
    # 2 of 5 word lines' pairs fit, so 3 tiles below each other, 2 side by side
    assert (block.values["tiles"], len(tiles)) == (6, 6)
    assert block.values["padding_cells"] == 6 * 15 - 2 * 5 * 4
    buffers = [i for i in block.values["instances"] if i.subcircuit == "follower"]  # type: ignore[union-attr]
    assert len(buffers) == 2 * 5 * 2  # both signs of each signal, in both columns of tiles
    alone = design("dual-row", {"model": "full", "r_segment_ohm": 1.0}, tile_rows=4)
    block, *tiles = array_blocks("x", mapped_pairs(5, 4), alone)
    assert len(tiles) == 3
    assert all(i.subcircuit != "follower" for i in block.values["instances"])  # type: ignore[union-attr]


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_ideal_wires_leave_the_deck_as_it_was(topology: str) -> None:
    mapped = mapped_pairs(5, 4)
    made = design(topology, {"r_segment_ohm": 5.0, "c_segment_farad": 1e-15})
    (block,) = array_blocks("x", mapped, made)
    assert block_text(block) == block_text(crossbar("x", mapped, design(topology, {})))


@pytest.mark.parametrize("wires", WIRES)
def test_elements_and_nodes_are_counted(wires: dict[str, Any]) -> None:
    made = design("dual-row", {"model": "full", "c_segment_farad": 1e-15, **wires})
    (block,) = array_blocks("x", mapped_pairs(3, 4, share_open=0.0), made)
    text = block_text(block)
    lines = [line.split() for line in text.splitlines() if line[0] in "RC"]
    nodes = {node for line in lines for node in line[1:3]} - set(block.ports)
    size = measure_array(text, 24, block.values["inner_nodes"])  # type: ignore[arg-type]
    assert (size.devices, size.inner_nodes) == (len(lines), len(nodes))
    assert len({line[0] for line in lines}) == len(lines)
    # each segment's capacitance is there once, at whichever nodes
    segments = 6 * 4 + 6 * 4 + 6 * (made.crossbar.wires.drive == "two-sided")
    total = sum(float(line[3]) for line in lines if line[0][0] == "C")
    assert total == pytest.approx(segments * 1e-15, rel=1e-12)


def test_unused_lengths_of_a_tile_keep_their_capacitance() -> None:
    wires = {"model": "full", "r_segment_ohm": 2.0, "c_segment_farad": 1e-15}
    made = design("dual-row", wires, tile_rows=10, tile_columns=9)
    (block,) = array_blocks("x", mapped_pairs(3, 4, share_open=0.0), made)
    lines = [line.split() for line in block_text(block).splitlines() if line[0] == "C"]
    assert sum(float(line[3]) for line in lines) == pytest.approx((6 * 9 + 4 * 10) * 1e-15)


def test_static_decks_hold_no_capacitors() -> None:
    table = {"model": "full", "r_segment_ohm": 2.0, "c_segment_farad": 1e-15}
    made = design_from({"crossbar": {"wires": table}, "simulation": {"analysis": "static"}})
    (block,) = array_blocks("x", mapped_pairs(3, 4), made)
    assert "\nC" not in block_text(block)
    assert made.cells == "resistor"


def test_repeated_elements() -> None:
    text = repeated("R{row}_{column} a{row}_{column} a{next_row}_{next_column}", 2.5, 2, 2)
    assert text.splitlines() == [
        "R0_0 a0_0 a1_1 2.5", "R0_1 a0_1 a1_2 2.5", "R1_0 a1_0 a2_1 2.5", "R1_1 a1_1 a2_2 2.5",
    ]  # fmt: skip
    assert repeated("R{row} a b", 1.0, 0, 3) == repeated("R{row} a b", 1.0, 3, 0) == ""
