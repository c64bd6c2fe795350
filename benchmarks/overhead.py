"""A whole `spicegen run`, start of Python included, against `ngspice -b` on the same deck."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import DEFAULT_STEPS, example, last_line, python, stopwatch
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio
from spicegen import rundir
from spicegen.engine.process import child_environment
from spicegen.errors import SpicegenError
from spicegen.paths import packaged

BAR = 1.05
PROGRAM = "import sys; from spicegen.cli.app import main; sys.exit(main())"
OURS, BARE = "spicegen run", "ngspice -b, same deck"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one run: wall-clock and processor time; `timing` of result.json."""

    wall_s: float
    cpu_s: float
    timing: dict[str, float]


def measure(steps: int | None = None, turns: int = PAIRS) -> Report:
    """The default EEG run and its deck alone, in turns."""
    count = steps or DEFAULT_STEPS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, inputs = example(count)
        np.save(folder / "inputs.npy", inputs)
        np.save(folder / "one.npy", inputs[:1])
        _ours(folder, "one.npy")  # the first run after a change compiles modules
        sides = {OURS: partial(_ours, folder), BARE: partial(_bare, folder)}
        found = in_turns("overhead", sides, turns)
    rows: list[Row] = []
    for side, runs in found.items():
        wall, cpu = ([getattr(one, of) for one in runs] for of in ("wall_s", "cpu_s"))
        rows.append([side, statistics.median(wall), statistics.median(cpu)])
    columns = ["program", "wall, s:.2f", "CPU, s:.2f"]
    whole = table(f"EEG LSTM, {count} steps, medians of {turns} turns", columns, rows)
    middle = sorted(found[OURS], key=lambda one: one.wall_s)[turns // 2]
    bars = tuple(
        Bar(
            f"spicegen run / ngspice -b, {what}, a run of {rows[1][1]:.0f} s",
            median_ratio(
                [getattr(one, of) for one in found[OURS]], [getattr(one, of) for one in found[BARE]]
            ),
            BAR,
            "times",
            headline=of == "cpu_s",
        )
        for what, of in (("CPU", "cpu_s"), ("wall", "wall_s"))
    )
    return Report("overhead", command_of("overhead", steps), (whole, _parts(middle)), bars)


def _parts(one: Cost) -> Table:
    """Where the wall-clock time of one run goes."""
    timing = one.timing
    parts = {"emit": "map and emit", "simulate": "engine", "read": "read back, compare"}
    shown = {what: timing[f"{key}_s"] for key, what in parts.items()}
    shown["check the run, write results"] = timing["total_s"] - sum(shown.values())
    shown["start of Python, imports, reading files, table"] = one.wall_s - timing["total_s"]
    shown["whole process"] = one.wall_s
    rows = [(what, seconds, 100.0 * seconds / one.wall_s) for what, seconds in shown.items()]
    return table("The spicegen run of median length", ["part", "s:.3f", "share, %:.2f"], rows)


def _ours(folder: Path, inputs: str = "inputs.npy") -> Cost:
    """One run by the command line.

    Raises:
        SpicegenError: it fails.
    """
    network = packaged("examples") / "eeg_lstm" / "network.toml"
    out = folder / "run"
    arguments = ["run", str(network), "--inputs", str(folder / inputs), "-o", str(out), "--force"]
    with stopwatch() as usage:
        child = python(["-c", PROGRAM, *arguments, "--engine", "ngspice"])
    if child.returncode:
        raise SpicegenError(f"spicegen run failed: {last_line(child.stderr)}")
    summary = json.loads((out / rundir.RESULT).read_text(encoding="utf-8"))
    return Cost(usage.wall_s, usage.children_s, summary["timing"])


def _bare(folder: Path) -> Cost:
    """ngspice on the deck of the last run, in the environment that spicegen gives it.

    Raises:
        SpicegenError: it fails.
    """
    argv = ["ngspice", "-n", "-b", rundir.DECK, "-r", str(folder / "bare.raw")]
    with (folder / "bare.log").open("wb") as log, stopwatch() as usage:
        child = subprocess.run(  # noqa: S603 (words of this file)
            argv, cwd=folder / "run", env=child_environment(), stdout=log, stderr=log, check=False
        )
    if child.returncode:
        raise SpicegenError(f"ngspice failed: {last_line((folder / 'bare.log').read_text())}")
    return Cost(usage.wall_s, usage.children_s, {})
