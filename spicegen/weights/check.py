"""What every array from outside must be: real numbers, all finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError


def as_float64(array: NDArray[Any], where: str) -> NDArray[np.float64]:
    """The array in float64, after checking that every entry is a finite real number.

    Args:
        array: any shape; floating point or integer.
        where: file and array name, for the message.
    Returns:
        The same shape, C-ordered.
    Raises:
        NetworkError: entries are not real numbers (objects, text, complex, bool), or one is
            NaN or infinite (the message gives its index).
    """
    if array.dtype.kind not in "fiu":
        raise NetworkError(
            where,
            "entries must be real numbers",
            f"type {array.dtype}",
            "store it as float64, float32 or integers",
        )
    with np.errstate(over="ignore"):  # a longdouble beyond float64 is reported as infinite below
        numbers = np.ascontiguousarray(array, dtype=np.float64).reshape(array.shape)
    finite = np.isfinite(numbers)
    if not finite.all():
        index = tuple(int(axis) for axis in np.argwhere(~finite)[0])
        raise NetworkError(
            where,
            "every entry must be finite",
            f"{numbers[index]} at index {index}",
            "export the array again; training may have diverged",
        )
    return numbers
