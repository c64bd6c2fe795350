"""What a circuit costs: power and energy by part, latency, area.

Two kinds of figures, kept apart everywhere. *Simulated*: currents that ngspice computed, in
crossbars, feedback resistors, output stages, cells and switches. *Table*: quiescent power and
area of cells, which behavioural models do not have, from `cost.table`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spicegen.circuit import BuiltCircuit, Circuit
from spicegen.cost.elements import PARTS, Part
from spicegen.cost.energy import Energies, energies_of
from spicegen.cost.flatten import Unfolded, unfold
from spicegen.cost.model import SUPPLIES, EnergyModel
from spicegen.cost.table import Cell, CellTable
from spicegen.design import Block, Design
from spicegen.errors import DesignError
from spicegen.waveforms import Waveforms

BLOCKS: tuple[Block, ...] = ("opamp", "activation", "multiplier", "sample_hold")
CELLS: Mapping[str, Part] = {
    "memristor": "crossbars",
    "opamp": "opamps",
    "activation": "activations",
    "multiplier": "multipliers",
    "hold_cell": "switches",
    "switch": "switches",
}
"""Part that each cell of the table counts for."""
COUNTS = {
    "memristor": "memristors",
    "opamp": "opamps",
    "activation": "activations",
    "multiplier": "multipliers",
    "hold_cell": "hold_cells",
    "switch": "switches",
}
"""Where result.json counts each cell."""


@dataclass(frozen=True, slots=True)
class StageCost:
    """One circuit of a network after its run.

    Attributes:
        energies: over its run.
        unknown: templates of crossbars whose heat is what the balance leaves.
        t_step_s: one network step, s.
        inference_s: from one inference to the next, s.
        latency_s: from an inference's first input to its output, s.
    """

    energies: Energies
    unknown: tuple[str, ...]
    t_step_s: float
    inference_s: float
    latency_s: float


def refuse_cost(design: Design) -> None:
    """Refuse to tell the cost of blocks that have none.

    Raises:
        DesignError: a block is ideal, or memristors are not drawn as resistors.
    """
    for block in BLOCKS:
        if design.fidelity_of(block) != "behavioural":
            raise DesignError(
                f"cost, {block}",
                "power needs blocks with supplies and currents",
                f"fidelity {design.fidelity_of(block)}",
                f"use {block}.fidelity = behavioural, or leave the cost out",
            )
    if design.simulation.inputs == "file":
        raise DesignError(
            "cost, simulation.inputs",
            "sources that read files do not tell their currents",
            "file",
            "use simulation.inputs = auto or inline",
        )
    if design.static and design.simulation.engine == "neospice":
        raise DesignError(
            "cost, simulation.engine",
            "this engine tells no currents in a static analysis",
            "neospice",
            "use ngspice, or a transient analysis",
        )
    if design.simulation.jobs > 1:
        raise DesignError(
            "cost, simulation.jobs",
            "power is told of whole circuits: a cut one has sources in the place of op-amps",
            design.simulation.jobs,
            "use simulation.jobs = 1",
        )
    if design.cells != "resistor":
        raise DesignError(
            "cost, mapping.cells",
            "transconductance cells draw no current from word lines",
            design.cells,
            "use mapping.cells = resistor or auto",
        )


def metered(circuit: Circuit) -> Circuit:
    """The circuit with everything saved that its cost follows from."""
    return replace(circuit, metered=unfold(circuit).vectors)


def stage_cost(built: BuiltCircuit, waveforms: Waveforms, design: Design) -> StageCost:
    """Energies and times of one circuit.

    Args:
        built: a metered circuit.
        waveforms: of its run.
        design: the complete design.
    """
    unfolded, clock, signal = unfold(built.circuit), built.clock, design.signal
    common = _common_volts(unfolded, design)
    model = EnergyModel(unfolded, common, signal.v_rail_volts)
    t_point_s = clock.t_step_s if design.static else None
    energies = energies_of(model, waveforms, common, t_point_s)
    every_step = built.t_read_s.shape[1] == clock.steps
    read = float(built.t_read_s[0, 0].min())
    return StageCost(
        energies,
        unfolded.unknown,
        clock.t_step_s,
        clock.t_step_s * (1 if every_step else clock.steps_per_sample),
        (read + 1.0) * clock.t_step_s if design.static else read,
    )


def total_cost(
    stages: Sequence[StageCost],
    size: Mapping[str, int],
    design: Design,
    table: CellTable,
    every_step: bool,
) -> dict[str, Any]:
    """Cost of a network, as result.json tells it.

    Args:
        stages: its circuits, which run one after the other.
        size: numbers of cells over all stages.
        design: the complete design.
        table: quiescent power and area of cells.
        every_step: each step is an inference; otherwise each sample is one.
    """
    shares = [stage.energies for stage in stages]
    heat = sum((each.heat_joule / each.seconds for each in shares), np.zeros(len(PARTS)))
    supply = sum((each.supply_joule / each.seconds for each in shares), np.zeros(len(SUPPLIES)))
    stored = sum(each.stored_joule / each.seconds for each in shares)
    left = sum(each.unaccounted_joule / each.seconds for each in shares)
    unknown = tuple(dict.fromkeys(name for stage in stages for name in stage.unknown))
    if unknown:
        heat[PARTS.index("crossbars")] += left
        left = 0.0
    quiescent, area, missing = _from_table(table, size, design)
    inference_s = max(stage.inference_s for stage in stages)
    simulated, tabled = float(supply.sum()), sum(quiescent.values())
    return {
        "inference": "step" if every_step else "sample",
        "energy_per_inference_joule": (simulated + tabled) * inference_s,
        "energy_simulated_joule": simulated * inference_s,
        "power_watt": simulated + tabled,
        "power_simulated_watt": simulated,
        "power_table_watt": tabled,
        "latency_s": sum(stage.latency_s for stage in stages),
        "inferences_per_s": 1.0 / inference_s,
        "area_square_metre": sum(area.values()),
        "crossbar_watt": float(heat[PARTS.index("crossbars")]),
        "parts": {
            part: {
                "simulated_watt": float(heat[k]),
                "table_watt": quiescent[part],
                "area_square_metre": area[part],
            }
            for k, part in enumerate(PARTS)
        },
        "supply_watt": dict(zip(SUPPLIES, supply.tolist(), strict=True)),
        "stored_watt": stored,
        "balance_error_pct": 100.0 * left / simulated if simulated else 0.0,
        "crossbars_by_balance": list(unknown),
        "table": {"name": design.cost.table, "title": table.title, "not_counted": missing},
    }


def _common_volts(unfolded: Unfolded, design: Design) -> float:
    return 0.0 if unfolded.common == "0" else design.signal.v_common_volts


def _from_table(
    table: CellTable, size: Mapping[str, int], design: Design
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Quiescent power and area by part, and what the table does not hold."""
    power: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    area: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    missing: list[str] = []
    for name, part in CELLS.items():
        count = size.get(COUNTS[name], 0)
        if not count:
            continue
        cell: Cell | None = getattr(table, name)
        watt = _quiescent(cell, design) if cell else None
        square_metre = _area(cell, design) if cell else None
        if watt is not None:
            power[part] += count * watt
        elif name not in ("memristor", "hold_cell", "switch"):
            missing.append(f"power of {count} {COUNTS[name]}")
        if square_metre is not None:
            area[part] += count * square_metre
        else:
            missing.append(f"area of {count} {COUNTS[name]}")
    return power, area, missing


def _quiescent(cell: Cell, design: Design) -> float | None:
    if cell.power_watt is None or cell.gbw_hertz is None:
        return cell.power_watt
    return cell.power_watt * design.opamp.gbw_hertz / cell.gbw_hertz


def _area(cell: Cell, design: Design) -> float | None:
    per_farad = cell.area_square_metre_per_farad
    if cell.area_square_metre is None and per_farad is None:
        return None
    return (cell.area_square_metre or 0.0) + (per_farad or 0.0) * design.sample_hold.c_hold_farad
