"""Samples beside those of the calibration, so that trims also hold where those did not lead.

A unit that the calibration inputs keep on one side of its curve is trimmed for that side only,
and may be wrong by percents on the other. White noise somewhat stronger than the inputs leads the
network through states that they do not reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.network import Network, NetworkTrace

FloatArray = NDArray[np.float64]

POINTS = 1024
"""Steps of all sequences together."""

REACH = 1.5
"""Of the noise against the inputs, for each feature around the middle of its own reach."""

SEED = 0


@dataclass(frozen=True, slots=True)
class Excitation:
    """The network's run on noise.

    Attributes:
        trace: of (sample, step, feature) noise.
        kept: (sample, step) steps at which every signal was within its range.
    """

    trace: NetworkTrace
    kept: NDArray[np.bool_]


def excite(
    network: Network, inputs: FloatArray, ranges: Mapping[str, float | list[float]]
) -> Excitation:
    """Uniform noise around the middle of each feature.

    Args:
        network: what runs on it.
        inputs: (sample, step, feature) of the calibration, network units.
        ranges: largest magnitude of each signal, by "layer.signal", that its volts per unit were
            chosen for.
    """
    steps, features = inputs.shape[1:]
    draws = np.random.default_rng(SEED)
    least, largest = inputs.min(axis=(0, 1)), inputs.max(axis=(0, 1))
    noise = draws.uniform(-0.5, 0.5, (-(-POINTS // steps), steps, features))
    noise = (least + largest) / 2 + REACH * (largest - least) * noise
    trace = network.forward(noise if network.recurrent else noise[:, 0])
    kept = np.ones(noise.shape[:2], np.bool_)
    for layer, found in trace.layers.items():
        for signal, values in found.signals.items():
            if values.shape[1] == steps:
                limit = np.asarray(ranges.get(f"{layer}.{signal}", np.inf))
                kept &= (np.abs(values) <= limit).all(axis=2)
    return Excitation(trace, kept)
