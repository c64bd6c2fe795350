"""Input files of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError
from spicegen.network.network import Network
from spicegen.weights.csv_folder import read_table
from spicegen.weights.npz import read_npy, read_npz


def load_inputs(path: str | Path, network: Network) -> NDArray[np.float64]:
    """Inputs from `.npy`, `.npz` (array `inputs`) or `.csv` (a header line is allowed).

    Args:
        path: the file; its numbers are in network units.
        network: what the inputs are for.
    Returns:
        As in the file, float64: (sample, feature) without recurrence, else (step, feature)
        or (sample, step, feature).
    Raises:
        InputError: missing, unreadable or of another kind; wrong axes or number of features;
            nothing in it; entries that are not finite.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(str(file), "no such input file", remedy="check the path")
    inputs = _read(file)
    network.check_inputs(inputs, str(file))
    return inputs


def _read(file: Path) -> NDArray[np.float64]:
    kind = file.suffix.lower()
    if kind == ".npy":
        return read_npy(file)
    if kind == ".csv":
        return read_table(file, header_allowed=True)
    if kind != ".npz":
        raise InputError(str(file), "inputs come from .npy, .npz or .csv", f"'{file.suffix}'")
    arrays = read_npz(file, ["inputs"])
    if "inputs" not in arrays:
        raise InputError(str(file), "the archive must hold an array named 'inputs'")
    return arrays["inputs"]
