"""Scores by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spicegen.accuracy import compare, error_pct, full_scale
from spicegen.accuracy.compare import ComparisonError

REFERENCE = np.array([[0.0, 10.0], [1.0, 20.0], [4.0, 15.0]])
ANALOG = np.array([[0.1, 10.0], [1.0, 19.0], [3.8, 15.5]])


def test_by_hand() -> None:
    # full scales 4 and 10; errors in percent 2.5 0 5 and 0 10 5
    score = compare(ANALOG, REFERENCE)
    assert score.full_scale == (4.0, 10.0)
    np.testing.assert_allclose(
        error_pct(ANALOG, REFERENCE), [[2.5, 0.0], [0.0, 10.0], [5.0, 5.0]], atol=1e-12
    )
    assert score.mean_error_pct == pytest.approx(22.5 / 6)
    assert score.max_error_pct == pytest.approx(10.0)
    assert score.rmse == pytest.approx(math.sqrt((0.01 + 0.04 + 1.0 + 0.25) / 6))
    assert score.values == 6
    assert score.agreement_pct is None
    first, second = score.per_output
    assert (first.full_scale, second.full_scale) == (4.0, 10.0)
    assert first.mean_error_pct == pytest.approx(2.5)
    assert first.max_error_pct == pytest.approx(5.0)
    assert second.mean_error_pct == pytest.approx(5.0)
    assert first.rmse == pytest.approx(math.sqrt(0.05 / 3))


def test_an_output_that_never_changes_is_measured_by_its_magnitude() -> None:
    reference = np.array([[2.0, 0.0, -5.0], [2.0, 0.0, -5.0]])
    analog = reference + np.array([[0.02, 0.01, 0.0], [0.0, 0.0, 0.05]])
    np.testing.assert_array_equal(full_scale(reference), [2.0, 1.0, 5.0])
    score = compare(analog, reference)
    assert score.max_error_pct == pytest.approx(1.0)
    assert [each.max_error_pct for each in score.per_output] == pytest.approx([1.0, 1.0, 1.0])


def test_a_single_sample_has_no_span() -> None:
    score = compare(np.array([0.9, -2.0]), np.array([1.0, -2.0]))
    assert score.full_scale == (1.0, 2.0)
    assert score.max_error_pct == pytest.approx(10.0)


def test_full_scale_is_over_samples_and_steps() -> None:
    reference = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(full_scale(reference), [20.0, 20.0, 20.0, 20.0])
    assert compare(reference + 0.2, reference).max_error_pct == pytest.approx(1.0)
    assert compare(reference, reference).values == 24


def test_agreement_is_the_share_of_equal_winners() -> None:
    reference = np.array([[1.0, 2.0, 0.0], [5.0, 1.0, 1.0], [0.0, 0.1, 0.2], [3.0, 2.9, 0.0]])
    analog = np.array([[1.0, 2.1, 0.0], [4.0, 1.0, 1.0], [0.0, 0.3, 0.2], [2.9, 3.0, 0.0]])
    assert compare(analog, reference, classes=True).agreement_pct == pytest.approx(50.0)
    assert compare(reference, reference, classes=True).agreement_pct == 100.0
    steps = compare(analog.reshape(2, 2, 3), reference.reshape(2, 2, 3), classes=True)
    assert steps.agreement_pct == pytest.approx(50.0)


def test_the_score_as_plain_numbers() -> None:
    score = compare(ANALOG, REFERENCE, classes=True).as_dict()
    assert set(score) == {
        "mean_error_pct", "max_error_pct", "rmse", "agreement_pct", "full_scale", "per_output",
        "values",
    }  # fmt: skip
    assert score["per_output"][1]["max_error_pct"] == pytest.approx(10.0)
    assert isinstance(score["max_error_pct"], float)


def test_shapes_must_agree() -> None:
    with pytest.raises(
        ComparisonError, match=r"analog \(3, 1\) and reference \(3, 2\) outputs differ in shape"
    ):
        compare(ANALOG[:, :1], REFERENCE)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_values_must_be_finite(bad: float) -> None:
    broken = ANALOG.copy()
    broken[1, 1] = bad
    with pytest.raises(ComparisonError, match="outputs to compare must be finite"):
        compare(broken, REFERENCE)
    with pytest.raises(ComparisonError, match="must be finite"):
        compare(REFERENCE, broken)


@given(st.integers(0, 10**6), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_percentages_do_not_depend_on_units(seed: int, scale: float, shift: float) -> None:
    generator = np.random.default_rng(seed)
    reference = generator.normal(size=(5, 3))
    analog = reference + 0.1 * generator.normal(size=(5, 3))
    one = compare(analog, reference)
    other = compare(scale * analog + shift, scale * reference + shift)
    assert other.mean_error_pct == pytest.approx(one.mean_error_pct, rel=1e-6)
    assert other.rmse == pytest.approx(scale * one.rmse, rel=1e-6)
    assert one.mean_error_pct <= one.max_error_pct
