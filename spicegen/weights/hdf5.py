"""HDF5 files, read without following anything that leads out of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.check import as_float64
from spicegen.weights.extras import require

MAX_BYTES = 2**30
"""Largest array or archive member that is read; networks for crossbars are far smaller."""

_MAX_DEPTH = 16
# What h5py raises on damaged content.
_DAMAGE = (OSError, KeyError, RuntimeError, ValueError, TypeError)


@contextmanager
def open_hdf5(source: Path | BytesIO, where: str) -> Iterator[Any]:
    """The root group of an HDF5 file, open for reading.

    Raises:
        NetworkError: h5py is missing, or the content is not HDF5 or damaged.
    """
    h5py = require("h5py", "keras", where)
    try:
        with h5py.File(source, "r") as file:
            yield file
    except _DAMAGE as error:
        raise NetworkError(
            where, "not a readable HDF5 file", error, "save the model again"
        ) from error


def datasets(group: Any, where: str, depth: int = 0) -> dict[str, NDArray[np.float64]]:
    """All arrays below a group, by their path relative to it.

    Raises:
        NetworkError: links to elsewhere, arrays kept in other files, arrays that are too
            large or not finite real numbers.
    """
    h5py = require("h5py", "keras", where)
    found: dict[str, NDArray[np.float64]] = {}
    for name in group:
        place = f"{where}, '{name}'"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink) or depth > _MAX_DEPTH:
            raise NetworkError(place, "links to other places are not followed")
        member = group[name]
        if isinstance(member, h5py.Dataset):
            found[name] = as_float64(_content(member, place), place)
        else:
            below = datasets(member, place, depth + 1)
            found |= {f"{name}/{inner}": array for inner, array in below.items()}
    return found


def _content(dataset: Any, place: str) -> NDArray[Any]:
    if dataset.external or dataset.is_virtual:
        raise NetworkError(place, "the array must be inside the file")
    if dataset.nbytes > MAX_BYTES:
        raise NetworkError(place, f"an array must have at most {MAX_BYTES} bytes", dataset.nbytes)
    return np.asarray(dataset[()])
