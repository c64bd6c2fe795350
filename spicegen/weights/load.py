"""The door for weight files: picks the reader by the kind of file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.csv_folder import read_csv_folder
from spicegen.weights.npz import read_npz
from spicegen.weights.tensors import read_safetensors

_READERS = {".npz": read_npz, ".safetensors": read_safetensors}


def load_arrays(path: Path) -> dict[str, NDArray[np.float64]]:
    """Named arrays from a `.npz` or `.safetensors` file, or a folder of `<name>.csv`.

    No pickle is ever loaded.

    Args:
        path: the file or folder.
    Returns:
        Arrays by name, float64, all entries finite. A CSV file always gives a table
        (rows, columns), as it cannot tell a vector from a table with one row or column.
    Raises:
        NetworkError: the path is missing, unreadable, corrupt, of another kind, or holds
            something else than finite real numbers.
    """
    if path.is_dir():
        return read_csv_folder(path)
    if not path.exists():
        raise NetworkError(str(path), "no such file or folder of arrays", remedy="check the path")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise NetworkError(
            str(path),
            "arrays come from .npz, .safetensors or a folder of <layer>.<array>.csv",
            f"'{path.suffix}'",
            "convert the file to one of these",
        )
    return reader(path)
