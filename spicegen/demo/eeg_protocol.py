"""How the published EEG network's recordings were prepared: smoothed, then normalised.

The steps are those of the notebook published with the network (Memristive-LSTM,
SimuLinkLSTM.ipynb): a Gaussian of sigma 3 and radius 5 over the whole (channel, sample)
array, so over neighbouring channels as well as over time, with mirrored borders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIGMA = 3.0
"""Standard deviation of the Gaussian, in samples and in channels."""
RADIUS = 5
"""The Gaussian ends this many samples, or channels, from its centre."""


def smooth(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The protocol's Gaussian over time and over neighbouring channels.

    Args:
        signal: (sample, channel), any unit.
    Returns:
        The same shape and unit.
    """
    offsets = np.arange(-RADIUS, RADIUS + 1)
    kernel = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    kernel /= kernel.sum()
    for _ in range(2):  # along the first axis, then along the other
        mirrored = np.pad(signal, [(RADIUS, RADIUS), (0, 0)], mode="symmetric")
        length = signal.shape[0]
        signal = sum(
            (weight * mirrored[i : i + length] for i, weight in enumerate(kernel)),
            np.zeros_like(signal),
        ).T
    return signal


def normalise(signal: NDArray[np.float64], training: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each channel minus its training mean, over its training deviation.

    Args:
        signal: (sample, channel), any unit.
        training: (sample, channel) of the same unit; no channel may be constant.
    Returns:
        (sample, channel), dimensionless: network units.
    """
    normalised: NDArray[np.float64] = (signal - training.mean(axis=0)) / training.std(axis=0)
    return normalised
