"""Writes binary raw files: of an engine that has no writer of its own, or with fewer vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.waveforms import main_plot, read_raw

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


def keep_columns(path: Path, vectors: Sequence[str]) -> None:
    """Leave the sweep and some vectors in a raw file, in the place of the file.

    Args:
        path: raw file of one analysis.
        vectors: what stays, in this order.
    Raises:
        RawFileError: the file is damaged.
        InputError: a vector is not in it.
    """
    plot = main_plot(read_raw(path))
    first = plot.variables[0]
    columns = {first.name: plot.vector(0)} | {name: plot[name] for name in vectors}
    smaller = path.with_suffix(".kept")
    write_raw(smaller, plot.title, plot.name, (first.name, first.kind), columns)
    smaller.replace(path)
