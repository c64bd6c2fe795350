"""Writes the binary raw file of an engine that has no writer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KINDS = {"v": "voltage", "i": "current"}
ROWS = 1 << 14  # points turned from columns into rows in one go


def write_raw(
    path: Path,
    title: str,
    analysis: str,
    sweep: tuple[str, str],
    columns: Mapping[str, NDArray[np.float64]],
) -> None:
    """Write one real plot as ngspice does with `-r`.

    Args:
        path: file to write.
        title: title of the deck.
        analysis: plot name, such as `Transient Analysis`.
        sweep: name and kind of the sweep, such as `("time", "time")`; it is the first column.
        columns: vector -> (points,) values, the sweep among them, all of one length.
    """
    names = [sweep[0], *(name for name in columns if name != sweep[0])]
    kinds = [sweep[1], *(KINDS.get(name[0], "notype") for name in names[1:])]
    points = len(columns[sweep[0]])
    table = "".join(
        f"\t{i}\t{name}\t{kind}\n" for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )
    header = (
        f"Title: {title}\nDate: \nPlotname: {analysis}\nFlags: real\n"
        f"No. Variables: {len(names)}\nNo. Points: {points}\nVariables:\n{table}Binary:\n"
    )
    with path.open("wb") as file:
        file.write(header.encode())
        for start in range(0, points, ROWS):
            block = [columns[name][start : start + ROWS] for name in names]
            file.write(np.stack(block, axis=1).astype(np.float64, copy=False).tobytes())
