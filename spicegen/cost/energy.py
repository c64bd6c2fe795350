"""Energies over a run: from waveforms, block by block, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spicegen.circuit.graph import FloatArray
from spicegen.cost.elements import PARTS
from spicegen.cost.intervals import Intervals
from spicegen.cost.model import SUPPLIES, EnergyModel
from spicegen.waveforms import Waveforms

BLOCK_VALUES = 1 << 17
"""Values that are looked at in one go: 1 MB, which stays in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Energies:
    """What a run took.

    Attributes:
        seconds: what it stands for, s.
        heat_joule: (len(PARTS),) that became heat in each part.
        supply_joule: (len(SUPPLIES),) that was drawn.
        stored_joule: that capacitors hold more at the end than at the start.
    """

    seconds: float
    heat_joule: FloatArray
    supply_joule: FloatArray
    stored_joule: float

    @property
    def unaccounted_joule(self) -> float:
        """Drawn, and neither heat nor stored."""
        drawn, heat = float(self.supply_joule.sum()), float(self.heat_joule.sum())
        return drawn - heat - self.stored_joule


def energies_of(
    model: EnergyModel,
    waveforms: Waveforms,
    v_common_volts: float,
    t_point_s: float | None = None,
) -> Energies:
    """Energies of a run, from its first point to its last.

    Args:
        model: of the circuit.
        waveforms: with every node and current of the model.
        v_common_volts: of the common node.
        t_point_s: time that each point of a static run stands for, s; None in a transient.
    """
    heat, supply = np.zeros(len(PARTS)), np.zeros(len(SUPPLIES))
    held = np.zeros(len(PARTS))  # stored at the end less stored at the start
    for volts, amperes, t_s in _blocks(model, waveforms, v_common_volts, t_point_s is None):
        time = Intervals(np.diff(t_s) if t_point_s is None else np.zeros(0), t_point_s or 0.0)
        more_heat, more_supply = model.account(volts, amperes, time)
        heat += more_heat
        supply += more_supply
        if t_point_s is None:
            held += np.diff(model.stored(volts[:, [0, -1]]), axis=1)[:, 0]
    # what went into the capacitors of cells that deliver a current is no heat; switches only
    # pass it on
    loads = held.copy()
    loads[PARTS.index("switches")] = 0.0
    span = float(waveforms.t_s[-1] - waveforms.t_s[0])
    seconds = span if t_point_s is None else t_point_s * waveforms.plot.points
    return Energies(seconds, heat - loads, supply, float(held.sum()))


def _blocks(
    model: EnergyModel, waveforms: Waveforms, v_common_volts: float, joined: bool
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """(nodes, points) voltages against common, (drivers, points) currents, and times.

    Args:
        model: names nodes and currents.
        waveforms: hold them.
        v_common_volts: of the common node.
        joined: each block begins with the last point of the one before.
    """
    plot = waveforms.plot
    columns = [plot.column(f"v({node})") for node in model.nodes]
    split = len(columns)
    columns += [plot.column(current) for current in model.currents]
    rows = max(2, BLOCK_VALUES // max(1, len(columns)))
    for start in range(0, plot.points, rows):
        part = slice(max(0, start - joined), start + rows)
        table = np.ascontiguousarray(plot.data[part][:, columns].T, dtype=np.float64)
        yield table[:split] - v_common_volts, table[split:], waveforms.t_s[part]
