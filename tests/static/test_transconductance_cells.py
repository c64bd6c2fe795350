"""Transconductance cells carry the currents of resistor pairs, whatever stands behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bench import Bench, instance
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.crossbar import crossbar
from spicegen.design import Design, design_from
from spicegen.mapping.conductance import MappedCrossbar, map_crossbar

ROWS, COLUMNS = 5, 4
WORD_VOLTS = np.random.default_rng(1).uniform(-0.3, 0.3, ROWS)


def design(cells: str, topology: str, fidelity: str, **opamp: float) -> Design:
    return design_from(
        {
            "fidelity": fidelity,
            "crossbar": {"topology": topology},
            "mapping": {"cells": cells},
            "opamp": dict(opamp),
        }
    )


def mapped_weights(seed: int) -> MappedCrossbar:
    """Random weights; one pair of equal halves, one place without memristors."""
    weight = np.random.default_rng(seed).uniform(-1.0, 1.0, (COLUMNS, ROWS))
    weight[0, 0] = 0.0
    present = np.ones((ROWS, COLUMNS), dtype=np.bool_)
    present[1, 2] = False
    weight[2, 1] = 0.0
    return map_crossbar("x", weight, np.ones(ROWS), np.ones(COLUMNS), Design(), present=present)


def read_out(bench: Bench, made: Design, word_scale: float = 1.0) -> np.ndarray:
    """Outputs of ideally driven word lines, V."""
    mapped = mapped_weights(0)
    block = crossbar("crossbar_x", mapped, made)
    word = [f"w{row}" for row in range(ROWS)]
    volts = (WORD_VOLTS * word_scale).tolist()
    lines = [f"V{node} {node} cm {v!r}" for node, v in zip(word, volts, strict=True)]
    if made.cells == "resistor" and made.crossbar.topology == "dual-row":
        lines += [f"Ei{node} i{node} cm {node} cm -1" for node in word]
        word = [*word, *(f"i{node}" for node in word)]
    halves = [""] if made.crossbar.topology == "dual-row" else ["p", "n"]
    bit = [f"b{half}{column}" for half in halves for column in range(COLUMNS)]
    common = ["cm"] if made.cells == "transconductance" else []
    lines.append(instance("x", block, " ".join([*word, *bit, *common])))
    for column, r_f in enumerate(mapped.r_feedback_ohm.tolist()):
        ends = " ".join(f"b{half}{column}" for half in halves)
        lines.append(instance(f"r{column}", "readout", f"{ends} out{column} cm", r_f=r_f))
    found = bench.operating_point([*amplifiers(made), block], lines, v_common_volts=0.4)
    return np.array([found[f"out{column}"] for column in range(COLUMNS)])


@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
@pytest.mark.parametrize(
    ("fidelity", "opamp"),
    [
        ("ideal", {}),
        ("behavioural", {}),
        ("behavioural", {"gain": 30.0, "v_offset_volts": 3e-3}),
    ],
    ids=["ideal", "behavioural", "low gain and offset"],
)
def test_the_same_operating_point(
    topology: str, fidelity: str, opamp: dict[str, float], bench: Bench
) -> None:
    """Low gain and offsets show the noise gain: a bit line that is loaded otherwise differs."""
    resistors = read_out(bench, design("resistor", topology, fidelity, **opamp))
    sources = read_out(bench, design("transconductance", topology, fidelity, **opamp))
    assert np.abs(resistors).max() > 0.01
    np.testing.assert_allclose(sources, resistors, atol=1e-9, rtol=0)


def test_the_same_in_saturation(bench: Bench) -> None:
    made = [design(cells, "dual-row", "behavioural") for cells in ("resistor", "transconductance")]
    first, second = (read_out(bench, each, word_scale=20.0) for each in made)
    assert np.abs(first).max() > 0.8
    np.testing.assert_allclose(first, second, atol=1e-9, rtol=0)


def test_sizes_count_memristors_not_elements(tmp_path: Path) -> None:
    net = chain(dense("a", 3, 5, seed=1))
    sizes = {
        cells: sg.emit(
            net,
            signal(2, 3, seed=1),
            design_from({"mapping": {"cells": cells}}),
            tmp_path / cells,
        )["size"]
        for cells in ("resistor", "transconductance")
    }
    assert sizes["resistor"]["memristors"] == sizes["transconductance"]["memristors"] == 40
    assert sizes["transconductance"]["devices"] < sizes["resistor"]["devices"]


def test_a_transient_with_sources_gives_the_same_outputs(
    tmp_path: Path, ngspice_program: str
) -> None:
    net = chain(lstm("m", 2, 3, seed=1), dense("out", 3, 2, seed=2))
    runs = [
        sg.run(
            net,
            signal(6, 2, seed=5),
            design=sg.load_design(None, [f"mapping.cells={cells}", "simulation.engine=ngspice"]),
            out=tmp_path / cells,
        )
        for cells in ("resistor", "transconductance")
    ]
    np.testing.assert_allclose(runs[0].outputs, runs[1].outputs, atol=3e-4)


@pytest.mark.parametrize(
    ("sets", "cells"),
    [
        ([], "resistor"),
        (["simulation.analysis=static"], "transconductance"),
        (["simulation.analysis=static", "mapping.cells=resistor"], "resistor"),
        (["simulation.analysis=static", "crossbar.topology=dual-column"], "resistor"),
        (["simulation.analysis=static", "opamp.v_offset_volts=1e-3"], "resistor"),
        (["simulation.analysis=static", "opamp.gain=1e4"], "resistor"),
        (["simulation.analysis=static", "opamp.gain=1e4", "fidelity=ideal"], "transconductance"),
    ],
)
def test_auto_takes_sources_only_where_the_result_is_the_same(sets: list[str], cells: str) -> None:
    assert sg.load_design(None, sets).cells == cells
