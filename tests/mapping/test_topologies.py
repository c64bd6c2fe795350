"""One memristor per weight, selectors and gains: the way back to weights, and what is shared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from spicegen.design import Design, design_from
from spicegen.errors import MappingError
from spicegen.mapping import MappedCrossbar, map_crossbar
from spicegen.mapping.selector import cells_of, memristors_of

Array = NDArray[np.float64]
REFERENCE = {"topology": "reference-column"}
WEIGHTS = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(-1e3, 1e3).map(lambda x: 0.0 if abs(x) < 1e-6 else x),
)
SELECT = st.sampled_from(["none", "1t1r"])
TOPOLOGY = st.sampled_from(["dual-row", "dual-column", "reference-column"])


def mapped(weight: Array, table: dict[str, object], present: Array | None = None) -> MappedCrossbar:
    columns, rows = weight.shape
    there = None if present is None else present.astype(bool)
    design = design_from(table)
    return map_crossbar(
        "x", weight, np.full(rows, 0.3), np.full(columns, 0.7), design, present=there
    )


@given(WEIGHTS, TOPOLOGY, SELECT)
def test_the_way_back_to_weights(weight: Array, topology: str, selector: str) -> None:
    table = {"topology": topology, "selector": selector, "r_select_ohm": 3e3}
    crossbar = mapped(weight, {"crossbar": table})
    largest = np.abs(weight).max(axis=1, keepdims=True)
    # the smallest feedback shrinks weights into the window, where rounding is of the window
    atol = 1e-12 * np.maximum(largest, 1.0)
    assert (np.abs(crossbar.weight() - weight) <= atol).all()
    r = 3e3 if selector == "1t1r" else 0.0
    for half in (crossbar.g_pos_siemens, crossbar.g_neg_siemens):
        memristors = half / (1 - half * r)
        assert memristors.min() >= 1e-6 * (1 - 1e-9)
        assert memristors.max() <= 1e-4 * (1 + 1e-9)


def test_a_reference_by_hand() -> None:
    # 0.3 V and 0.7 V per unit; weight 3 is a gain of 7 and takes half the window of 99 uS
    crossbar = mapped(np.array([[3.0, -1.5, 0.0]]), {"crossbar": REFERENCE})
    np.testing.assert_allclose(crossbar.r_feedback_ohm, [7 / 49.5e-6], rtol=1e-14)
    middle = 50.5e-6
    np.testing.assert_allclose(crossbar.g_pos_siemens[:, 0], middle, rtol=1e-14)
    cells = [1e-6, middle + 49.5e-6 / 2, middle]
    np.testing.assert_allclose(crossbar.g_neg_siemens[:, 0], cells, rtol=1e-12)
    # all three word lines at 0.3 V fill 0.8 of the rail of 0.9 V, across the feedback, and twice
    # across the output resistance of 100 ohm: the feedback's current and that of one bit line
    reference = crossbar.reference
    assert reference is not None
    assert (reference.drivers, reference.lines_per_driver) == (0, 1)
    assert reference.r_ohm == pytest.approx(0.72 / (0.3 * 3 * middle) - 200, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "lines", "drivers", "each"),
    # 0.72 V of 0.3 V * 50.5 uS * rows, half of it across 100 ohm: 237.6 / rows resistors
    [(10, 22, 0, 22), (10, 23, 1, 23), (10, 24, 2, 12), (100, 3, 2, 2), (200, 3, 3, 1)],
)
def test_bit_lines_are_shared_among_drivers(rows: int, lines: int, drivers: int, each: int) -> None:
    crossbar = mapped(np.ones((lines, rows)), {"crossbar": REFERENCE})
    reference = crossbar.reference
    assert reference is not None
    assert (reference.drivers, reference.lines_per_driver) == (drivers, each)
    whole = 0.72 / (0.3 * rows * 50.5e-6)
    assert reference.r_ohm == pytest.approx(whole - 100 * (each + (not drivers)), rel=1e-12)
    assert reference.r_ohm >= whole / 2 * (1 - 1e-12)


def test_a_current_beyond_all_op_amps() -> None:
    with pytest.raises(
        MappingError,
        match=r"crossbar x: op-amps of opamp\.r_out_ohm = 100 ohm pass on at most 0\.0036 A of a "
        r"reference column, got 0\.00361 A; lower signal\.v_read_volts",
    ):
        mapped(np.ones((1, 238)), {"crossbar": REFERENCE})


def test_weights_that_are_not_there_stand_at_the_reference() -> None:
    weight, present = np.array([[1.0, 0.0], [0.0, 2.0]]), np.eye(2)
    crossbar = mapped(weight, {"crossbar": REFERENCE}, present)
    assert crossbar.present.all()
    np.testing.assert_allclose(crossbar.g_neg_siemens[[0, 1], [1, 0]], 50.5e-6, rtol=1e-14)


@pytest.mark.parametrize("kind", ["variation", "programming", "drift", "stuck"])
def test_all_bit_lines_share_the_reference_as_it_is(kind: str) -> None:
    entry: dict[str, object] = {
        "variation": {"sigma": 0.1},
        "programming": {"sigma": 0.1},
        "drift": {"nu": 0.05, "t_s": 1e4},
        "stuck": {"p_on": 0.3},
    }[kind]
    table = {"crossbar": REFERENCE, "nonideality": [{"kind": kind, **entry}]}
    crossbar = mapped(np.random.default_rng(0).normal(size=(3, 20)), table)
    reference = crossbar.g_pos_siemens
    assert (np.ptp(reference, axis=1) == 0).all()
    assert np.ptp(reference[:, 0]) > 0 or kind == "drift"
    assert not np.allclose(reference, 50.5e-6)
    # wanted conductances stay what the weights ask for
    assert crossbar.g_target_siemens is not None
    np.testing.assert_allclose(crossbar.g_target_siemens[0], 50.5e-6)


def test_errors_strike_memristors_behind_their_switches() -> None:
    """A stuck memristor of 100 uS shows 100 / (1 + 0.5) uS behind 5 kohm."""
    select = {"selector": "1t1r", "r_select_ohm": 5e3}
    stuck = {"kind": "stuck", "p_on": 1.0}
    crossbar = mapped(np.array([[1.0]]), {"crossbar": select, "nonideality": [stuck]})
    np.testing.assert_allclose(crossbar.g_pos_siemens, 1e-4 / 1.5, rtol=1e-14)
    levels = mapped(np.array([[1.0, 0.3]]), {"crossbar": select, "device": {"levels": 2}})
    window = [1e-6 / (1 + 1e-6 * 5e3), 1e-4 / 1.5]
    np.testing.assert_allclose(levels.g_pos_siemens[:, 0], window[::-1], rtol=1e-12)


def test_a_switch_and_its_inverse() -> None:
    g = np.geomspace(1e-6, 1e-4, 9)
    np.testing.assert_allclose(1 / cells_of(g, 2e3), 1 / g + 2e3, rtol=1e-14)
    np.testing.assert_allclose(memristors_of(cells_of(g, 2e3), 2e3), g, rtol=1e-13)
    assert cells_of(np.zeros(1), 2e3)[0] == 0.0


@given(WEIGHTS, st.sampled_from(["dual-row", "dual-column"]))
def test_gains_undo_the_sums(weight: Array, topology: str) -> None:
    """gain * sum(G V) / sum(G) is R_f sum(G V), whatever the weights."""
    crossbar = mapped(weight, {"crossbar": {"topology": topology, "readout": "voltage"}})
    assert crossbar.voltage is not None
    assert crossbar.voltage.gain.min() >= 2 * (1 - 1e-12)
    assert crossbar.voltage.g_dummy_siemens.min() >= 0
    halves = np.stack([crossbar.g_pos_siemens.sum(axis=0), crossbar.g_neg_siemens.sum(axis=0)])
    if topology == "dual-row":
        halves = halves.sum(axis=0)[None]
    sums = halves + crossbar.voltage.g_dummy_siemens
    np.testing.assert_allclose(
        crossbar.voltage.gain / sums, np.broadcast_to(crossbar.r_feedback_ohm, sums.shape)
    )
    part = crossbar.columns(slice(1, None))
    assert part.voltage is not None
    np.testing.assert_array_equal(part.voltage.gain, crossbar.voltage.gain[1:])


def test_plain_designs_have_none_of_it() -> None:
    crossbar = map_crossbar("x", np.eye(2), np.ones(2), np.ones(2), Design())
    assert crossbar.voltage is None
    assert crossbar.reference is None
