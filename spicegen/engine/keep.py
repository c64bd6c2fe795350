"""What remains of a run: of a static one a row per step, of any some vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.engine.raw_file import write_raw
from spicegen.errors import RawFileError
from spicegen.waveforms import main_plot, read_raw


def keep_steps(raw: Path, steps: int) -> None:
    """Keep one row per step of all time points; the time column becomes the step's number.

    Step k is the time from k to k + 1, and its last time point counts: the engine starts with
    several short ones.

    Args:
        raw: raw file of the engine, which is replaced.
        steps: number of steps.
    Raises:
        RawFileError: the file is damaged, or a step has no time point.
    """
    plot = main_plot(read_raw(raw))
    numbers = np.arange(steps)
    at: NDArray[np.int64] = np.minimum(plot.sweep.real.astype(np.int64), steps - 1)
    rows = np.searchsorted(at, numbers, side="right") - 1
    if not np.array_equal(at[rows], numbers):
        raise RawFileError(f"the engine left out step {int(numbers[at[rows] != numbers][0])}")
    table = plot.data[rows]
    columns = {name: table[:, k] for k, name in enumerate(plot.names)}
    columns[plot.names[0]] = numbers.astype(np.float64)
    kept = raw.with_suffix(".steps")
    write_raw(kept, plot.title, plot.name, (plot.names[0], "time"), columns)
    kept.replace(raw)


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
