"""numpy's `.npy` and `.npz` files, without pickle."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError, NetworkError
from spicegen.weights.check import as_float64

# What numpy and zipfile raise on damaged, encrypted, oversized or pickled content.
DAMAGE = (
    OSError,
    EOFError,
    ValueError,  # bad header, or objects that would need pickle
    KeyError,
    RuntimeError,  # encrypted archive; unsupported compression (NotImplementedError)
    MemoryError,  # a header that claims an absurd size
    tokenize.TokenError,  # damaged header of the oldest .npy version
    zipfile.BadZipFile,
    zlib.error,
)


Arrays = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...] | None]
"""By name; None: any shape."""


def read_npz(path: Path, names: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
    """Arrays of an `.npz` archive.

    Args:
        path: the archive.
        names: read only these members, where present; None reads all.
    Returns:
        Arrays by name, float64, finite.
    Raises:
        NetworkError: not an archive of arrays, damaged, with object arrays, or not finite.
    """
    try:
        # Our own file object: numpy leaves its own open when the archive is damaged.
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise _refusal(path, "one array without a name")
            members = [name for name in archive.files if names is None or name in names]
            loaded = {name: archive[name] for name in members}
    except DAMAGE as error:
        raise _refusal(path, reason(error)) from error
    return {name: _checked(path, name, member) for name, member in loaded.items()}


def read_npy(path: Path) -> NDArray[np.float64]:
    """The one array of an `.npy` file, float64, finite.

    Raises:
        NetworkError: not an `.npy` file, damaged, with objects, or not finite.
    """
    try:
        with path.open("rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    except DAMAGE as error:
        raise _refusal(path, reason(error)) from error
    return as_float64(array, str(path))


def check_arrays(path: Path, found: Arrays, expected: Shapes, remedy: str) -> None:
    """Refuse arrays that are missing, of another shape, or not finite.

    Args:
        path: of the file, for the message.
        found: what it holds.
        expected: shapes by name; None: any.
        remedy: what to do.
    Raises:
        InputError: naming the array.
    """
    for name, shape in expected.items():
        where = f"{path}, array '{name}'"
        if name not in found:
            raise InputError(where, "the file must hold this array", "none", remedy)
        array = found[name]
        if shape is not None and array.shape != shape:
            raise InputError(where, f"the shape must be {shape}", array.shape, remedy)
        if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
            raise InputError(where, "entries must be finite numbers", None, remedy)


def kept_arrays(path: Path, remedy: str) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz that spicegen wrote, as they are.

    Args:
        path: the file.
        remedy: what to do where it is damaged.
    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (*DAMAGE, TypeError) as error:  # TypeError: one array in the place of an archive
        raise InputError(
            str(path), "the file must be a readable .npz", reason(error), remedy
        ) from error


def reason(error: BaseException) -> object:
    """What a message says of an error: of the system's, its words without number and path."""
    return (isinstance(error, OSError) and error.strerror) or error


def _checked(path: Path, name: str, member: Any) -> NDArray[np.float64]:
    where = f"{path}, array '{name}'"
    if not isinstance(member, np.ndarray):  # a member that is not an .npy file comes as bytes
        raise NetworkError(where, "every member of an .npz must be an .npy array")
    return as_float64(member, where)


def _refusal(path: Path, why: object) -> NetworkError:
    return NetworkError(
        str(path),
        "not a readable numpy file of plain numbers",
        why,
        "write it with numpy.save or numpy.savez, without object arrays",
    )
