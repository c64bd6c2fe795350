"""The main job: the packaged EEG network on its synthetic signal, or on a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.demo.edf import read_edf
from spicegen.demo.eeg_signal import eeg_like
from spicegen.network import Network, load_network
from spicegen.paths import packaged

PUBLISHED_MEAN_PCT = 0.46
PUBLISHED_MAX_PCT = 7.0
"""Errors of the published Simulink system of this network (Memristive-LSTM), percent."""


def eeg_job(
    steps: int, seed: int, recording: Path | None = None
) -> tuple[Network, NDArray[np.float64]]:
    """The example network and its inputs.

    Args:
        steps: network steps, one per sample of the signal.
        seed: of the synthetic signal.
        recording: an EDF file to take the signal from instead.
    Returns:
        The network, and inputs (step, channel) in network units.
    Raises:
        InputError: steps below 1, a negative seed, or a recording that does not fit.
    """
    network = load_network(packaged("examples") / "eeg_lstm")
    if recording is not None:
        return network, read_edf(recording, steps, channels=network.input_size)
    return network, eeg_like(steps, seed, channels=network.input_size)
