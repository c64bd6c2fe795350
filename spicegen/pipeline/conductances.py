"""Files of conductances: crossbars.npz of every run, conductances.npz of programmed arrays.

Crossbar k of the array `names` has `g_pos_siemens_k` and `g_neg_siemens_k`, (word lines, bit
lines) S: a layer's name may be any text, which the members of a zip archive may not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from spicegen.design import Design
from spicegen.errors import InputError
from spicegen.mapping import Given, MappedCrossbar, MappedNetwork
from spicegen.weights.npz import DAMAGE

HALVES = ("g_pos_siemens", "g_neg_siemens")


def write_conductances(path: Path, given: Given) -> None:
    """Keep the conductances of crossbars."""
    arrays: dict[str, Any] = {"names": np.array(list(given), dtype=np.str_)}
    for index, halves in enumerate(given.values()):
        arrays |= {f"{key}_{index}": half for key, half in zip(HALVES, halves, strict=True)}
    np.savez(path, **arrays)


def read_conductances(path: Path) -> Given:
    """Conductances of crossbars by name.

    Raises:
        InputError: the file cannot be read, or is no such file.
    """
    where = f"mapping.conductances, {path}"
    try:
        with path.open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            names = [str(name) for name in arrays["names"].tolist()]
            tables = [
                tuple(np.asarray(arrays[f"{key}_{k}"], dtype=np.float64) for key in HALVES)
                for k in range(len(names))
            ]
    except (*DAMAGE, IndexError) as error:  # IndexError: one array without a name
        rule = "it must be conductances.npz of `device program` or crossbars.npz of a run"
        raise InputError(where, rule, error) from error
    return {name: (pos, neg) for name, (pos, neg) in zip(names, tables, strict=True)}


def crossbars_of(stages: list[MappedNetwork]) -> dict[str, MappedCrossbar]:
    """Every crossbar of a network by its layer's name."""
    return {
        part.name: part.crossbar
        for stage in stages
        for layer in stage.layers
        for part in layer.parts
    }


def deviation(
    asked: list[MappedNetwork], drawn: list[MappedNetwork], design: Design
) -> dict[str, float]:
    """How far drawn conductances are from those that the weights ask for, percent of the
    window."""
    pairs = zip(crossbars_of(asked).values(), crossbars_of(drawn).values(), strict=True)
    apart = np.concatenate(
        [
            np.abs(getattr(a, half) - getattr(b, half))[a.present]
            for a, b in pairs
            for half in HALVES
        ]
    )
    window_siemens = design.device.g_max_siemens - design.device.g_min_siemens
    return {
        "mean_pct": float(100.0 * apart.mean() / window_siemens),
        "max_pct": float(100.0 * apart.max() / window_siemens),
    }
