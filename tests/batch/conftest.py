"""A small network in files, and plans of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

NETWORK = """name = "tiny"
inputs = 2
arrays = "weights.npz"

[[layer]]
name = "out"
kind = "dense"
units = 2
activation = "sigmoid"
"""
PLAN = 'network = "network.toml"\ninputs = "inputs.npy"\n'


@pytest.fixture
def plan_file(tmp_path: Path, ngspice_program: str) -> Callable[[str], Path]:
    """Writes a plan of a small dense network, and what it speaks of."""
    folder = tmp_path / "plans"
    folder.mkdir()
    weight = np.array([[0.7, -0.4], [-0.2, 0.9]])
    np.savez(folder / "weights.npz", **{"out.weight": weight, "out.bias": np.array([0.1, -0.3])})
    (folder / "network.toml").write_text(NETWORK)
    np.save(folder / "inputs.npy", np.array([[0.5, -1.0], [1.0, 0.25], [-0.75, 0.5]]))

    def write(text: str, name: str = "plan.toml") -> Path:
        path = folder / name
        path.write_text(PLAN + text)
        return path

    return write
