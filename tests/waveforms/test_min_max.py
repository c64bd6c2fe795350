"""min_max keeps what a drawing must show."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spicegen.errors import InputError
from spicegen.waveforms import min_max


def test_by_hand():
    t = np.arange(12.0)
    y = np.array([0, 3, 1, -2, 0, 0, 0, 0, 5, 0, -1, 1.0])
    kept_t, kept_y = min_max(t, y, 2)  # stretches 0..5 and 6..11
    np.testing.assert_array_equal(kept_t, [0, 1, 3, 8, 10, 11])
    np.testing.assert_array_equal(kept_y, [0, 3, -2, 5, -1, 1])


def test_a_million_points_keep_their_spikes():
    t = np.linspace(0, 1, 1_000_001)
    y = np.sin(40 * t)
    y[123_456], y[765_432] = 9.0, -7.0
    began = time.perf_counter()
    kept_t, kept_y = min_max(t, y, 1000)
    assert time.perf_counter() - began < 1.0
    assert len(kept_t) <= 2002
    assert kept_y.max() == 9.0
    assert kept_t[kept_y.argmax()] == t[123_456]
    assert kept_y.min() == -7.0
    assert kept_t[kept_y.argmin()] == t[765_432]


def test_slow_stretches_keep_their_shape_beside_crowded_ones():
    slow = np.linspace(0, 9, 500)
    t = np.concatenate((slow, np.linspace(9, 9.001, 100_000)))
    kept_t, _ = min_max(t, np.sin(t), 1000)
    assert np.isin(slow[:-1], kept_t).all()


def test_few_points_stay_as_they_are():
    t, y = min_max(np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]), 1)
    np.testing.assert_array_equal(t, [0, 1, 2, 3])
    np.testing.assert_array_equal(y, [1, 2, 3, 4])
    empty_t, empty_y = min_max(np.array([]), np.array([]), 3)
    assert empty_t.size == empty_y.size == 0


def test_nan_only_stays_where_there_is_nothing_else():
    y = np.array([np.nan, 1, 2, 3, np.nan, np.nan, np.nan, np.nan, 4, np.inf, 5, 6])
    kept_t, kept_y = min_max(np.arange(12.0), y, 3)
    np.testing.assert_array_equal(kept_t, [0, 1, 3, 4, 8, 9, 11])
    assert kept_y[5] == np.inf


def test_all_points_at_one_instant():
    kept_t, kept_y = min_max(np.zeros(50), np.arange(50.0), 4)
    np.testing.assert_array_equal(kept_y, [0, 49])
    np.testing.assert_array_equal(kept_t, [0, 0])


@pytest.mark.parametrize(
    ("t", "y", "buckets", "match"),
    [
        ([0, 1], [1], 1, r"must both be \(points,\), got \(2,\) and \(1,\)"),
        ([[0]], [[1]], 1, r"must both be \(points,\)"),
        ([0, 1], [1, 1j], 1, "values must be real, got complex128; draw magnitude"),
        ([0, 1], [1, 2], 0, "buckets must be at least 1, got 0"),
        ([1, 0], [1, 2], 1, "t must rise from point to point"),
        ([0, np.nan], [1, 2], 1, "t must rise from point to point"),
    ],
)
def test_what_is_refused(t, y, buckets, match):
    with pytest.raises(InputError, match=match):
        min_max(np.array(t), np.array(y), buckets)


@given(
    steps=st.lists(st.floats(0, 5), min_size=0, max_size=200),
    buckets=st.integers(1, 30),
    seed=st.integers(0, 1000),
)
def test_kept_points_are_points_of_the_input_with_all_extremes(steps, buckets, seed):
    t = np.concatenate(([0.0], np.cumsum(steps)))
    y = np.random.default_rng(seed).normal(size=len(t))
    kept_t, kept_y = min_max(t, y, buckets)
    assert len(kept_t) <= 2 * buckets + 2
    rows = np.searchsorted(np.sort(y), kept_y)
    index = np.argsort(y)[rows]
    assert (np.diff(index) > 0).all()
    np.testing.assert_array_equal(t[index], kept_t)
    assert (index[0], index[-1]) == (0, len(t) - 1)
    assert kept_y.min() == y.min()
    assert kept_y.max() == y.max()
