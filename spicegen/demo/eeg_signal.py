"""A synthetic EEG-like signal for the packaged example.

No recording is in it. It imitates what matters to a network trained on scalp EEG: a 1/f
background, an alpha rhythm around 10 Hz that waxes and wanes, neighbouring electrodes that
see nearly the same, a little sensor noise, and the preparation of eeg_protocol.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.demo.eeg_protocol import normalise, smooth
from spicegen.errors import InputError

_ALPHA_HERTZ = 10.0
_ALPHA_WIDTH_HERTZ = 0.5  # bandwidth of the rhythm: bursts of about half a second
_FLAT_BELOW_HERTZ = 0.5  # the recorder's high-pass keeps 1/f from growing without end
_NEIGHBOURHOOD_ELECTRODES = 1.5  # how far a source spreads over the scalp, one sigma
_SENSOR_NOISE = 0.05  # of the signal's deviation
_SHORTEST_STEPS = 64  # a shorter record has no deviation worth normalising by


def eeg_like(
    steps: int, seed: int, channels: int = 23, rate_hertz: float = 256.0
) -> NDArray[np.float64]:
    """A synthetic, seeded EEG-like signal, prepared as the published network expects.

    Args:
        steps: length in samples.
        seed: of numpy's Generator; equal seeds give equal signals.
        channels: electrodes, in a row of neighbours.
        rate_hertz: sampling rate, above twice the alpha rhythm.
    Returns:
        (step, channel), dimensionless: mean 0 and deviation 1 in every channel (of the whole
        record; records below 64 steps are the beginning of a longer one).
    Raises:
        InputError: a length, channel count or seed that cannot be, or too low a rate.
    """
    for name, number, least in (("steps", steps, 1), ("channels", channels, 1), ("seed", seed, 0)):
        if number < least:
            raise InputError(f"eeg_like, {name}", f"must be at least {least}", number)
    if not rate_hertz > 2 * (_ALPHA_HERTZ + 5 * _ALPHA_WIDTH_HERTZ):
        raise InputError("eeg_like, rate_hertz", "must be above 25 Hz", rate_hertz)
    generator = np.random.default_rng(seed)
    length = max(steps, _SHORTEST_STEPS)
    sources = _background(generator, length, channels, rate_hertz)
    sources += _alpha_rhythm(generator, length, channels, rate_hertz)
    electrodes = sources @ _spread(channels).T
    electrodes += _SENSOR_NOISE * generator.standard_normal(electrodes.shape)
    smoothed = smooth(electrodes)
    return np.ascontiguousarray(normalise(smoothed, smoothed)[:steps])


def _background(
    generator: np.random.Generator, steps: int, sources: int, rate_hertz: float
) -> NDArray[np.float64]:
    """Noise of power 1/f, one independent source per electrode; (step, source), deviation 1."""
    f_hertz = np.fft.rfftfreq(steps, 1 / rate_hertz)
    amplitude = 1 / np.sqrt(np.maximum(f_hertz, _FLAT_BELOW_HERTZ))
    amplitude[0] = 0.0  # no offset
    spectrum = amplitude[:, np.newaxis] * _complex_noise(generator, f_hertz.size, sources)
    noise = np.fft.irfft(spectrum, steps, axis=0)
    return np.asarray(noise / noise.std(axis=0))


def _alpha_rhythm(
    generator: np.random.Generator, steps: int, sources: int, rate_hertz: float
) -> NDArray[np.float64]:
    """A 10 Hz carrier under a slow complex envelope; (step, source), deviation 1."""
    f_hertz = np.fft.fftfreq(steps, 1 / rate_hertz)
    slow = np.exp(-0.5 * (f_hertz / _ALPHA_WIDTH_HERTZ) ** 2)[:, np.newaxis]
    envelope = np.fft.ifft(slow * _complex_noise(generator, steps, sources), axis=0)
    t_s = np.arange(steps)[:, np.newaxis] / rate_hertz
    rhythm = (envelope * np.exp(2j * np.pi * _ALPHA_HERTZ * t_s)).real
    return np.asarray(rhythm / rhythm.std(axis=0))


def _complex_noise(
    generator: np.random.Generator, rows: int, columns: int
) -> NDArray[np.complex128]:
    return generator.standard_normal((rows, columns)) + 1j * generator.standard_normal(
        (rows, columns)
    )


def _spread(channels: int) -> NDArray[np.float64]:
    """(electrode, source) gains: each electrode sees its neighbours' sources as well."""
    place = np.arange(channels)
    distance = np.subtract.outer(place, place) / _NEIGHBOURHOOD_ELECTRODES
    gains = np.exp(-0.5 * distance**2)
    spread: NDArray[np.float64] = gains / np.linalg.norm(gains, axis=1, keepdims=True)
    return spread
