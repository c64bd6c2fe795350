"""What volts per unit chosen signal by signal gain over one unit for all signals."""

from __future__ import annotations

import tempfile
from pathlib import Path

import spicegen as sg
from benchmarks.measure import DEFAULT_STEPS, FloatArray, example, run, told
from benchmarks.report import Report, command_of, table
from spicegen.network import Network


def measure(steps: int | None = None) -> Report:
    """One unit for all (the largest that fits) against signal-range, each at both clocks."""
    count = steps or DEFAULT_STEPS
    network, inputs = example(count)
    unit = largest_unit_volts(network, inputs)
    scales = {
        f"unit, {unit:.4f} V": ["mapping.scale=unit", f"signal.v_unit_volts={unit!r}"],
        "signal-range": ["mapping.scale=signal-range"],
    }
    clocks: dict[str, list[str]] = {"own": []}
    rows: list[tuple[str, str, float, float, float, float]] = []
    for clock in ("own", "slower"):
        for scale, overrides in scales.items():
            told(f"mapping: {scale}, clock {clock}")
            one = run(network, inputs, [*overrides, *clocks[clock]])
            if clock == "own":
                slowest = max([one.t_step_s, *(row[2] * 1e-6 for row in rows)])
                clocks["slower"] = [f"timing.t_step_s={slowest!r}"]
            rows.append((scale, clock, 1e6 * one.t_step_s, one.mean_pct, one.max_pct, one.cpu_s))
    columns = [
        "volts per unit",
        "clock",
        "step, us:.2f",
        "mean %:.4f",
        "max %:.4f",
        "engine CPU, s:.1f",
    ]
    title = f"EEG LSTM, {count} steps, behavioural; clock: its own, or the slower one of the two"
    (_, _, _, mean_unit, max_unit, _), (_, _, _, mean_range, max_range, _) = rows[-2:]
    note = (
        f"at one clock, signal-range has {mean_unit / mean_range:.2g} times less mean and "
        f"{max_unit / max_range:.2g} times less maximum error"
    )
    return Report(
        "mapping", command_of("mapping", steps), (table(title, columns, rows),), (), (note,)
    )


def largest_unit_volts(network: Network, inputs: FloatArray) -> float:
    """The largest v_unit with which every word line stays within the read voltage."""
    design = sg.load_design()
    with tempfile.TemporaryDirectory() as folder:
        signals = sg.emit(network, inputs, design, Path(folder) / "run")["clipping"]
    largest = max(signal["largest"] for signal in signals if signal["limit"] == "read")
    return design.signal.v_read_volts / float(largest) * (1 - 1e-9)
