"""The reduced array against a nodal solver of every node, and against another package."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np
import pytest
from grid import Grid
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spicegen.design import Wires
from spicegen.errors import MappingError
from spicegen.mapping.wires import cell_volts, reduce_array

Array = NDArray[np.float64]
SHAPES = [(1, 1), (1, 6), (6, 1), (2, 3), (7, 12), (12, 7), (9, 8)]
RESISTANCES = [(1.0, 1.0), (0.0, 2.5), (2.5, 0.0), (1e-3, 30.0), (300.0, 100.0), (0.0, 0.0)]


def conductances(rows: int, columns: int, seed: int = 0, share_open: float = 0.15) -> Array:
    generator = np.random.default_rng(seed)
    g = generator.uniform(1e-6, 1e-4, (rows, columns))
    g[generator.random(g.shape) < share_open] = 0.0
    return g


def wires(r_word: float, r_bit: float, **more: Any) -> Wires:
    resistive = r_word or r_bit or more.get("r_driver_ohm") or more.get("r_sense_ohm")
    return Wires(
        model="reduced" if resistive else "ideal",
        r_segment_ohm=r_word,
        r_bit_segment_ohm=r_bit,
        **more,
    )


def reduced(g: Array, made: Wires) -> Array:
    """The port matrix in one piece: word lines, then bit lines."""
    ports = reduce_array(g, made)
    return np.block([[ports.word, -ports.transfer], [-ports.transfer.T, ports.bit]])


def solved(g: Array, made: Wires, *, exactly: bool = False) -> Array:
    grid = Grid(
        g, made.r_word_ohm, made.r_bit_ohm, made.r_driver_ohm, made.r_sense_ohm, made.two_sided
    )
    return grid.port_matrix(exactly=exactly)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ohm", RESISTANCES)
@pytest.mark.parametrize("ends", [{}, {"r_driver_ohm": 150.0, "r_sense_ohm": 40.0}])
@pytest.mark.parametrize("drive", ["one-sided", "two-sided"])
def test_currents_are_those_of_the_nodal_solution(
    shape: tuple[int, int], ohm: tuple[float, float], ends: dict[str, float], drive: str
) -> None:
    g, made = conductances(*shape), wires(*ohm, **ends, drive=drive)
    found, truth = reduced(g, made), solved(g, made)
    scale = np.sqrt(np.outer(np.diag(truth), np.diag(truth)))
    assert np.abs(found - truth).max() <= 1e-9 * np.abs(truth).max()
    # each bit line's current with every word line at 1 V
    rows = g.shape[0]
    np.testing.assert_allclose(
        found[rows:, :rows].sum(axis=1), truth[rows:, :rows].sum(axis=1), rtol=1e-9, atol=1e-24
    )
    assert (np.abs(found - truth) <= 1e-9 * scale + 1e-24).all()


@pytest.mark.parametrize("shape", [(1, 4), (5, 3), (3, 5), (6, 6)])
@pytest.mark.parametrize("ohm", RESISTANCES)
@pytest.mark.parametrize("drive", ["one-sided", "two-sided"])
def test_every_term_is_exact_however_small(
    shape: tuple[int, int], ohm: tuple[float, float], drive: str
) -> None:
    """Mutual terms between bit lines are 1e-9 of their own ones: the emitted resistors."""
    g, made = conductances(*shape, seed=3), wires(*ohm, drive=drive, r_driver_ohm=7.0)
    np.testing.assert_allclose(
        reduced(g, made), solved(g, made, exactly=True), rtol=1e-9, atol=1e-26
    )


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("ohm", [(1.0, 1.0), (0.0, 5.0), (0.5, 0.0)])
def test_64_square(seed: int, ohm: tuple[float, float]) -> None:
    g, made = conductances(64, 64, seed), wires(*ohm)
    volts = np.random.default_rng(seed).uniform(-0.3, 0.3, 64)
    truth = solved(g, made)[64:, :64] @ volts
    found = reduce_array(g, made).transfer.T @ volts
    largest = reduce_array(g, made).transfer.T @ np.abs(volts)
    assert (np.abs(found + truth) <= 1e-9 * largest).all()


@given(
    st.integers(1, 7), st.integers(1, 7), st.integers(0, 99), st.floats(0, 1e4), st.floats(0, 1e4)
)
@settings(max_examples=60, deadline=None)
def test_it_is_a_network_of_positive_resistors(
    rows: int, columns: int, seed: int, r_word: float, r_bit: float
) -> None:
    """Symmetric; no negative mutual conductance; with all ports at one voltage no current."""
    found = reduced(conductances(rows, columns, seed), wires(r_word, r_bit, r_driver_ohm=1.0))
    np.testing.assert_allclose(found, found.T, rtol=1e-12, atol=1e-24)
    mutual = found - np.diag(np.diag(found))
    assert mutual.max() <= 1e-24
    np.testing.assert_allclose(-mutual.sum(axis=1), np.diag(found), rtol=1e-10, atol=1e-22)


def test_no_wires_leave_the_conductances() -> None:
    g = conductances(5, 4)
    ports = reduce_array(g, Wires())
    np.testing.assert_allclose(ports.transfer, g, rtol=1e-15)
    np.testing.assert_allclose(ports.word, np.diag(g.sum(axis=1)), rtol=1e-15)
    np.testing.assert_allclose(ports.bit, np.diag(g.sum(axis=0)), rtol=1e-15)


def test_one_cell_by_hand() -> None:
    made = wires(3.0, 5.0, r_driver_ohm=70.0, r_sense_ohm=11.0)
    ports = reduce_array(np.array([[1e-4]]), made)
    assert ports.transfer[0, 0] == pytest.approx(1 / (70 + 3 + 1e4 + 5 + 11), rel=1e-15)


@pytest.mark.parametrize("drive", ["one-sided", "two-sided"])
@pytest.mark.parametrize("ohm", RESISTANCES)
def test_cell_voltages_are_those_of_the_nodal_solution(
    ohm: tuple[float, float], drive: str
) -> None:
    g, made = conductances(9, 13), wires(*ohm, drive=drive, r_driver_ohm=20.0)
    volts = np.random.default_rng(4).uniform(-0.3, 0.3, 9)
    grid = Grid(g, *ohm, r_driver=20.0, two_sided=made.two_sided)
    word, bit = grid.node_volts(volts)
    np.testing.assert_allclose(cell_volts(g, made, volts), word - bit, rtol=0, atol=1e-10)


@pytest.mark.parametrize("shape", [(1, 1), (5, 8), (16, 16), (64, 64)])
@pytest.mark.parametrize("ohm", [(1.0, 1.0), (0.0, 2.0), (3.0, 0.0), (20.0, 10.0)])
def test_badcrossbar_finds_the_same_currents(
    shape: tuple[int, int], ohm: tuple[float, float]
) -> None:
    badcrossbar = other_solver()
    g = conductances(*shape, seed=5)
    volts = np.random.default_rng(6).uniform(0.05, 0.3, (shape[0], 3))
    with np.errstate(divide="ignore"):
        ohms = 1 / g
    found = badcrossbar.compute(
        volts, ohms, r_i_word_line=ohm[0], r_i_bit_line=ohm[1], node_voltages=False
    )
    ours = volts.T @ reduce_array(g, wires(*ohm)).transfer
    np.testing.assert_allclose(ours, found.currents.output, rtol=1e-9, atol=1e-20)


def other_solver() -> Any:
    """badcrossbar, where it is installed; it warns where it cannot draw, and configures logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with warnings.catch_warnings(record=True):
        badcrossbar = pytest.importorskip("badcrossbar")
    root.handlers[:] = handlers
    root.setLevel(level)
    return badcrossbar


@pytest.mark.parametrize("value", [-1e-6, np.nan, np.inf])
def test_impossible_conductances_are_named(value: float) -> None:
    g = conductances(3, 4)
    g[1, 2] = value
    with pytest.raises(MappingError, match=r"word line 1, bit line 2: .*finite and not negative"):
        reduce_array(g, wires(1.0, 1.0))
    with pytest.raises(MappingError, match=r"word line 1, bit line 2"):
        cell_volts(g, wires(1.0, 1.0), np.ones(3))


def test_a_line_that_nothing_gets_through_is_refused() -> None:
    g = np.full((2, 200), 1e-4)
    with pytest.raises(MappingError, match=r"crossbar\.wires: a line must carry .*1e\+06 ohm"):
        reduce_array(g, wires(1e6, 0.0, drive="two-sided"))
