"""A small network in files, and plans of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from spicegen.batch.store import open_results
from spicegen.batch.table import TIMES

ROOT = Path(__file__).resolve().parents[2]

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


def started(arguments: Sequence[str | Path]) -> subprocess.Popen[bytes]:
    """`spicegen batch` with these arguments, in a process of its own."""
    command = [sys.executable, "-m", "spicegen.cli", "batch", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def content(directory: Path) -> list[dict[str, object]]:
    """Every row of a batch but for its times."""
    with open_results(directory) as store:
        rows = list(store.rows())
    return [{name: row[name] for name in row if name not in TIMES} for row in rows]
