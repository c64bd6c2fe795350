"""numpy's `.npy` and `.npz` files, without pickle."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
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
