"""Raw files of ngspice: binary and ASCII, real and complex, any number of plots.

The layout is that of ngspice 46: rawfile.c (the `write` command) and outitf.c (the
`-r` option). Numbers are in the byte order of the machine that simulated.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import RawFileError
from spicegen.waveforms.header import Header, read_header
from spicegen.waveforms.plot import Plot

LEFT_OVER = (
    "; the plot before it has more values than 'No. Points' announces: ngspice writes such "
    "binary files with '.options interp', remove it from the deck"
)


def read_raw(path: str | os.PathLike[str]) -> list[Plot]:
    """All plots of a raw file, in file order.

    Binary values are mapped, not read: opening a file costs the same for any size, and
    one vector of a plot is a strided view of the file. ASCII values are read at once.
    ngspice's `-r` does not keep the order of the deck: see `find_plot`.

    Args:
        path: the raw file; it must not be shortened while its plots are in use.
    Returns:
        One `Plot` per analysis.
    Raises:
        RawFileError: the file cannot be opened, is empty, truncated, malformed, or holds a
            plot without points (a simulation that runs still, or failed, or was killed).
    """
    path = Path(path)
    plots: list[Plot] = []
    try:
        with path.open("rb") as file:
            while True:
                where = f"{path}, plot {len(plots) + 1}"
                header = read_header(file, where, LEFT_OVER if plots else "")
                if header is None:
                    break
                values = _read_binary(file, header) if header.binary else _read_ascii(file, header)
                plots.append(_plot(header, values, str(path)))
    except OSError as error:
        raise RawFileError(f"{path}: cannot be read: {error.strerror}") from error
    if not plots:
        raise RawFileError(f"{path}: expected a raw file, the file is empty")
    return plots


def find_plot(plots: Sequence[Plot], name: str) -> Plot:
    """The one plot whose name starts with `name`, such as "transient" (in any case).

    Raises:
        RawFileError: no plot or several plots have that name.
    """
    found = [plot for plot in plots if plot.name.casefold().startswith(name.casefold())]
    if len(found) != 1:
        present = ", ".join(repr(plot.name) for plot in plots) or "no plots"
        raise RawFileError(
            f"expected one plot whose name starts with {name!r}, found {len(found)} among {present}"
        )
    return found[0]


def main_plot(plots: Sequence[Plot]) -> Plot:
    """The transient, or else the last plot (an operating point may stand before it)."""
    transients = [plot for plot in plots if plot.variables[0].kind == "time"]
    return (transients or list(plots))[-1]


def _plot(header: Header, values: NDArray[Any], source: str) -> Plot:
    return Plot(
        name=header.name,
        title=header.title,
        date=header.date,
        flags=header.flags,
        variables=header.variables,
        data=values,
        source=source,
    )


def _read_binary(file: BinaryIO, header: Header) -> NDArray[Any]:
    kind = np.dtype(np.complex128 if header.is_complex else np.float64)
    count = sum(header.lengths)
    start = file.tell()
    need, have = count * kind.itemsize, os.fstat(file.fileno()).st_size - start
    if have < need:
        raise RawFileError(
            f"{header.where}: truncated: {header.points} points of {len(header.variables)} "
            f"variables need {need} bytes, the file has {have}"
        )
    mapped = np.memmap(file, dtype=kind, mode="r", offset=start, shape=(count,))
    file.seek(start + need)
    return _table(mapped.view(np.ndarray), header.lengths, header.points)


def _read_ascii(file: BinaryIO, header: Header) -> NDArray[Any]:
    pair = 2 if header.is_complex else 1
    # each point starts with its number
    lengths = [header.points] + [length for length in header.lengths for _ in range(pair)]
    table = _table(_read_numbers(file, sum(lengths), header), lengths, header.points)
    if not np.array_equal(table[:, 0], np.arange(header.points)):
        raise RawFileError(f"{header.where}: the points are not numbered 0, 1, 2, ...")
    values = np.ascontiguousarray(table[:, 1:])
    if header.is_complex:
        values = values.view(np.complex128)
    values.flags.writeable = False
    return values


def _read_numbers(file: BinaryIO, need: int, header: Header) -> NDArray[np.float64]:
    words: list[bytes] = []
    while len(words) < need and (line := file.readline()):
        words += line.replace(b",", b" ").split()
    if len(words) != need:
        problem = "truncated" if len(words) < need else "a line holds too many numbers"
        raise RawFileError(
            f"{header.where}: {problem}: {header.points} points of {len(header.variables)} "
            f"variables need {need} numbers, the file has {len(words)}"
        )
    try:
        return np.array(words).astype(np.float64)
    except ValueError as error:
        raise RawFileError(f"{header.where}: expected a number under 'Values:': {error}") from error


def _table(flat: NDArray[Any], lengths: list[int], points: int) -> NDArray[Any]:
    """(points, columns) from values in file order; short columns end in zeros."""
    if min(lengths) == points:
        return flat.reshape(points, len(lengths))
    present = np.arange(points)[:, None] < np.array(lengths)[None, :]
    table = np.zeros(present.shape, dtype=flat.dtype)
    table[present] = flat
    table.flags.writeable = False
    return table
