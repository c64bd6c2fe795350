"""PyTorch's names for the arrays of recurrent modules."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError

_NUMBERED = re.compile(r"(.+)\.((?:weight|bias)_(?:ih|hh))_l(\d+)(_reverse)?")
_PROJECTION = re.compile(r".+\.weight_hr_l\d+(_reverse)?")
_KERAS = re.compile(r"(.+[./])?(recurrent_)?kernel(:0)?")


def canonical_names(
    arrays: Mapping[str, NDArray[np.float64]], where: str
) -> dict[str, NDArray[np.float64]]:
    """The same arrays, named as network.toml expects them.

    torch.nn.RNN, LSTM and GRU number their stacked layers. `<layer>.weight_ih_l0` becomes
    `<layer>.weight_ih`; `<layer>.weight_ih_l1` becomes `<layer>_l1.weight_ih`, so that a
    module of two layers is described by two `[[layer]]` tables, `<layer>` and `<layer>_l1`.
    `_reverse` stays at the end. All other names stay as they are.

    Args:
        arrays: by their names in the file.
        where: the file, for messages.
    Raises:
        NetworkError: two arrays get one name, projections (proj_size), or names in Keras'
            layout.
    """
    renamed: dict[str, NDArray[np.float64]] = {}
    for name, array in arrays.items():
        new = _canonical(name, where)
        if new in renamed:
            raise NetworkError(
                where, "two arrays stand for the same one", f"'{name}' and '{new}'", "remove one"
            )
        renamed[new] = array
    return renamed


def _canonical(name: str, where: str) -> str:
    if _PROJECTION.fullmatch(name):
        raise NetworkError(
            where, "LSTM projections are not supported", f"'{name}'", "train with proj_size = 0"
        )
    if _KERAS.fullmatch(name):
        raise NetworkError(
            where,
            "arrays must be in PyTorch's layout, this name is Keras'",
            f"'{name}'",
            "save the whole model as .keras and load that",
        )
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return name
    layer, array, number, reverse = match.groups()
    stacked = "" if int(number) == 0 else f"_l{int(number)}"
    return f"{layer}{stacked}.{array}{reverse or ''}"
