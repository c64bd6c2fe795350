"""Makes the arrays of this example: airline windows, and sequences of two pulses.

The second task is synthetic. Each sequence is 8 steps of noise (standard deviation 0.3) with a
pulse of +1 and a pulse of -1 at two different random steps; class 1 if the positive one comes
first. Every single step looks alike in both classes: the order must be remembered.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "airline"))

from series import read_passengers, scale_of, training_windows, windows  # noqa: E402

FloatArray = NDArray[np.float64]
SEED, SEQUENCES, STEPS, NOISE, UNITS = 1, 64, 8, 0.3, 4


def two_pulses(draws: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
    """Sequences (count, STEPS, 1) and their classes (count,)."""
    inputs = NOISE * draws.standard_normal((count, STEPS, 1))
    at = np.argsort(draws.random((count, STEPS)), axis=1)[:, :2]
    rows = np.arange(count)
    inputs[rows, at[:, 0], 0] += 1.0
    inputs[rows, at[:, 1], 0] -= 1.0
    return inputs, (at[:, 0] < at[:, 1]).astype(np.float64)


def main() -> None:
    """Write all arrays."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=HERE, help="folder to write to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    passengers = read_passengers()
    inputs, targets = windows(scale_of(passengers).to_units(passengers))
    first = training_windows(passengers.size)
    parts = {
        "airline_inputs": inputs[:first],
        "airline_targets": targets[:first],
        "airline_later_inputs": inputs[first:],
        "airline_later_targets": targets[first:],
    }
    draws = np.random.default_rng(SEED)
    for name in ("", "test_"):
        parts[f"pulses_{name}inputs"], parts[f"pulses_{name}classes"] = two_pulses(draws, SEQUENCES)
    for name, array in parts.items():
        np.save(out / f"{name}.npy", array)
    zeros = {
        "recurrent.weight_ih": np.zeros((4 * UNITS, 1), np.float32),
        "recurrent.weight_hh": np.zeros((4 * UNITS, UNITS), np.float32),
        "out.weight": np.zeros((2, UNITS), np.float32),
    }
    save_file(zeros, out / "pulses.safetensors")


if __name__ == "__main__":
    main()
