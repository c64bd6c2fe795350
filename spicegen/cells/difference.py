"""The difference of two currents: gain of either input, linearity, offset, settling, noise."""

from __future__ import annotations

import numpy as np

from spicegen.cells.bench import LOAD, Measurement, Reading, Runs, bench
from spicegen.cells.settling import settling_s, there_and_back
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Ac, Axis, Dc, Instance, Noise, Source, Sweep, Transient
from spicegen.design import Design

R_SUM_OHM = 500e3
LARGEST_AMPERE, POINTS = 1.2e-6, 61
HELD_S, FINE_S = 10e-6, 20e-9
HERTZ = (1.0, 1e9)


def benches(design: Design) -> dict[str, Circuit]:
    """Both currents over their range, a step of each, and noise without any."""
    dut = Instance("cell", "difference", ("a", "b", "out", "cm"), {"r_sum": R_SUM_OHM})
    fed = (Instance("a", LOAD, ("a", "ia", "cm")), Instance("b", LOAD, ("b", "ib", "cm")))
    parts, saved, on_bench = ("difference", LOAD), ("ia", "ib", "a", "b", "out", "cm"), (dut, *fed)
    still = {node: Source(node, node, "0", Dc(0.0)) for node in ("ia", "ib")}
    axes = [Axis(node, -LARGEST_AMPERE, LARGEST_AMPERE, POINTS) for node in ("ia", "ib")]
    swing = there_and_back(-LARGEST_AMPERE, LARGEST_AMPERE, HELD_S)
    made = {"transfer": bench(design, parts, on_bench, still.values(), saved, Sweep(tuple(axes)))}
    for node in still:
        moved = still | {node: Source(node, node, "0", swing)}
        timed = Transient(3 * HELD_S, FINE_S, from_rest=True)
        made[f"step_{node}"] = bench(design, parts, on_bench, moved.values(), saved, timed)
    quiet = still | {"ia": Source("ia", "ia", "0", Ac(0.0))}
    noise = Noise("out", "cm", "ia", *HERTZ)
    made["noise"] = bench(design, parts, on_bench, quiet.values(), ("out",), noise)
    return made


def read(design: Design, runs: Runs) -> Reading:
    """A plane through the surface, and what it leaves; a load draws current, so signs turn."""
    plot = runs["transfer"].plot
    i_a, i_b = -plot["ia"], -plot["ib"]
    out = plot["out"] - plot["cm"]
    used = np.abs(R_SUM_OHM * (i_a - i_b)) <= design.signal.v_rail_volts * design.signal.headroom
    terms = np.stack([i_a, i_b, np.full_like(i_a, LARGEST_AMPERE)], axis=1)[used]
    factors, *_ = np.linalg.lstsq(terms / LARGEST_AMPERE, out[used], rcond=None)
    left = out[used] - terms / LARGEST_AMPERE @ factors
    first, second = factors[:2] / LARGEST_AMPERE
    settled = [
        settling_s(runs[name].t_s, runs[name]["out"].values, start, start + HELD_S, 1e-3)
        for name in ("step_ia", "step_ib")
        for start in (HELD_S, 2 * HELD_S)
    ]
    values = {
        "r_sum_ohm": R_SUM_OHM,
        "gain_a_error_pct": 100 * float(first / R_SUM_OHM - 1),
        "gain_b_error_pct": 100 * float(-second / R_SUM_OHM - 1),
        "v_offset_volts": float(factors[2]),
        "error_max_volts": float(np.abs(left).max()),
        "t_settle_s": max(settled),
        "noise_volts": float(runs["noise"].plot["v(onoise_total)"][0]),
    }
    middle = np.abs(i_b) < LARGEST_AMPERE / POINTS
    i_ampere, y_volts = np.array(i_a[middle]), np.array(out[middle])
    error_volts = y_volts - first * i_ampere - factors[2]
    return values, {
        "transfer": {"i_ampere": i_ampere, "y_volts": y_volts},
        "deviation": {"i_ampere": i_ampere, "error_volts": error_volts},
    }


DIFFERENCE = Measurement("difference of two currents: two op-amps", benches, read)
