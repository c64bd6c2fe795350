"""Waveforms of a run as the page embeds them: every saved signal, every time point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.circuit.clock import Clock
from spicegen.circuit.graph import Pulse
from spicegen.report.page.pack import instants, quantised
from spicegen.report.source import FloatArray, Source

MOST_VALUES = 16_000_000
"""Values of all signals together; beyond, each stretch of time keeps its lowest and highest."""


def waves_of(source: Source, stage: int, *, static: bool) -> dict[str, Any] | None:
    """Signals of one circuit of the run, its clock and its time axis.

    Args:
        source: the circuit.
        stage: its number.
        static: the axis counts steps, and no clock runs.
    Returns:
        None where the run did not keep its raw file.
    """
    if not (source.run.directory / rundir.staged(rundir.RAW, stage)).is_file():
        return None
    waveforms, scales = source.waveforms, source.volts_per_unit
    t_s = waveforms.t_s
    vectors = {waveforms.plot.column(waveforms.aliases[name]): name for name in scales}
    most = MOST_VALUES // max(1, len(vectors))
    kept = len(t_s) <= most
    packed: list[dict[str, Any]] = []
    place: dict[int, int] = {}
    for column, name in vectors.items():
        values = np.asarray(waveforms[name].values, dtype=np.float64)
        place[column] = len(packed)
        packed.append(quantised(values if kept else thinned(t_s, values, most // 2)))
    times = t_s if kept else grid(t_s, most // 2)
    signals = [
        {
            "name": name,
            "unit": waveforms[name].unit,
            "perUnit": scale,
            "vector": place[waveforms.plot.column(waveforms.aliases[name])],
        }
        for name, scale in scales.items()
    ]
    return {
        "stage": stage,
        "points": len(t_s),
        "kept": len(times),
        "static": static,
        "t": instants(times),
        "vectors": packed,
        "signals": signals,
        "common": source.v_common_volts,
        "clock": None if static else clock_of(source.clock),
    }


def clock_of(clock: Clock) -> dict[str, Any]:
    """When switches of each phase conduct and when outputs are read, as rules."""
    phases: list[dict[str, Any]] = []
    if clock.depth:
        phases.append({"name": "transfer", **_conducting(clock.transfer())})
        for turn in range(clock.turns):
            name = "track" if clock.turns == 1 else f"track {turn}"
            phases.append({"name": name, **_conducting(clock.track(turn))})
        phases += [
            {"name": f"reset {depth}", **_conducting(clock.reset(depth))}
            for depth in range(clock.depth)
        ]
    return {
        "step": clock.t_step_s,
        "edge": clock.t_edge_s,
        "depth": clock.depth,
        "steps": clock.steps,
        "samples": clock.samples,
        "phases": phases,
    }


def _conducting(pulse: Pulse) -> dict[str, float]:
    on_s, length_s = pulse.conducting
    return {"on": on_s, "length": length_s, "period": pulse.period_s}


def grid(t_s: FloatArray, stretches: int) -> FloatArray:
    """Two instants per stretch of time: its beginning and its middle."""
    edges = np.linspace(t_s[0], t_s[-1], stretches + 1)
    return np.stack([edges[:-1], (edges[:-1] + edges[1:]) / 2], axis=1).ravel()


def thinned(t_s: FloatArray, values: NDArray[Any], stretches: int) -> FloatArray:
    """Lowest and highest value of each stretch, in the order in which they occur.

    An empty stretch has the value before it.
    """
    edges = np.linspace(t_s[0], t_s[-1], stretches + 1)[:-1]
    first = np.minimum(np.searchsorted(t_s, edges, side="left"), len(t_s) - 1)
    empty = np.diff(first, append=len(t_s)) == 0
    starts = np.unique(first)
    lowest, highest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    rising = values[np.append(starts[1:], len(values)) - 1] >= values[starts]
    pairs = np.where(rising, [lowest, highest], [highest, lowest]).T
    of_stretch = np.searchsorted(starts, first)
    found = pairs[of_stretch]
    found[empty] = values[np.maximum(first[empty] - 1, 0), None]
    return np.asarray(found.ravel(), dtype=np.float64)
