"""Opening a large raw file and reading a few signals, against other readers."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import FloatArray, stopwatch
from benchmarks.report import Bar, Report, Row, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio, peer, version
from spicegen.waveforms import Waveforms

SIZE_MB = 300
SHAPES = (400, 40)
"""Signals in the file, so many that a row fills most of a page of memory, and few."""
READ = 4
RATIO_BAR = 20.0
OURS = "spicegen"
PYSPICE_BANNER = b"Circuit: * large\n\nDoing analysis at TEMP = 27.0 and TNOM = 27.0\n\n"
"""What the ngspice server of its time prints before a raw file, and its reader asks for."""


def measure(steps: int | None = None, size_mb: float = SIZE_MB) -> Report:
    """Each installed reader in turns; steps play no part.

    The file is in the page cache, and each reader hands over its own copy of the signals.
    """
    del steps
    notes: list[str] = []
    tables, bars = [], []
    for signals in SHAPES:
        seconds = _seconds(signals, size_mb, notes)
        rows: list[Row] = []
        for name, times in seconds.items():
            ratio = median_ratio(times, seconds[OURS])
            rows.append([name, 1e3 * min(times), 1e3 * statistics.median(times), ratio])
            if name.startswith("spicelib") and signals == SHAPES[0]:
                what = f"{size_mb:g} MB raw file, {READ} of {signals} signals: spicelib / ours"
                bars.append(Bar(what, ratio, RATIO_BAR, "times", True, headline=True))
        columns = ["reader", "best, ms:.1f", "median, ms:.1f", "x ours:.1f"]
        title = f"{size_mb:g} MB, {signals} signals, {READ} of them read; {PAIRS} turns"
        tables.append(table(title, columns, rows))
    found = dict.fromkeys(notes)
    return Report("readers", command_of("readers", None), tuple(tables), tuple(bars), tuple(found))


def _seconds(signals: int, size_mb: float, notes: list[str]) -> dict[str, list[float]]:
    """Seconds of each turn of each reader that gives what was written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.raw"
        names = [f"v(n{k * signals // READ + 1})" for k in range(READ)]
        truth = write_raw(path, size_mb, signals, names)
        sides = {
            name: partial(_timed, read, path, names) for name, read in ((OURS, ours), *installed())
        }
        for name, side in list(sides.items()):
            if complaint := _complaint(side, truth):
                notes.append(f"{name} cannot read it: {complaint}")
                del sides[name]
        found = in_turns(f"readers, {signals} signals", sides)
    return {name: [one[0] for one in answers] for name, answers in found.items()}


def write_raw(path: Path, size_mb: float, signals: int, names: Sequence[str]) -> FloatArray:
    """A transient of random signals, as ngspice writes it.

    Args:
        path: of the file.
        size_mb: its size, MB.
        signals: how many, called v(n1), v(n2), ...
        names: some of them.
    Returns:
        (points, names) their values.
    """
    points = max(2, round(size_mb * 1e6 / 8 / (signals + 1)))
    draw = np.random.default_rng(0)
    values = draw.normal(0.0, 1.0, (points, signals + 1))
    values[:, 0] = np.arange(points) * 1e-6
    lines = [
        "Title: * large", "Date: Mon Jan  1 00:00:00  2024", "Plotname: Transient Analysis",
        "Flags: real", f"No. Variables: {signals + 1}", f"No. Points: {points}       ",
        "Variables:", "\t0\ttime\ttime",
        *(f"\t{k}\tv(n{k})\tvoltage" for k in range(1, signals + 1)), "Binary:", "",
    ]  # fmt: skip
    with path.open("wb") as file:
        file.write("\n".join(lines).encode())
        values.tofile(file)
    return values[:, [int(name[3:-1]) for name in names]]


Reader = Callable[[Path, Sequence[str]], Iterable[FloatArray]]
"""Takes a file and names of signals, gives their values."""


def ours(path: Path, names: Sequence[str]) -> Iterable[FloatArray]:
    """Through `Waveforms`."""
    waveforms = Waveforms.from_raw(path)
    return [waveforms[name].values for name in names]


def installed() -> list[tuple[str, Reader]]:
    """The other readers that are there."""
    readers: list[tuple[str, Reader]] = []
    if peer("spicelib"):
        readers.append((version("spicelib"), _spicelib))
    if peer("PySpice"):
        readers.append((version("PySpice"), _pyspice))
    return readers


def _spicelib(path: Path, names: Sequence[str]) -> Iterable[FloatArray]:
    from spicelib import RawRead

    # told what to read it is six times faster than by reading each when it is asked for
    raw = RawRead(str(path), traces_to_read=list(names), dialect="ngspice", verbose=False)
    return [np.asarray(raw.get_wave(name)) for name in names]


def _pyspice(path: Path, names: Sequence[str]) -> Iterable[FloatArray]:
    from PySpice.Spice.NgSpice.RawFile import RawFile

    # its server tells the number of points beforehand, and prints two lines between
    plot = Waveforms.from_raw(path).plot
    columns = b"No. of Data Columns : %d" % len(plot.names)
    head, table_and_values = path.read_bytes().split(b"Variables:\n\t0", 1)
    text = b"%s%sVariables:\n%s\n\t0%s" % (PYSPICE_BANNER, head, columns, table_and_values)
    raw = RawFile(text, plot.points)
    return [np.asarray(raw.variables[name].data) for name in names]


def _timed(read: Reader, path: Path, names: Sequence[str]) -> tuple[float, FloatArray]:
    """Wall-clock seconds, and (points, names) what was read, copied within that time."""
    with stopwatch() as usage:
        signals = [np.array(signal, dtype=np.float64) for signal in read(path, names)]
    return usage.wall_s, np.stack(signals, axis=1)


def _complaint(side: Callable[[], tuple[float, FloatArray]], truth: FloatArray) -> str:
    """What keeps a reader from the right answer; empty if nothing does."""
    try:
        _, values = side()
    except (ValueError, NameError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if np.array_equal(values, truth) else "other values than were written"
