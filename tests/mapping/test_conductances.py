"""Weights as conductance pairs: hand examples, the window, and the way back to weights."""

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

Array = NDArray[np.float64]
G_MIN, G_MAX, R_MIN = 1e-6, 1e-4, 20e3
ONE = np.array([1.0])


def mapped(weight: Array, word: float = 0.3, bit: float = 0.7, **device: object) -> MappedCrossbar:
    design = design_from({"device": device})
    columns, rows = weight.shape
    return map_crossbar("x", weight, np.full(rows, word), np.full(columns, bit), design)


def test_by_hand() -> None:
    # 0.5 V per unit in, 2.0 V per unit out: voltage gain of weight 3 is 12.
    # R = 12 / (g_max - g_min) = 12 / 99e-6, so that weight 3 takes the whole window.
    crossbar = map_crossbar(
        "x", np.array([[3.0, -1.5, 0.0]]), np.array([0.5, 0.5, 0.5]), np.array([2.0]), Design()
    )
    np.testing.assert_allclose(crossbar.r_feedback_ohm, [12 / 99e-6], rtol=1e-15)
    half = 1e-6 + 99e-6 / 2
    np.testing.assert_allclose(crossbar.g_pos_siemens, [[1e-4], [1e-6], [1e-6]], rtol=1e-14)
    np.testing.assert_allclose(crossbar.g_neg_siemens, [[1e-6], [half], [1e-6]], rtol=1e-14)


def test_every_word_line_counts_in_its_own_volts() -> None:
    # Equal weights; the second word line carries half the volts and needs twice the conductance.
    crossbar = map_crossbar(
        "x", np.array([[1.0, 1.0]]), np.array([0.4, 0.2]), np.array([1.0]), Design()
    )
    window = crossbar.g_pos_siemens[:, 0] - G_MIN
    np.testing.assert_allclose(window, [49.5e-6, 99e-6], rtol=1e-14)


def test_small_weights_shrink_instead_of_the_feedback() -> None:
    # Voltage gain 0.1: R = 0.1 / 99e-6 = 1010 ohm is below 20 kohm, so g - g_min = 0.1 / 20e3.
    crossbar = map_crossbar("x", np.array([[0.1]]), ONE, ONE, Design())
    assert crossbar.r_feedback_ohm[0] == R_MIN
    np.testing.assert_allclose(crossbar.g_pos_siemens, [[1e-6 + 5e-6]], rtol=1e-14)


def test_shapes_must_agree() -> None:
    with pytest.raises(
        MappingError,
        match=r"crossbar lstm: weights must be \(bit lines, word lines\) = \(1, 2\), got \(2, 1\)",
    ):
        map_crossbar("lstm", np.ones((2, 1)), np.ones(2), ONE, Design())


WEIGHTS = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(-1e3, 1e3).map(lambda x: 0.0 if abs(x) < 1e-6 else x),
)
VOLTS = st.floats(1e-3, 2.0)


@given(WEIGHTS, VOLTS, VOLTS)
def test_window_is_respected_and_one_half_rests_at_g_min(
    weight: Array, word: float, bit: float
) -> None:
    crossbar = mapped(weight, word, bit)
    pair = np.stack([crossbar.g_pos_siemens, crossbar.g_neg_siemens])
    assert pair.min() >= G_MIN
    assert pair.max() <= G_MAX * (1 + 1e-14)
    np.testing.assert_array_equal(pair.min(axis=0), G_MIN)


@given(WEIGHTS, VOLTS, VOLTS)
def test_largest_weight_of_each_bit_line_reaches_g_max_unless_feedback_would_be_too_small(
    weight: Array, word: float, bit: float
) -> None:
    crossbar = mapped(weight, word, bit)
    largest = np.maximum(crossbar.g_pos_siemens, crossbar.g_neg_siemens).max(axis=0)
    fills = np.abs(largest - G_MAX) < 1e-12 * G_MAX
    np.testing.assert_array_equal(fills | (crossbar.r_feedback_ohm == R_MIN), True)
    assert (crossbar.r_feedback_ohm >= R_MIN).all()


@given(WEIGHTS, VOLTS, VOLTS)
def test_conductances_give_the_weights_back(weight: Array, word: float, bit: float) -> None:
    # g_pos - g_neg cancels g_min: relative to the bit line's largest weight, or to the
    # weight of the whole window where the feedback resistor rules.
    crossbar = mapped(weight, word, bit)
    whole = (G_MAX - G_MIN) * crossbar.r_feedback_ohm * word / bit
    np.testing.assert_array_less(
        np.abs(crossbar.weight() - weight), 1e-12 * np.broadcast_to(whole[:, None], weight.shape)
    )


@given(WEIGHTS, VOLTS, VOLTS, st.none() | st.integers(2, 64))
def test_opposite_weights_exchange_the_halves(
    weight: Array, word: float, bit: float, levels: int | None
) -> None:
    one = mapped(weight, word, bit, levels=levels)
    other = mapped(-weight, word, bit, levels=levels)
    np.testing.assert_array_equal(one.g_pos_siemens, other.g_neg_siemens)
    np.testing.assert_array_equal(one.g_neg_siemens, other.g_pos_siemens)
    np.testing.assert_array_equal(one.r_feedback_ohm, other.r_feedback_ohm)


@given(WEIGHTS, st.integers(2, 40))
def test_levels(weight: Array, levels: int) -> None:
    analog, stepped = mapped(weight), mapped(weight, levels=levels)
    step = (G_MAX - G_MIN) / (levels - 1)
    for exact, g in (
        (analog.g_pos_siemens, stepped.g_pos_siemens),
        (analog.g_neg_siemens, stepped.g_neg_siemens),
    ):
        position = (g - G_MIN) / step
        np.testing.assert_allclose(position, np.rint(position), atol=1e-9)
        assert position.min() >= 0
        assert position.max() <= levels - 1 + 1e-9
        assert np.abs(g - exact).max() <= step / 2 * (1 + 1e-9)


def test_two_levels_by_hand() -> None:
    # g_min or g_max only: above half of the largest weight of the bit line counts as all of it.
    crossbar = mapped(np.array([[1.0, 0.51, 0.49, -0.51]]), 0.3, 3.0, levels=2)
    np.testing.assert_allclose(crossbar.g_pos_siemens[:, 0], [G_MAX, G_MAX, G_MIN, G_MIN])
    np.testing.assert_allclose(crossbar.g_neg_siemens[:, 0], [G_MIN, G_MIN, G_MIN, G_MAX])


def test_a_swapped_pair_is_the_opposite_weight() -> None:
    crossbar = mapped(np.array([[1.0, 0.5], [-0.25, 2.0]]))
    g_pos, g_neg = crossbar.g_pos_siemens.copy(), crossbar.g_neg_siemens.copy()
    g_pos[1, 0], g_neg[1, 0] = g_neg[1, 0], g_pos[1, 0]
    swapped = MappedCrossbar(
        "x", g_pos, g_neg, crossbar.r_feedback_ohm, crossbar.word_volts, crossbar.bit_volts,
        crossbar.present,
    )  # fmt: skip
    np.testing.assert_allclose(swapped.weight(), [[1.0, -0.5], [-0.25, 2.0]], rtol=1e-12)


def test_noise_gains_by_hand() -> None:
    crossbar = MappedCrossbar(
        "x",
        np.array([[100e-6, 1e-6], [50e-6, 1e-6]]),
        np.array([[1e-6, 20e-6], [1e-6, 30e-6]]),
        np.array([100e3, 200e3]),
        np.array([0.3, 0.3]),
        np.array([0.7, 0.7]),
        np.ones((2, 2), dtype=bool),
    )
    # One amplifier sees both halves: 1 + 100k * 152u = 16.2; 1 + 200k * 52u = 11.4.
    (row,) = crossbar.noise_gains("dual-row")
    np.testing.assert_allclose(row, [16.2, 11.4])
    # Two amplifiers: the first has the positive half, 1 + 100k * 150u; the second the
    # negative half and a resistor R_f from the first, 2 + 100k * 2u.
    first, second = crossbar.noise_gains("dual-column")
    np.testing.assert_allclose(first, [16.0, 1.4])
    np.testing.assert_allclose(second, [2.2, 12.0])
    assert (crossbar.word_lines, crossbar.bit_lines) == (2, 2)


def test_weight_error_by_hand() -> None:
    # Wanted differences 4 and -2 uS in one bit line, 0 in the other, where a pair is missing;
    # 0.4 and 0.8 uS off: 10 % and 20 % of the largest, and nothing; of three pairs.
    target = np.array([[[5, 1.0], [1, 1]], [[1, 1], [3, 1]]]) * 1e-6
    actual = np.array([[[5.4, 1.0], [1, 0]], [[1, 1], [2.2, 0]]]) * 1e-6
    present = np.array([[True, True], [True, False]])
    crossbar = MappedCrossbar("x", actual[0], actual[1], ONE, ONE, ONE, present, target * present)
    assert crossbar.weight_error_pct() == pytest.approx(np.sqrt((10**2 + 20**2) / 3))
    assert mapped(np.ones((2, 3))).weight_error_pct() == 0.0
