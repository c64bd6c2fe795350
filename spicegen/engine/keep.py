"""What remains of a static run: one row per step."""

from __future__ import annotations

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
