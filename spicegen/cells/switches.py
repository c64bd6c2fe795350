"""Switches and their drivers: resistance, leakage; delay, edges, energy of a clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.cells.bench import (
    LOAD,
    Measurement,
    Reading,
    Runs,
    bench,
)
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Axis, Dc, Instance, Pulse, Source, Sweep, Transient
from spicegen.circuit.transistor import SUPPLY_CURRENT
from spicegen.design import Design
from spicegen.waveforms import Waveforms

FloatArray = NDArray[np.float64]

DROP_VOLTS, POINTS = 10e-3, 67
LOAD_FARAD, PERIOD_S = 50e-15, 1e-6
SHOWN_S = 20e-9
"""Of the curve before the edge; twice as long after its start."""


def _switch_benches(design: Design) -> dict[str, Circuit]:
    """Current at a small voltage over the whole range, closed; and at the supply's, open."""
    supply = design.v_supply_volts
    instances = (
        Instance("clock", "clock_driver", ("clock", "phi", "phi_n")),
        Instance("cell", "switch", ("a", "b", "phi", "phi_n")),
    )
    cells = ("clock_driver", "switch")
    saved = ("a", "b", "i(vdrop)")

    def sources(clock: float, a: float, drop: float) -> tuple[Source, ...]:
        return (
            Source("clock", "clock", "0", Dc(clock)),
            Source("a", "a", "0", Dc(a)),
            Source("drop", "a", "b", Dc(drop)),
        )

    sweep = Sweep((Axis("a", DROP_VOLTS, supply, POINTS),))
    closed, opened = sources(supply, 0.0, DROP_VOLTS), sources(0.0, supply, supply)
    return {
        "closed": bench(design, cells, instances, closed, saved, sweep),
        "open": bench(design, cells, instances, opened, saved, Sweep()),
    }


def _switch_reading(design: Design, runs: Runs) -> Reading:
    plot = runs["closed"].plot
    v = np.array(plot["a"])
    r_ohm = DROP_VOLTS / np.abs(plot["i(vdrop)"])
    values = {
        "r_on_ohm": float(np.interp(design.signal.v_common_volts, v, r_ohm)),
        "r_on_max_ohm": float(r_ohm.max()),
        "i_leak_ampere": abs(float(runs["open"].plot["i(vdrop)"][0])),
    }
    return values, {"r_on": {"v_volts": v, "r_ohm": np.array(r_ohm)}}


def _driver_benches(design: Design) -> dict[str, Circuit]:
    """Two periods of a clock with the design's edges, into two small loads."""
    edge_s = design.timing.t_edge_s
    wave = Pulse(
        design.v_supply_volts, PERIOD_S / 4, edge_s, edge_s, PERIOD_S / 2 - edge_s, PERIOD_S
    )
    loads = [
        Instance(node, LOAD, (node, "draw", "cm"), {"c": LOAD_FARAD}) for node in ("phi", "phi_n")
    ]
    instances = (Instance("cell", "clock_driver", ("in", "phi", "phi_n")), *loads)
    sources = (Source("in", "in", "0", wave), Source("draw", "draw", "0", Dc(0.0)))
    saved = ("in", "phi", "phi_n", SUPPLY_CURRENT)
    timed = Transient(2 * PERIOD_S, PERIOD_S / 1000, from_rest=True)
    return {"clock": bench(design, ("clock_driver", LOAD), instances, sources, saved, timed)}


def _driver_reading(design: Design, runs: Runs) -> Reading:
    """Instants at which the second period's edges pass through half of the supply, and shares."""
    run, supply = runs["clock"], design.v_supply_volts
    start_s = PERIOD_S
    rises = {node: _passes(run, node, supply, start_s) for node in ("in", "phi", "phi_n")}
    current = -run[SUPPLY_CURRENT].values
    second = run.t_s >= start_s
    energy = supply * float(np.trapezoid(current[second], run.t_s[second]))
    quiet = supply * float(current[np.searchsorted(run.t_s, start_s + PERIOD_S / 8)]) * PERIOD_S
    values = {
        "t_delay_s": rises["phi"][0][1] - rises["in"][0][1],
        "t_skew_s": rises["phi"][0][1] - rises["phi_n"][0][1],
        "t_rise_s": rises["phi"][0][2] - rises["phi"][0][0],
        "t_fall_s": rises["phi"][1][2] - rises["phi"][1][0],
        "energy_per_period_joule": energy - quiet,
    }
    edge_s = start_s + PERIOD_S / 4
    shown = (run.t_s >= edge_s - SHOWN_S) & (run.t_s <= edge_s + 2 * SHOWN_S)
    curve = {"t_s": np.array(run.t_s[shown] - edge_s)}
    curve |= {f"{node}_volts": np.array(run[node].values[shown]) for node in rises}
    return values, {"clock": curve}


def _passes(
    run: Waveforms, node: str, supply: float, start_s: float
) -> list[tuple[float, float, float]]:
    """Instants of 10, 50 and 90 % of the way, of both edges of a period."""
    edges = []
    for edge in range(2):
        inside = (run.t_s >= start_s + edge * PERIOD_S / 2) & (
            run.t_s < start_s + (edge + 1) * PERIOD_S / 2
        )
        t, v = run.t_s[inside], run[node].values[inside] / supply
        way = v if v[-1] > v[0] else 1 - v
        edges.append((_first(t, way, 0.1), _first(t, way, 0.5), _first(t, way, 0.9)))
    return edges


def _first(t: FloatArray, way: FloatArray, share: float) -> float:
    after = int(np.argmax(way >= share))
    return float(np.interp(share, way[after - 1 : after + 1], t[after - 1 : after + 1]))


LINE_SWITCH = Measurement(
    "switch of serial hardware: transmission gate", _switch_benches, _switch_reading
)
CLOCK_DRIVER = Measurement("clock driver: two inverters", _driver_benches, _driver_reading)
