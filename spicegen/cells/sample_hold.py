"""The sample-and-hold: what it adds when its switch opens, and how it drifts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.cells.bench import Measurement, Reading, Runs, bench
from spicegen.cells.sheet import Curve
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Instance, Pulse, Pwl, Source, Transient
from spicegen.design import Design
from spicegen.waveforms import Waveforms

FloatArray = NDArray[np.float64]

RANGE_VOLTS, POINTS = 0.9, 19
SMALL_FARAD = 1e-12
"""Capacitor of the second bench."""
PERIOD_S, TRACK_S = 2e-6, 1e-6
LONG_S, SETTLED_S = 200e-6, 10e-6
FINE_S, COARSE_S = 50e-9, 2e-6
BEFORE_S = 20e-9
"""The held voltage is read this long before the switch closes again."""
NODES = ("in", "phi", "phi_n", "hold", "out", "cm")


def benches(design: Design) -> dict[str, Circuit]:
    """A staircase of inputs, and two long holds, with the design's capacitor and with 1 pF."""
    held = design.sample_hold.model_copy(update={"c_hold_farad": SMALL_FARAD})
    small = design.model_copy(update={"sample_hold": held})
    return {
        f"{kind}{label}": made(each)
        for label, each in (("", design), ("_1pf", small))
        for kind, made in (("injection", _staircase), ("droop", _long_holds))
    }


def read(design: Design, runs: Runs) -> Reading:
    """Injection over the input, and the worst drift."""
    values, curves = dict[str, float](), dict[str, Curve]()
    for label in ("", "_1pf"):
        x, injection = _injection(runs[f"injection{label}"])
        at_common = float(np.interp(0.0, x, injection))
        values[f"injection{label}_volts"] = at_common
        values[f"injection{label}_max_volts"] = float(np.abs(injection).max())
        values[f"droop{label}_volts_per_s"] = _droop(runs[f"droop{label}"])
        curves[f"injection{label}"] = {"x_volts": x, "injection_volts": injection}
    return values, curves


def _circuit(design: Design, drive: Source, clock: Source, span: Transient) -> Circuit:
    """A driver, a clock driver, and the cell."""
    instances = (
        Instance("drive", "follower", ("drive", "in", "cm")),
        Instance("clock", "clock_driver", ("clock", "phi", "phi_n")),
        Instance("cell", "sample_hold", ("in", "phi", "phi_n", "hold", "out", "cm")),
    )
    cells = ("follower", "clock_driver", "sample_hold")
    return bench(design, cells, instances, (drive, clock), NODES, span)


def _staircase(design: Design) -> Circuit:
    """Track and hold once per input; the input moves while the cell tracks."""
    edge_s = design.timing.t_edge_s
    volts = np.linspace(*_range(design), POINTS)
    starts = PERIOD_S * np.arange(POINTS)
    # a change lasts as long as an edge, from the start of a track phase on
    t_s = np.stack([starts + edge_s, starts + 2 * edge_s], axis=1).ravel()
    levels = np.stack([np.roll(volts, 1), volts], axis=1).ravel()
    levels[0] = volts[0]
    drive = Source("drive", "drive", "cm", Pwl(t_s, levels))
    wave = Pulse(design.v_supply_volts, 0.0, edge_s, edge_s, TRACK_S - edge_s, PERIOD_S)
    clock = Source("clock", "clock", "0", wave)
    return _circuit(design, drive, clock, Transient(PERIOD_S * POINTS, FINE_S, from_rest=True))


def _injection(run: Waveforms) -> tuple[FloatArray, FloatArray]:
    """(points,) inputs against common and what the cell held against them, V."""
    read_s = PERIOD_S * (1 + np.arange(POINTS)) - BEFORE_S
    rows = run.at(("in", "hold", "cm"), read_s)
    return rows[:, 0] - rows[:, 2], rows[:, 1] - rows[:, 0]


def _long_holds(design: Design) -> Circuit:
    """Common is held, while the input goes to the end of its range; once to either side."""
    edge_s = design.timing.t_edge_s
    period_s = TRACK_S + LONG_S
    moved_s = TRACK_S + SETTLED_S / 10
    t_s = [0.0, moved_s, moved_s + edge_s, period_s, period_s + edge_s]
    t_s += [period_s + moved_s, period_s + moved_s + edge_s]
    low, top = _range(design)
    drive = Pwl(np.array(t_s), np.array([0.0, 0, top, top, 0, 0, low]))
    wave = Pulse(design.v_supply_volts, 0.0, edge_s, edge_s, TRACK_S - edge_s, period_s)
    sources = Source("drive", "drive", "cm", drive), Source("clock", "clock", "0", wave)
    return _circuit(design, *sources, Transient(2 * period_s, COARSE_S, from_rest=True))


def _droop(run: Waveforms) -> float:
    """Fastest drift of a held voltage, V/s."""
    period_s = TRACK_S + LONG_S
    ends = np.array([TRACK_S + SETTLED_S, period_s - BEFORE_S])
    drifts = [np.diff(run.at("hold", start + ends)[:, 0])[0] for start in (0.0, period_s)]
    return float(np.abs(drifts).max() / np.diff(ends)[0])


def _range(design: Design) -> tuple[float, float]:
    """Least and largest input against common; the driver cannot reach the supply."""
    signal = design.signal
    largest = min(RANGE_VOLTS, signal.v_rail_volts)
    return -largest, min(largest, design.v_supply_volts - signal.v_common_volts - 0.2)


SAMPLE_HOLD = Measurement("sample-and-hold: transmission gate with dummies", benches, read)
