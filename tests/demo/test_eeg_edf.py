"""EDF recordings, made on the spot."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from spicegen.demo.edf import TRAIN_FRACTION, read_edf
from spicegen.demo.eeg_protocol import smooth
from spicegen.errors import InputError

RATE_HERTZ = 64
SECONDS = 10


def microvolts(channels: int, seconds: int = SECONDS) -> np.ndarray:
    """(channel, sample) drifting noise, every channel with an offset and scale of its own."""
    generator = np.random.default_rng(channels)
    scale = 10.0 + np.arange(channels)[:, np.newaxis]
    noise = generator.standard_normal((channels, seconds * RATE_HERTZ))
    return scale * (noise + np.linspace(-1, 3, noise.shape[1]))


def write_edf(path: Path, signals: list[np.ndarray]) -> Path:
    """An EDF file with one second per record; a signal's length sets its rate."""
    pyedflib = pytest.importorskip("pyedflib", reason="pyedflib is not installed")
    headers = [
        {
            "label": f"CH{number}",
            "dimension": "uV",
            "sample_frequency": signal.size // SECONDS,
            "physical_min": -1000.0,
            "physical_max": 1000.0,
            "digital_min": -32768,
            "digital_max": 32767,
        }
        for number, signal in enumerate(signals)
    ]
    with pyedflib.EdfWriter(str(path), len(signals), file_type=pyedflib.FILETYPE_EDF) as writer:
        writer.setSignalHeaders(headers)
        writer.writeSamples(signals)
    return path


def test_the_protocol(tmp_path: Path) -> None:
    raw = microvolts(4)
    file = write_edf(tmp_path / "r.edf", list(raw))
    result = read_edf(file, steps=50, train_fraction=0.5, channels=4)
    training = raw.shape[1] // 2
    smoothed = smooth(raw.T)
    mean, deviation = smoothed[:training].mean(axis=0), smoothed[:training].std(axis=0)
    expected = (smoothed[training : training + 50] - mean) / deviation
    assert result.shape == (50, 4)
    # The file stores 16-bit numbers: steps of 2000 / 65535 microvolts.
    np.testing.assert_allclose(result, expected, atol=5e-3)


def test_the_end_of_the_recording_can_be_read(tmp_path: Path) -> None:
    file = write_edf(tmp_path / "r.edf", list(microvolts(2)))
    assert read_edf(file, steps=320, train_fraction=0.5, channels=2).shape == (320, 2)


def test_the_default_training_part_is_the_published_one() -> None:
    assert int(TRAIN_FRACTION * 921_600) == 400_000


def test_wrong_channel_count(tmp_path: Path) -> None:
    file = write_edf(tmp_path / "r.edf", list(microvolts(3)))
    with pytest.raises(InputError, match=r"r\.edf: the network needs 23 channels, got 3; choose"):
        read_edf(file, steps=10)


def test_unequal_rates(tmp_path: Path) -> None:
    slow, fast = microvolts(2)
    file = write_edf(tmp_path / "r.edf", [slow[::2].copy(), fast])
    with pytest.raises(InputError, match=r"must have one sampling rate, got \[320, 640\] samples"):
        read_edf(file, steps=10, channels=2)


def test_too_many_steps(tmp_path: Path) -> None:
    file = write_edf(tmp_path / "r.edf", list(microvolts(2)))
    with pytest.raises(
        InputError, match=r"321 steps after a training part of 320 samples do not fit, got 640"
    ):
        read_edf(file, steps=321, train_fraction=0.5, channels=2)
    with pytest.raises(InputError, match=r"training part of 0 samples do not fit"):
        read_edf(file, steps=1, train_fraction=1e-6, channels=2)


def test_a_constant_channel(tmp_path: Path) -> None:
    signals = microvolts(2)
    signals[1] = 5.0
    file = write_edf(tmp_path / "r.edf", list(signals))
    with pytest.raises(InputError, match=r"r\.edf, channel 'CH1': a channel that is constant"):
        read_edf(file, steps=10, channels=2)


def test_not_an_edf_file(tmp_path: Path) -> None:
    pytest.importorskip("pyedflib", reason="pyedflib is not installed")
    (tmp_path / "r.edf").write_bytes(b"hello" * 100)
    with pytest.raises(InputError, match=r"r\.edf: not a readable EDF file, got"):
        read_edf(tmp_path / "r.edf", steps=10)
    with pytest.raises(InputError, match=r"gone\.edf: no such EDF file; check the path"):
        read_edf(tmp_path / "gone.edf", steps=10)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, float("nan")])
def test_impossible_fraction(tmp_path: Path, fraction: float) -> None:
    pytest.importorskip("pyedflib", reason="pyedflib is not installed")
    with pytest.raises(InputError, match=r"train_fraction: must lie between 0 and 1, got"):
        read_edf(tmp_path / "r.edf", steps=10, train_fraction=fraction)


def test_impossible_steps(tmp_path: Path) -> None:
    pytest.importorskip("pyedflib", reason="pyedflib is not installed")
    with pytest.raises(InputError, match=r"steps: must be at least 1, got 0"):
        read_edf(tmp_path / "r.edf", steps=0)


def test_without_pyedflib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyedflib", None)
    with pytest.raises(
        InputError, match=r"EDF recordings: pyedflib is not installed; pip install spicegen\[edf\]"
    ):
        read_edf(tmp_path / "r.edf", steps=10)
