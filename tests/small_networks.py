"""Small random networks for tests, built in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.network import Dense, Layer, Lstm, Network

Array = NDArray[np.float64]


def dense(
    name: str, inputs: int, units: int, activation: str = "linear", *, bias: bool = True, seed: int
) -> Dense:
    """Weights of a size that neither saturates the activation nor leaves it linear."""
    generator = np.random.default_rng(seed)
    weight = generator.uniform(-1.0, 1.0, (units, inputs))
    offsets = generator.uniform(-0.5, 0.5, units) if bias else np.zeros(units)
    return Dense(name, weight, offsets, activation)  # type: ignore[arg-type]


def lstm(
    name: str, inputs: int, units: int, *, bias: bool = True, returns: str = "sequence", seed: int
) -> Lstm:
    generator = np.random.default_rng(seed)
    return Lstm(
        name,
        generator.uniform(-1.5, 1.5, (4 * units, inputs)),
        generator.uniform(-1.0, 1.0, (4 * units, units)),
        generator.uniform(-0.5, 0.5, 4 * units) if bias else np.zeros(4 * units),
        returns,  # type: ignore[arg-type]
    )


def chain(*layers: Layer) -> Network:
    return Network("small", layers[0].input_size, layers)


def signal(*shape: int, seed: int) -> Array:
    """Inputs between -1 and 1."""
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape)
