"""What spicegen itself takes of a run: everything but the engine, the start of Python included.

`python -m benchmarks.overhead STEPS` is one such run; it prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import DEFAULT_STEPS, example, python_json, stopwatch, told
from benchmarks.report import Bar, Report, command_of, table

BAR_PCT = 5.0


def measure(steps: int | None = None) -> Report:
    """The default EEG run in a process of its own."""
    count = steps or DEFAULT_STEPS
    told(f"overhead: {count} steps")
    python_json("benchmarks.overhead", 1)  # the first run after a change compiles modules
    with stopwatch() as usage:
        timing = python_json("benchmarks.overhead", count)
    own_cpu_s = usage.children_s - timing["engine_cpu_s"]
    cpu_share = 100.0 * own_cpu_s / usage.children_s
    outside = usage.wall_s - timing["total_s"]
    share = 100.0 * (usage.wall_s - timing["simulate_s"]) / usage.wall_s
    check_s = timing["total_s"] - sum(timing[key] for key in ("emit_s", "simulate_s", "read_s"))
    rows = [
        ("start of Python, imports, signal", outside),
        ("map and emit", timing["emit_s"]),
        ("engine", timing["simulate_s"]),
        ("check the run", check_s),
        ("read back, compare", timing["read_s"]),
        ("whole process", usage.wall_s),
    ]
    shown = [(what, seconds, 100.0 * seconds / usage.wall_s) for what, seconds in rows]
    made = table(f"EEG LSTM, {count} steps", ["part", "s:.3f", "share, %:.2f"], shown)
    bar = Bar("everything but the engine", share, BAR_PCT, "% of the run")
    note = (
        f"processor time: spicegen {own_cpu_s:.2f} s, engine {timing['engine_cpu_s']:.2f} s, "
        f"so spicegen takes {cpu_share:.2g} %"
    )
    return Report("overhead", command_of("overhead", steps), (made,), (bar,), (note,))


def timing_here(steps: int) -> dict[str, Any]:
    """`timing` of result.json of one default run, and the engine's processor time, s."""
    import spicegen as sg

    network, inputs = example(steps)
    with tempfile.TemporaryDirectory() as folder, stopwatch() as usage:
        result = sg.run(network, inputs, out=Path(folder) / "run")
    timing: dict[str, Any] = result.summary["timing"]
    return timing | {"engine_cpu_s": usage.children_s}


if __name__ == "__main__":
    print(json.dumps(timing_here(int(sys.argv[1]))))
