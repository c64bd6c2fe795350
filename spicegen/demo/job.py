"""The main job: the packaged EEG network on its synthetic signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.demo.eeg_signal import eeg_like
from spicegen.network import Network, load_network
from spicegen.paths import packaged

PUBLISHED_MEAN_PCT = 0.46
PUBLISHED_MAX_PCT = 7.0
"""Errors of the published Simulink system of this network (Memristive-LSTM), percent."""


def eeg_job(steps: int, seed: int) -> tuple[Network, NDArray[np.float64]]:
    """The example network and its inputs.

    Args:
        steps: network steps, one per sample of the signal.
        seed: of the synthetic signal.
    Returns:
        The network, and inputs (step, channel) in network units.
    Raises:
        InputError: steps below 1, or a negative seed.
    """
    network = load_network(packaged("examples") / "eeg_lstm")
    return network, eeg_like(steps, seed, channels=network.input_size)
