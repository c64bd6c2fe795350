"""Crossbars as maps that the page paints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.report.page.pack import floats
from spicegen.report.source import Crossbar, FloatArray

MOST_CELLS = 262_144
"""Of one map; of larger ones, neighbours are averaged."""
WIDE = 5.0
"""Ratio from which on conductances are painted on a logarithmic scale."""


def crossbars_of(crossbars: tuple[Crossbar, ...]) -> list[dict[str, Any]]:
    """Every crossbar with its maps, from input to output."""
    return [_crossbar(each) for each in crossbars]


def _crossbar(crossbar: Crossbar) -> dict[str, Any]:
    rows, columns = crossbar.g_pos_siemens.shape
    block = _block(rows, columns)
    maps = [
        {"title": title, "scale": scale, "unit": "S", "data": floats(_averaged(values, block))}
        for title, scale, values in _maps(crossbar)
    ]
    return {
        "name": crossbar.name,
        "rows": -(-rows // block),
        "columns": -(-columns // block),
        "block": block,
        "wordLines": rows,
        "bitLines": columns,
        "maps": maps,
        "stuck": 0 if crossbar.stuck is None else int(crossbar.stuck.sum()),
    }


def _maps(crossbar: Crossbar) -> Iterator[tuple[str, str, FloatArray]]:
    """Title, scale and values of each map; NaN where no device stands."""
    pos, neg = crossbar.g_pos_siemens, crossbar.g_neg_siemens
    first, second = ("reference", "weights") if crossbar.shared else ("g_pos", "g_neg")
    present = np.concatenate([pos[pos > 0], neg[neg > 0]])
    wide = bool(present.size) and present.max() > WIDE * present.min()
    for title, values in ((first, pos), (second, neg)):
        yield title, "log" if wide else "linear", np.where(values > 0, values, np.nan)
    missing = (pos == 0) & (neg == 0)
    difference = pos - neg
    target = crossbar.g_target_siemens
    wanted = difference if target is None else target[0] - target[1]
    yield "target difference", "diverging", np.where(missing & (wanted == 0), np.nan, wanted)
    yield "mapped difference", "diverging", np.where(missing, np.nan, difference)
    if (deviation := crossbar.deviation_siemens) is not None:
        off = np.where(missing & (deviation == 0), np.nan, deviation)
        yield "mapped less target", "diverging", off
    if crossbar.g_effective_siemens is not None:
        behind = crossbar.g_effective_siemens - difference
        yield "IR drop: behind wires less mapped", "diverging", np.where(missing, np.nan, behind)
    if crossbar.stuck is not None:
        yield "stuck devices of the pair", "count", np.asarray(crossbar.stuck.sum(axis=0), float)


def _block(rows: int, columns: int) -> int:
    """Lines in each direction that one painted cell stands for."""
    block = 1
    while -(-rows // block) * -(-columns // block) > MOST_CELLS:
        block += 1
    return block


def _averaged(values: FloatArray, block: int) -> NDArray[Any]:
    """(rows / block, columns / block) means; NaN where a block is empty."""
    if block == 1:
        return values
    rows, columns = (-(-size // block) for size in values.shape)
    padded = np.full((rows * block, columns * block), np.nan)
    padded[: values.shape[0], : values.shape[1]] = values
    blocks = padded.reshape(rows, block, columns, block)
    known = np.isfinite(blocks).sum(axis=(1, 3))
    return np.where(known, np.nansum(blocks, axis=(1, 3)) / np.maximum(known, 1), np.nan)
