"""Small networks on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

DESCRIPTION = """\
name = "small"
inputs = 3
arrays = "weights.npz"

[[layer]]
name = "first"
kind = "dense"
units = 2
activation = "relu"

[[layer]]
name = "memory"
kind = "lstm"
units = 4
"""


def small_arrays() -> dict[str, np.ndarray]:
    """Arrays that fit DESCRIPTION, all optional ones included."""
    generator = np.random.default_rng(3)
    shapes = {
        "first.weight": (2, 3),
        "first.bias": (2,),
        "memory.weight_ih": (16, 2),
        "memory.weight_hh": (16, 4),
        "memory.bias_ih": (16,),
        "memory.bias_hh": (16,),
    }
    return {name: generator.standard_normal(shape) for name, shape in shapes.items()}


@pytest.fixture
def write_network(tmp_path: Path) -> Callable[..., Path]:
    """Writes network.toml and weights.npz, with one piece of text exchanged if asked for."""

    def write(old: str = "", new: str = "", **arrays: np.ndarray | None) -> Path:
        assert old in DESCRIPTION
        (tmp_path / "network.toml").write_text(
            DESCRIPTION.replace(old, new, 1) if old else DESCRIPTION
        )
        merged = small_arrays() | {name.replace("__", ".", 1): a for name, a in arrays.items()}
        kept = {name: array for name, array in merged.items() if array is not None}
        np.savez(tmp_path / "weights.npz", **kept)
        return tmp_path / "network.toml"

    return write
