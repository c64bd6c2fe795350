"""`.safetensors` files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.check import as_float64

# The format is little-endian. BF16, which numpy lacks, is the upper half of a float32.
_NUMPY_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}


def read_safetensors(path: Path) -> dict[str, NDArray[np.float64]]:
    """All tensors of a `.safetensors` file.

    Returns:
        Arrays by name, float64, finite.
    Raises:
        NetworkError: unreadable or damaged, a number type other than floating point and
            integers, or entries that are not finite.
    """
    import safetensors

    # The published stub of this function carries no types.
    deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = safetensors.deserialize
    try:
        tensors = deserialize(path.read_bytes())
    except (OSError, safetensors.SafetensorError) as error:
        raise NetworkError(
            str(path), "not a readable safetensors file", error, "export the file again"
        ) from error
    return {
        name: _numbers(f"{path}, array '{name}'", tensor["dtype"], tensor["shape"], tensor["data"])
        for name, tensor in tensors
    }


def _numbers(where: str, kind: str, shape: list[int], content: bytes) -> NDArray[np.float64]:
    if kind not in _NUMPY_TYPES:
        raise NetworkError(
            where,
            f"the number type must be one of {', '.join(_NUMPY_TYPES)}",
            kind,
            "store it as F32",
        )
    array = np.frombuffer(content, dtype=_NUMPY_TYPES[kind]).reshape(shape)
    if kind == "BF16":
        array = (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return as_float64(array, where)
