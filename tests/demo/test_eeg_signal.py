"""The synthetic signal has the properties it is documented with."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.demo.eeg_protocol import normalise, smooth
from spicegen.demo.eeg_signal import eeg_like
from spicegen.errors import InputError


def power(signal: np.ndarray, low_hertz: float, high_hertz: float) -> float:
    """Mean power density in a band, over all channels of a 256 Hz signal."""
    f_hertz = np.fft.rfftfreq(signal.shape[0], 1 / 256)
    density = np.abs(np.fft.rfft(signal, axis=0)) ** 2
    return float(density[(f_hertz >= low_hertz) & (f_hertz < high_hertz)].mean())


def test_shape_and_normalisation() -> None:
    signal = eeg_like(1000, seed=0)
    assert signal.shape == (1000, 23)
    assert signal.dtype == np.float64
    np.testing.assert_allclose(signal.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(signal.std(axis=0), 1.0, rtol=1e-12)


def test_the_seed_decides() -> None:
    np.testing.assert_array_equal(eeg_like(300, seed=5), eeg_like(300, seed=5))
    assert not np.allclose(eeg_like(300, seed=5), eeg_like(300, seed=6))


@pytest.mark.parametrize(("steps", "channels"), [(1, 23), (2, 1), (63, 4), (65, 3)])
def test_other_sizes(steps: int, channels: int) -> None:
    signal = eeg_like(steps, seed=1, channels=channels)
    assert signal.shape == (steps, channels)
    assert np.isfinite(signal).all()


def test_the_alpha_rhythm_stands_out_of_a_falling_background() -> None:
    signal = eeg_like(16384, seed=2)
    assert power(signal, 9, 11) > 5 * power(signal, 5, 7)
    assert power(signal, 9, 11) > 5 * power(signal, 14, 16)
    assert power(signal, 1, 2) > 2 * power(signal, 4, 5) > 0


def test_the_alpha_rhythm_waxes_and_wanes() -> None:
    signal = eeg_like(16384, seed=2)[:, 11]
    spectrum = np.fft.rfft(signal)
    f_hertz = np.fft.rfftfreq(signal.size, 1 / 256)
    spectrum[(f_hertz < 8) | (f_hertz > 12)] = 0.0
    alpha = np.fft.irfft(spectrum, signal.size).reshape(-1, 128).std(axis=1)  # half seconds
    assert alpha.max() > 4 * alpha.min()


def test_neighbours_see_nearly_the_same() -> None:
    correlation = np.corrcoef(eeg_like(8192, seed=3).T)
    neighbours = np.diagonal(correlation, 1)
    far = np.diagonal(correlation, 16)
    assert neighbours.min() > 0.9
    assert np.abs(far).max() < 0.6


def test_the_signal_is_smooth() -> None:
    signal = eeg_like(4096, seed=4)
    assert np.diff(signal, axis=0).std() < 0.25


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0, "seed": 0}, "eeg_like, steps: must be at least 1, got 0"),
        ({"steps": 5, "seed": 0, "channels": 0}, "eeg_like, channels: must be at least 1, got 0"),
        ({"steps": 5, "seed": -1}, "eeg_like, seed: must be at least 0, got -1"),
        ({"steps": 5, "seed": 0, "rate_hertz": 20.0}, "eeg_like, rate_hertz: .* 25 Hz, got 20.0"),
    ],
)
def test_impossible_arguments(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        eeg_like(**arguments)  # type: ignore[arg-type]


def test_smoothing_spreads_an_impulse_as_the_gaussian() -> None:
    impulse = np.zeros((41, 41))
    impulse[20, 20] = 1.0
    spread = smooth(impulse)
    assert spread.sum() == pytest.approx(1.0)
    assert spread[20, 23] / spread[20, 20] == pytest.approx(np.exp(-0.5))  # one sigma
    assert spread[24, 20] / spread[20, 20] == pytest.approx(np.exp(-0.5 * (4 / 3) ** 2))
    assert spread[20, 26] == 0.0  # beyond the radius
    np.testing.assert_allclose(spread, spread.T, atol=1e-18)


def test_smoothing_mirrors_at_the_borders() -> None:
    np.testing.assert_allclose(smooth(np.full((30, 4), 2.5)), 2.5, rtol=1e-14)
    signal = np.random.default_rng(0).standard_normal((30, 12))
    mirrored = np.pad(signal, 12, mode="symmetric")
    np.testing.assert_allclose(smooth(signal), smooth(mirrored)[12:-12, 12:-12], atol=1e-14)


def test_normalise_uses_the_training_part_only() -> None:
    training = np.array([[0.0, 10.0], [2.0, 30.0]])
    # means 1 and 20, deviations 1 and 10
    np.testing.assert_allclose(normalise(np.array([[3.0, 15.0]]), training), [[2.0, -0.5]])
