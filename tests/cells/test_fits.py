"""What is read off curves, against curves whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.cells.activation import fit, logistic
from spicegen.cells.multiplier import linearity
from spicegen.cells.settling import settling_s, slew_volts_per_s
from spicegen.errors import SimulationError

X = np.linspace(-0.9, 0.9, 3601)


@pytest.mark.parametrize("shape", [np.tanh, logistic])
def test_fit_finds_what_a_curve_was_made_of(shape) -> None:
    y = 0.073 * shape((X - 0.002) / 0.07) - 0.0007
    values, left = fit(X, y, shape, 0.05)
    found = [
        values[f"v_{name}_volts"] for name in ("scale", "offset", "amplitude", "output_offset")
    ]
    np.testing.assert_allclose(found, [0.07, 0.002, 0.073, -0.0007], rtol=1e-6, atol=1e-9)
    assert values["shape_error_max_pct"] < 1e-6
    assert abs(left["x"]).max() == pytest.approx(6.0, abs=0.01)


def test_shape_error_is_counted_in_full_scale() -> None:
    """A ripple that no tanh can follow stays as it is: 1 mV of 2 * 100 mV are 0.5 %."""
    ripple = 1e-3 * np.sin(2 * np.pi * X / 0.05)
    values, _ = fit(X, 0.1 * np.tanh(X / 0.07) + ripple, np.tanh, 0.07)
    assert values["shape_error_max_pct"] == pytest.approx(0.5, rel=0.1)
    assert values["shape_error_rms_pct"] == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_product_errors_follow_chebyshev() -> None:
    """x y + q x^2 y: after the best gain and offset the even part is off by half of its range.

    With y to one side the largest error of q x^2 |y| over 0..q X^2 Y is half of that range.
    """
    x, y = np.linspace(-0.45, 0.45, 61), np.linspace(-0.36, 0.02, 39)
    gain, q = 6e-6, 0.05
    current = -gain * np.outer(x + q * x**2, y) + 2e-9
    values, error = linearity(x, y, current, 0.3, 0.3)
    full = 2 * 0.3 * 0.3
    assert values["linearity_error_max_pct"] == pytest.approx(
        100 * (q * 0.3**2 * 0.3 / 2) / full, rel=0.02
    )
    assert values["gain_ampere_per_square_volt"] == pytest.approx(gain, rel=1e-3)
    assert np.abs(error["error_pct"]).max() == values["linearity_error_max_pct"]
    assert (error["x_volts"][[0, -1]], error["y_volts"][0]) == (
        pytest.approx([-0.3, 0.3]),
        pytest.approx(-0.3),
    )


def test_an_exact_product_has_no_error() -> None:
    x, y = np.linspace(-0.45, 0.45, 61), np.linspace(-0.36, 0.02, 39)
    values, _ = linearity(x, y, -3e-6 * np.outer(x, y) + 1e-9, 0.3, 0.3)
    assert values["linearity_error_max_pct"] < 1e-6
    assert values["i_offset_ampere"] == pytest.approx(1e-9, rel=1e-4)


def test_settling_of_one_pole() -> None:
    t = np.linspace(0, 10e-6, 10001)
    tau = 0.5e-6
    v = np.where(t < 1e-6, 0.0, 1 - np.exp(-(t - 1e-6) / tau))
    assert settling_s(t, v, 1e-6, 10e-6, 1e-3) == pytest.approx(tau * np.log(1000), rel=2e-3)


def test_what_oscillates_does_not_settle() -> None:
    t = np.linspace(0, 10e-6, 10001)
    with pytest.raises(SimulationError, match=r"does not settle to 0\.001 of a step within 9e-06"):
        settling_s(t, np.sin(2e7 * t) + (t > 1e-6), 1e-6, 10e-6, 1e-3)


def test_slew_rate_of_a_ramp_either_way() -> None:
    t = np.linspace(0, 1e-6, 1001)
    for sign in (1, -1):
        ramp = sign * np.clip((t - 0.1e-6) * 5e6, 0, 1)
        assert slew_volts_per_s(t, ramp, 0, 1e-6) == pytest.approx(5e6, rel=1e-3)
