"""How long `spicegen --help` takes, start of Python included."""

from __future__ import annotations

import statistics

from benchmarks.measure import last_line, python, stopwatch, told
from benchmarks.report import Bar, Report, Row, command_of, table

REPEATS = 7
BAR_S = 0.4
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "spicegen --help": [
        "-c",
        "import sys; from spicegen.cli.app import main; sys.exit(main())",
        "--help",
    ],
}


def measure(steps: int | None = None, repeats: int = REPEATS) -> Report:
    """Best and median wall-clock time; steps play no part."""
    del steps
    rows: list[Row] = []
    notes, bars = [], []
    for name, arguments in PROGRAMS.items():
        told(f"startup: {name}")
        seconds, complaint = _timed(arguments, repeats)
        if complaint:
            notes.append(f"{name} does not run yet: {complaint}")
            continue
        rows.append([name, min(seconds), statistics.median(seconds)])
        if "spicegen" in name:
            bars.append(Bar(f"{name}, best of {repeats}", min(seconds), BAR_S, "s"))
    made = table(f"{repeats} starts each", ["program", "best, s:.3f", "median, s:.3f"], rows)
    return Report("startup", command_of("startup", None), (made,), tuple(bars), tuple(notes))


def _timed(arguments: list[str], repeats: int) -> tuple[list[float], str]:
    """Wall-clock times, and the last line of the complaint if the program fails."""
    seconds = []
    for _ in range(repeats):
        with stopwatch() as usage:
            child = python(arguments)
        if child.returncode:
            return [], last_line(child.stderr)
        seconds.append(usage.wall_s)
    return seconds, ""
