"""The ReLU cell, whose signals count downwards: how far it is from min(x, 0), settling."""

from __future__ import annotations

import numpy as np

from spicegen.cells.bench import LOAD, Measurement, Reading, Runs, bench
from spicegen.cells.settling import settling_s, there_and_back
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Axis, Dc, Instance, Source, Sweep, Transient
from spicegen.design import Design

STEP_VOLTS = 1e-3
LOAD_FARAD = 1e-12
"""A word line."""
REACHED_VOLTS = 5e-3
HELD_S, FINE_S = 10e-6, 20e-9


def benches(design: Design) -> dict[str, Circuit]:
    """Transfer curve, and a step from above to below and back."""
    rail = design.signal.v_rail_volts
    points = round(2 * rail / STEP_VOLTS) + 1
    dut = (
        Instance("cell", "relu", ("in", "out", "cm")),
        Instance("load", LOAD, ("out", "draw", "cm"), {"c": LOAD_FARAD}),
    )
    parts, draw = ("relu", "follower", LOAD), Source("draw", "draw", "0", Dc(0.0))
    swing = rail * design.signal.headroom / 2
    wave = there_and_back(swing, -swing, HELD_S)
    saved = ("in", "out", "cm")
    sweep = Sweep((Axis("in", -rail, rail, points),))
    timed = Transient(3 * HELD_S, FINE_S, from_rest=True)
    return {
        "transfer": bench(
            design, parts, dut, (Source("in", "in", "cm", Dc(0.0)), draw), saved, sweep
        ),
        "step": bench(design, parts, dut, (Source("in", "in", "cm", wave), draw), saved, timed),
    }


def read(design: Design, runs: Runs) -> Reading:
    """Errors against min(x, 0) within the headroom of the design."""
    plot, step = runs["transfer"].plot, runs["step"]
    x, y = np.array(plot["in"] - plot["cm"]), np.array(plot["out"] - plot["cm"])
    error = y - np.minimum(x, 0)
    used = np.abs(x) <= design.signal.v_rail_volts * design.signal.headroom
    settled = [
        settling_s(step.t_s, step["out"].values, start, start + HELD_S, 1e-3)
        for start in (HELD_S, 2 * HELD_S)
    ]
    below = used & (x <= -0.01)  # away from the corner
    values = {
        "error_max_volts": float(np.abs(error[used]).max()),
        "error_below_max_volts": float(np.abs(error[below]).max()),
        "v_corner_volts": float(np.interp(0.0, x, error)),
        "v_above_volts": float(y[used][-1]),
        "swing_low_volts": float(plot["cm"][0] + x[np.abs(error) < REACHED_VOLTS][0]),
        "t_settle_s": max(settled),
    }
    return values, {
        "transfer": {"x_volts": x, "y_volts": y},
        "deviation": {"x_volts": x, "error_volts": error},
    }


RELU = Measurement("ReLU: follower that can only pull down, and a buffer", benches, read)
