"""Real EEG recordings: EDF files, prepared as the published network expects."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.demo.eeg_protocol import RADIUS, normalise, smooth
from spicegen.errors import InputError

TRAIN_FRACTION = 400_000 / 921_600
"""The published training part: 400 000 of the samples of a one-hour recording at 256 Hz."""


def read_edf(
    path: str | Path, steps: int, train_fraction: float = TRAIN_FRACTION, channels: int = 23
) -> NDArray[np.float64]:
    """The first steps after the training part of an EDF recording, in network units.

    The protocol is that of the published notebook: smoothed over time and neighbouring
    channels (see eeg_protocol), each channel normalised by the mean and deviation of the
    smoothed training part, tested on what follows it. Assumed beyond it: the training part
    is the same fraction of a recording of another length, and only the samples that the
    result depends on are read.

    Args:
        path: the recording; all channels at one sampling rate.
        steps: samples to return.
        train_fraction: share of the recording, from its beginning, used for mean and
            deviation; above 0 and below 1.
        channels: how many channels the recording must have, in the network's order.
    Returns:
        (step, channel), dimensionless.
    Raises:
        InputError: pyedflib is missing; the file is missing or not EDF; another number of
            channels, unequal rates, a constant channel; a recording too short.
    """
    pyedflib = _pyedflib()
    file = Path(path)
    if not 0.0 < train_fraction < 1.0:
        raise InputError("train_fraction", "must lie between 0 and 1", train_fraction)
    if steps < 1:
        raise InputError("steps", "must be at least 1", steps)
    if not file.is_file():
        raise InputError(str(file), "no such EDF file", remedy="check the path")
    try:
        with pyedflib.EdfReader(str(file)) as recording:
            length = _checked_length(recording, file, channels)
            training = int(train_fraction * length)
            if training < 1 or training + steps > length:
                raise InputError(
                    str(file),
                    f"{steps} steps after a training part of {training} samples do not fit",
                    f"{length} samples",
                    "ask for fewer steps or a smaller train_fraction",
                )
            needed = min(length, training + steps + RADIUS)
            raw = np.stack([recording.readSignal(i, 0, needed) for i in range(channels)], axis=1)
            labels = recording.getSignalLabels()
    except OSError as error:
        raise InputError(str(file), "not a readable EDF file", error) from error
    return _prepared(raw, training, steps, f"{file}", labels)


def _pyedflib() -> ModuleType:
    try:
        import pyedflib
    except ImportError as error:
        raise InputError(
            "EDF recordings", "pyedflib is not installed", remedy="pip install spicegen[edf]"
        ) from error
    module: ModuleType = pyedflib
    return module


def _checked_length(recording: Any, file: Path, channels: int) -> int:
    """Samples per channel."""
    if recording.signals_in_file != channels:
        raise InputError(
            str(file),
            f"the network needs {channels} channels",
            recording.signals_in_file,
            "choose another recording, or pick the channels first",
        )
    lengths = {int(samples) for samples in recording.getNSamples()}
    if len(lengths) != 1:
        raise InputError(
            str(file), "all channels must have one sampling rate", f"{sorted(lengths)} samples"
        )
    return lengths.pop()


def _prepared(
    raw: NDArray[np.float64], training: int, steps: int, where: str, labels: list[str]
) -> NDArray[np.float64]:
    constant = np.flatnonzero(np.ptp(raw[:training], axis=0) == 0.0)
    if constant.size:
        raise InputError(
            f"{where}, channel '{labels[constant[0]]}'",
            "a channel that is constant over the training part cannot be normalised",
            remedy="choose another recording",
        )
    smoothed = smooth(raw)
    prepared = normalise(smoothed[training : training + steps], smoothed[:training])
    return np.ascontiguousarray(prepared)
