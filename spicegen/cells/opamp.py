"""The op-amp: open-loop response, swing, offset, error under load, slew rate, noise, supply."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.cells.bench import (
    LOAD,
    LOOP,
    Measurement,
    Reading,
    Runs,
    bench,
)
from spicegen.cells.settling import settling_s, slew_volts_per_s, there_and_back
from spicegen.circuit import Circuit
from spicegen.circuit.graph import (
    Ac,
    Axis,
    Dc,
    Instance,
    Noise,
    SmallSignal,
    Source,
    Sweep,
    Transient,
)
from spicegen.circuit.transistor import SUPPLY_CURRENT
from spicegen.design import Design
from spicegen.errors import SimulationError
from spicegen.waveforms import Waveforms

FloatArray = NDArray[np.float64]

LOADS = {"2pf": 2e-12, "5pf": 5e-12}
STEP_VOLTS, DRAW_AMPERE = 5e-3, 5e-6
SWING_ERROR_VOLTS = 1e-3
"""Where the swing ends: so much more input error than in the middle."""
HERTZ = (1.0, 1e9)
HELD_S, FINE_S = 5e-6, 5e-9
HALF_STEP_VOLTS = 0.25


def benches(design: Design) -> dict[str, Circuit]:
    """Five benches; the bias generator alone tells what of the supply current is its own."""
    common, supply = design.signal.v_common_volts, design.v_supply_volts
    top, low = supply - common, -common
    points = round((top - low) / STEP_VOLTS) + 1
    amplifier = Instance("cell", "opamp", ("in", "inn", "out", "cm"))
    follower = Instance("cell", "opamp", ("in", "out", "out", "cm"))
    still, quiet = Source("in", "in", "cm", Dc(0.0)), Source("in", "in", "cm", Ac(0.0))
    draw, forced = Source("draw", "draw", "0", Dc(0.0)), Source("set", "out", "inn", Dc(0.0))
    swing = there_and_back(-HALF_STEP_VOLTS, HALF_STEP_VOLTS, HELD_S)
    step = Source("in", "in", "cm", swing)
    axes = Axis("set", low, top, points), Axis("draw", -DRAW_AMPERE, DRAW_AMPERE, 3)
    at_output, saved = (LOAD,), ("in", "out", "inn", SUPPLY_CURRENT)
    timed = Transient(3 * HELD_S, FINE_S, from_rest=True)
    made = {
        "bias": bench(design, (), (), (), (SUPPLY_CURRENT,), Sweep()),
        "error": bench(
            design, at_output, (amplifier, _load(0.0)), (still, draw, forced), saved, Sweep(axes)
        ),
        "step": bench(
            design, at_output, (follower, _load(LOADS["2pf"])), (step, draw), ("in", "out"), timed
        ),
        "noise": bench(
            design,
            at_output,
            (follower, _load(LOADS["2pf"])),
            (quiet, draw),
            ("out",),
            Noise("out", "cm", "in", *HERTZ),
        ),
    }
    return made | {f"gain_{name}": _open_loop(design, farad) for name, farad in LOADS.items()}


def _open_loop(design: Design, c_load_farad: float) -> Circuit:
    """The loop is closed at direct current only; the output carries a capacitor."""
    instances = (
        Instance("cell", "opamp", ("in", "inn", "out", "cm")),
        Instance("loop", LOOP, ("out", "inn")),
        _load(c_load_farad),
    )
    sources = Source("in", "in", "cm", Ac(0.0)), Source("draw", "draw", "0", Dc(0.0))
    response = SmallSignal(*HERTZ, per_decade=40)
    return bench(design, (LOAD, LOOP), instances, sources, ("in", "out"), response)


def _load(farad: float) -> Instance:
    return Instance("load", LOAD, ("out", "draw", "cm"), {"c": farad})


def read(design: Design, runs: Runs) -> Reading:
    """Everything that a data sheet of an op-amp tells."""
    values, curve = _error(design, runs)
    values |= _response(runs["gain_2pf"])
    values["phase_margin_5pf_deg"] = _response(runs["gain_5pf"])["phase_margin_deg"]
    step = runs["step"]
    out, t_s = step["out"].values, step.t_s
    starts = (HELD_S, 2 * HELD_S)
    values |= {
        "slew_rise_volts_per_s": slew_volts_per_s(t_s, out, HELD_S, 2 * HELD_S),
        "slew_fall_volts_per_s": slew_volts_per_s(t_s, out, 2 * HELD_S, 3 * HELD_S),
        "t_settle_s": max(settling_s(t_s, out, start, start + HELD_S, 1e-3) for start in starts),
        "noise_volts": float(runs["noise"].plot["v(onoise_total)"][0]),
    }
    gain = runs["gain_2pf"].plot
    response = {
        "f_hertz": np.array(gain.sweep),
        "gain_db": 20 * np.log10(np.abs(gain["out"])),
        "phase_deg": np.degrees(np.unwrap(np.angle(gain["out"]))),
    }
    return values, {"error": curve, "gain": response}


def _error(design: Design, runs: Runs) -> tuple[dict[str, float], dict[str, FloatArray]]:
    """Input error against output voltage, its slope with load current, and what follows."""
    plot = runs["error"].plot
    columns = [plot[name].reshape(3, -1) for name in ("in", "inn", "out", SUPPLY_CURRENT)]
    given, inverted, out, supply = columns
    error = given - inverted
    middle = int(np.argmin(np.abs(out[1] - design.signal.v_common_volts)))
    slope = (error[2] - error[0]) / (2 * DRAW_AMPERE)
    usable = np.abs(error[1] - error[1, middle]) < SWING_ERROR_VOLTS
    first, last = _around(usable, middle)
    alone = float(runs["bias"].plot[SUPPLY_CURRENT][0])
    values = {
        "v_offset_volts": float(error[1, middle]),
        "swing_low_volts": float(out[1, first]),
        "swing_high_volts": float(out[1, last]),
        "slope_volts_per_ampere": float(slope[middle]),
        "i_supply_ampere": alone - float(supply[1, middle]),
    }
    curve = {"v_out_volts": out[1], "v_error_volts": error[1], "slope_volts_per_ampere": slope}
    return values, {name: np.array(column) for name, column in curve.items()}


def _around(usable: NDArray[np.bool_], middle: int) -> tuple[int, int]:
    """First and last place of the stretch of usable points around the middle."""
    bad = np.flatnonzero(~usable)
    below, above = bad[bad < middle], bad[bad > middle]
    first = int(below[-1]) + 1 if below.size else 0
    return first, int(above[0]) - 1 if above.size else len(usable) - 1


def _response(run: Waveforms) -> dict[str, float]:
    """Gain, gain-bandwidth product and phase margin of an open-loop response."""
    f_hertz, gain = run.plot.sweep, run.plot["out"]
    magnitude = np.abs(gain)
    unity = _crossing(f_hertz, magnitude, 1.0)
    phase_deg = np.degrees(np.unwrap(np.angle(gain)))
    margin = 180 + float(np.interp(np.log(unity), np.log(f_hertz), phase_deg))
    return {
        "gain_db": 20 * float(np.log10(magnitude[0])),
        "gbw_hertz": 10 * _crossing(f_hertz, magnitude, 10.0),
        "unity_hertz": unity,
        "phase_margin_deg": margin,
    }


def _crossing(f_hertz: FloatArray, magnitude: FloatArray, level: float) -> float:
    """Frequency at which a magnitude first falls through a level, between two points by a power
    law.

    Raises:
        SimulationError: it begins below that level.
    """
    after = int(np.argmax(magnitude < level))
    if after == 0:
        raise SimulationError(
            f"the op-amp does not work under these conditions: its gain never falls through "
            f"{level:g}, at {f_hertz[0]:g} Hz it is {magnitude[0]:.3g}"
        )
    logs = np.log(magnitude[after - 1 : after + 1])
    share = (np.log(level) - logs[0]) / (logs[1] - logs[0])
    return float(np.exp(np.interp(share, (0, 1), np.log(f_hertz[after - 1 : after + 1]))))


def loaded(c_load_farad: float) -> Measurement:
    """The open-loop response with one load."""
    return Measurement(
        "op-amp with a load",
        lambda design: {"gain": _open_loop(design, c_load_farad)},
        lambda design, runs: (_response(runs["gain"]), {}),
    )


OPAMP = Measurement("op-amp: two-stage Miller", benches, read)
