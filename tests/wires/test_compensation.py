"""Compensation: effective weights against a nodal solver, before and after, also in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arrays import expected
from numpy.typing import NDArray
from small_networks import chain, dense, signal

import spicegen as sg
from spicegen.design import Design, design_from
from spicegen.errors import MappingError
from spicegen.mapping import MappedCrossbar, map_crossbar
from spicegen.mapping.wires import effective

Array = NDArray[np.float64]
TOPOLOGIES = ["dual-row", "dual-column"]


def design(topology: str, compensation: str, r_segment_ohm: float = 1.0, **more: Any) -> Design:
    wires = {
        "model": "reduced",
        "r_segment_ohm": r_segment_ohm,
        "compensation": compensation,
        **more.pop("wires", {}),
    }
    crossbar = {"topology": topology, "wires": wires, **more.pop("crossbar", {})}
    return design_from({"crossbar": crossbar, **more})


def mapped(rows: int, columns: int, made: Design) -> MappedCrossbar:
    """Normal weights, the largest of each column at g_max."""
    weight = np.random.default_rng(0).normal(0, 1, (columns, rows))
    return map_crossbar("x", weight, np.full(rows, 0.3), np.full(columns, 3.0), made)


def wrong(found: MappedCrossbar, made: Design) -> Array:
    """(outputs,) relative error of each output's weights behind the wires, by norms."""
    gain = effective(found.g_pos_siemens, found.g_neg_siemens, made) * found.r_feedback_ohm
    weight = np.random.default_rng(0).normal(0, 1, (found.bit_lines, found.word_lines)).T
    wanted = weight * 3.0 / 0.3
    return np.asarray(np.linalg.norm(gain - wanted, axis=0) / np.linalg.norm(wanted, axis=0))


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("tiles", [{}, {"tile_rows": 4, "tile_columns": 4}])
def test_effective_weights_are_those_of_the_nodal_solution(
    topology: str, tiles: dict[str, int]
) -> None:
    made = design(topology, "none", 20.0, crossbar=tiles)
    found = mapped(4, 4, made)
    weighs = effective(found.g_pos_siemens, found.g_neg_siemens, made)
    if not tiles:
        by_row = [expected(found, made, volts) / found.r_feedback_ohm for volts in np.eye(4)]
        np.testing.assert_allclose(weighs, by_row, rtol=1e-8, atol=1e-15)
    else:
        whole = design(topology, "none", 20.0)
        step = 2 if topology == "dual-row" else 4
        wide = 4 if topology == "dual-row" else 2
        for row in range(0, 4, step):
            for column in range(0, 4, wide):
                place = slice(row, row + step), slice(column, column + wide)
                part = effective(found.g_pos_siemens[place], found.g_neg_siemens[place], whole)
                np.testing.assert_allclose(weighs[place], part, rtol=1e-12)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_64_square_comes_below_one_percent(topology: str) -> None:
    raw, scaled, programmed = (
        wrong(mapped(64, 64, made), made)
        for made in (design(topology, kind) for kind in ("none", "column-scale", "conductance"))
    )
    assert raw.max() > 0.05
    assert (scaled < raw).all()
    assert programmed.max() < 1e-6


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("kind", ["column-scale", "conductance"])
def test_what_it_reports_is_what_it_reaches(topology: str, kind: str) -> None:
    made, raw = design(topology, kind, 20.0), design(topology, "none", 20.0)
    found = mapped(12, 9, made)
    done = found.compensated
    assert done is not None
    assert done.error_after == pytest.approx(wrong(found, made).max(), rel=1e-6, abs=1e-12)
    assert done.error_before == pytest.approx(wrong(mapped(12, 9, raw), raw).max(), rel=1e-6)
    assert mapped(12, 9, raw).compensated is None


def test_the_window_is_kept() -> None:
    """Devices at g_max cannot conduct more: their bit lines are scaled down instead."""
    made = design("dual-row", "conductance", 30.0)
    found = mapped(16, 16, made)
    for g in (found.g_pos_siemens, found.g_neg_siemens):
        assert g.min() >= 1e-6 * (1 - 1e-12)
        assert g.max() <= 1e-4 * (1 + 1e-12)
    done = found.compensated
    assert done is not None
    assert done.error_after < 1e-6 < 0.1 < done.error_before
    assert (done.scale > 1.05).all()


def test_pairs_that_are_not_there_stay_away() -> None:
    made = design("dual-row", "conductance", 5.0)
    generator = np.random.default_rng(3)
    present = generator.random((10, 6)) < 0.6
    weight = generator.normal(0, 1, (6, 10)) * present.T
    found = map_crossbar("x", weight, np.ones(10), np.ones(6), made, present=present)
    assert not (found.g_pos_siemens + found.g_neg_siemens)[~present].any()
    done = found.compensated
    assert done is not None
    # sneak paths through neighbours remain where no pair can undo them
    assert 0 < done.error_after < 0.1 * done.error_before


def test_levels_round_what_compensation_asks_for() -> None:
    made = design("dual-row", "conductance", 5.0, device={"levels": 32})
    found = mapped(8, 6, made)
    step = (1e-4 - 1e-6) / 31
    at = (found.g_pos_siemens - 1e-6) / step
    np.testing.assert_allclose(at, np.rint(at), atol=1e-9)


def test_an_output_whose_wires_leave_nothing_is_refused() -> None:
    made = design("dual-row", "column-scale", 0.0, wires={"r_bit_segment_ohm": 3e4})
    weight = np.zeros((1, 40))
    weight[0, 0], weight[0, 1:] = 1.0, -1e-3
    with pytest.raises(MappingError, match=r"crossbar x, output 0: its wires .*got a factor of -"):
        map_crossbar("x", weight, np.ones(40), np.ones(1), made)


@pytest.mark.usefixtures("ngspice_program")
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_compensated_run_is_as_good_as_one_without_wires(tmp_path: Path, topology: str) -> None:
    network = chain(dense("a", 12, 10, "tanh", seed=1), dense("b", 10, 4, seed=2))
    inputs = signal(3, 12, seed=0)
    errors = {}
    for kind in ("none", "column-scale", "conductance"):
        made = design(topology, kind, 30.0)
        result = sg.run(network, inputs, design=made, out=tmp_path / kind)
        errors[kind] = result.accuracy.max_error_pct
        told = result.summary["compensation"]
        assert [part["layer"] for part in told] == ([] if kind == "none" else ["a", "b"])
        assert all(part["error_after_pct"] < part["error_before_pct"] for part in told)
    ideal = sg.run(
        network,
        inputs,
        design=design_from({"crossbar": {"topology": topology}}),
        out=tmp_path / "i",
    )
    assert errors["none"] > 3.0
    assert errors["column-scale"] < errors["none"]
    assert errors["conductance"] < ideal.accuracy.max_error_pct + 1e-3
