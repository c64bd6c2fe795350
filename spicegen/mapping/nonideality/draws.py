"""Random numbers of one source, in one array: the same for the same seed, whatever else is there.

A generator's key is the seed, the kind, the source's number among those of its kind, and the
name of the array. Adding a source, a layer or an option does not move the draws of another.
Philox (Salmon et al., SC 2011, doi:10.1145/2063384.2063405) works on integers and gives the
same stream on every machine; normal draws are numpy's ziggurat.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

KEPT_BITS = 40
"""Of a number that went through exp or a power."""


def generator(seed: int, kind: str, number: int, *names: str) -> np.random.Generator:
    """The generator of one source.

    Args:
        seed: simulation.seed.
        kind: of the non-ideality.
        number: which one of its kind, counted from 0.
        names: what distinguishes its streams: the array, and further ones.
    """
    text = "\0".join([kind, str(number), *names])
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=key)
    return np.random.Generator(np.random.Philox(sequence))


def portable(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values rounded to 40 bits (1e-12): processors differ in the last bits of exp and powers,
    and decks of the same seed should not."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.rint(np.ldexp(mantissa, KEPT_BITS)), exponent - KEPT_BITS))
