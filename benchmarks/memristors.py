"""The main job with memristor models: states that may move, and conductances as programmed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import spicegen as sg
from benchmarks.measure import FloatArray, example, stopwatch, told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.devices import Plan, load_model, write_verify
from spicegen.network import Network
from spicegen.pipeline.device_targets import network_targets

STEPS = 20
HIGH_OHMIC = {"r_on_ohm": 10e3, "r_off_ohm": 1e6}
"""The published 100 ohm to 2.5 kohm would use a hundredth of the window: the smallest feedback
resistor of the default design is 20 kohm."""
MODELS: tuple[tuple[str, str, dict[str, float]], ...] = (
    ("analog_threshold", "one_volt", {}),
    ("vteam", "symmetric", HIGH_OHMIC),
    ("team", "technion", {}),
    ("linear_drift", "biolek", {}),
)
"""Two whose thresholds lie above the read voltage, and two that every voltage moves."""
PROGRAMMED = MODELS[:2]
TOLERANCES = (0.01, 0.001)
START = 0.02
"""State of every memristor before it is programmed."""
PASSED_BAR_PCT = 99.0
DISTURB_BAR_PCT = 1e-6


def measure(steps: int | None = None) -> Report:
    """Fixed resistors against Verilog-A memristors, then write-verified conductances.

    Args:
        steps: of the network.
    """
    network, inputs = example(steps or STEPS)
    moving, still_pct = _moving(network, inputs)
    programmed, passed_pct = _programmed(network, inputs)
    bars = (
        Bar("read disturb of the models with thresholds, max", still_pct, DISTURB_BAR_PCT, "%"),
        Bar("devices within 1 % of the window, least", passed_pct, PASSED_BAR_PCT, "%", True),
    )
    return Report("memristors", command_of("memristors", steps), (moving, programmed), bars)


def _moving(network: Network, inputs: FloatArray) -> tuple[Table, float]:
    """Both forms of each model, and the largest disturb of those with thresholds."""
    rows: list[Row] = []
    still_pct = 0.0
    for model, preset, parameters in MODELS:
        for form in ("resistor", "verilog-a"):
            told(f"memristors: {model}, {form}")
            with stopwatch() as usage:
                summary = _run(network, inputs, _design(model, preset, parameters, form))
            disturb = summary.get("read_disturb", {"mean_pct": None, "max_pct": None})
            error = summary["accuracy"]
            rows.append(
                [model, preset, form, error["mean_error_pct"], error["max_error_pct"],
                 disturb["mean_pct"], disturb["max_pct"], summary["points"], usage.children_s]
            )  # fmt: skip
            if (model, preset, parameters) in PROGRAMMED and form == "verilog-a":
                still_pct = max(still_pct, disturb["max_pct"])
    columns = [
        "model", "preset", "memristors", "error, mean %:.2g", "error, max %:.2g",
        "disturb, mean %:.2g", "disturb, max %:.2g", "points", "engine CPU, s:.2f",
    ]  # fmt: skip
    title = f"EEG LSTM, {len(inputs)} steps, a memristor model in every crossbar"
    return table(title, columns, rows), still_pct


def _programmed(network: Network, inputs: FloatArray) -> tuple[Table, float]:
    """Write-verify of every conductance, and the network simulated with what was reached."""
    rows: list[Row] = []
    passed = []
    for model_name, preset_name, parameters in PROGRAMMED:
        for tolerance in TOLERANCES:
            told(f"memristors: {model_name} programmed to {tolerance:g} of the window")
            model, preset = load_model(model_name, preset_name, parameters)
            asked = _design(model_name, preset_name, parameters)
            targets = network_targets(network, asked, inputs)
            start, plan = np.full(targets.g_siemens.shape, START), Plan(tolerance)
            done = write_verify(model, preset.use, targets.g_siemens, start, plan)
            with tempfile.TemporaryDirectory() as folder:
                targets.write(Path(folder), done.reached_siemens)
                design = sg.load_design(Path(folder) / "design.toml")
                summary = _run(network, inputs, design)
            within = 100.0 * float(1.0 - done.failed.mean())
            if tolerance == TOLERANCES[0]:
                passed.append(within)
            rows.append(
                [model_name, preset_name, 100.0 * tolerance, done.failed.size, within,
                 float(done.pulses.mean()), int(done.pulses.max()),
                 1e9 * float(done.energy_joule.sum()), summary["conductances"]["mean_pct"],
                 summary["accuracy"]["mean_error_pct"], summary["accuracy"]["max_error_pct"]]
            )  # fmt: skip
    columns = [
        "model", "preset", "tolerance, % of window:g", "devices", "within it, %:.1f",
        "pulses, mean:.1f", "pulses, max", "energy, nJ:.0f", "off target, mean % of window:.2g",
        "error, mean %:.2g", "error, max %:.2g",
    ]  # fmt: skip
    title = f"EEG LSTM, {len(inputs)} steps, simulated with write-verified conductances"
    return table(title, columns, rows), min(passed)


def _design(
    model: str, preset: str, parameters: dict[str, float], form: str = "resistor"
) -> sg.Design:
    device = {"model": model, "preset": preset, "form": form} | {
        f"parameters.{name}": value for name, value in parameters.items()
    }
    sets = [f"device.{key}={value}" for key, value in device.items()]
    return sg.load_design(None, ["simulation.engine=ngspice", *sets])


def _run(network: Network, inputs: FloatArray, design: sg.Design) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return sg.run(network, inputs, design=design, out=Path(folder) / "run").summary
