"""A run in numbers: what was built, and what the engine did."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import spicegen
from spicegen import rundir
from spicegen.calibration import Calibration
from spicegen.circuit import BuiltCircuit, slowest_column
from spicegen.circuit.settling import SlowestColumn
from spicegen.circuit.static import left_out, models_leave_out
from spicegen.design import Design, design_text
from spicegen.engine import Choice
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.wires import effective
from spicegen.netlist import Deck
from spicegen.network.listing import listed
from spicegen.pipeline.conductances import crossbars_of
from spicegen.pipeline.partition import Joined
from spicegen.pipeline.prepare import Prepared
from spicegen.pipeline.stage import Simulated

MOST_WIRED_CELLS = 256 * 256
"""Larger arrays are not folded onto their ports for the record: the time grows with the fourth
power of their side."""


def write_design(prepared: Prepared, folder: Path) -> None:
    """Write design.toml, crossbars.npz and given conductances into a run directory."""
    design = prepared.design
    if design.mapping.conductances is not None:
        shutil.copyfile(design.mapping.conductances, folder / rundir.CONDUCTANCES)
        own = design.mapping.model_copy(update={"conductances": rundir.CONDUCTANCES})
        design = design.model_copy(update={"mapping": own})
    if design.transistors:
        own_calibration = design.calibration.model_copy(
            update={"file": rundir.CALIBRATION, "inputs": None}
        )
        design = design.model_copy(update={"calibration": own_calibration})
    (folder / rundir.DESIGN).write_text(design_text(design), encoding="utf-8")
    np.savez(folder / rundir.CROSSBARS, **_crossbars(_parts(prepared), design))


def _crossbars(crossbars: Mapping[str, MappedCrossbar], design: Design) -> dict[str, Any]:
    """Conductances of each crossbar, as `pipeline.conductances` reads them, and resistors; which
    devices are stuck; and what is left of the pairs behind wires."""
    arrays: dict[str, Any] = {"names": np.array(list(crossbars))}
    for index, crossbar in enumerate(crossbars.values()):
        for quantity in ("g_pos_siemens", "g_neg_siemens", "r_feedback_ohm"):
            arrays[f"{quantity}_{index}"] = getattr(crossbar, quantity)
        target, actual = crossbar.g_target_siemens, (crossbar.g_pos_siemens, crossbar.g_neg_siemens)
        if target is not None and not np.array_equal(target, actual):
            arrays[f"g_target_siemens_{index}"] = target
        if crossbar.stuck is not None:
            arrays[f"stuck_{index}"] = crossbar.stuck
        wired = design.crossbar.wires.model != "ideal" and not design.crossbar.has_reference
        if wired and crossbar.present.size <= MOST_WIRED_CELLS:
            arrays[f"g_effective_siemens_{index}"] = effective(*actual, design)
    return arrays


def _devices(crossbar: MappedCrossbar) -> int:
    """Memristors that conduct."""
    return int(np.count_nonzero(crossbar.g_pos_siemens) + np.count_nonzero(crossbar.g_neg_siemens))


def _parts(prepared: Prepared) -> dict[str, MappedCrossbar]:
    """Every crossbar with the name of its layer, or of the direction of it."""
    return crossbars_of([stage.mapped for stage in prepared.stages])


def engine_part(engine: Choice, done: list[Simulated]) -> dict[str, Any]:
    """What result.json tells of the engine: version, options, attempts, points, warnings."""
    info = engine.info
    return {
        "engine": {
            "name": info.name,
            "version": info.version,
            "options": dict(done[0].record.options),
            "attempts": [
                {"stage": stage} | attempt.as_dict()
                for stage, part in enumerate(done, 1)
                for attempt in part.attempts
            ],
        },
        "points": sum(part.record.points for part in done),
        "warnings": [line for part in done for line in part.record.warnings],
    }


def calibration_part(calibration: Calibration, design: Design) -> dict[str, Any]:
    """How trims were found, and how near the model of the circuit came with them, percent."""
    asked, fit = design.calibration, calibration.fit
    return {
        "method": "file" if asked.file else asked.method,
        "own_inputs": not (asked.file or asked.inputs),
        "trims": sum(each.size for each in calibration.trims.values.values()),
        "model_before_pct": {"mean": fit.mean_pct[0], "max": fit.max_pct[0]},
        "model_after_pct": {"mean": fit.mean_pct[1], "max": fit.max_pct[1]},
    }


def partition_part(stages: list[Joined]) -> dict[str, Any]:
    """What cutting the circuit cost in accuracy; nothing where it is whole."""
    cut = [stage for stage in stages if stage.cut_error_pct is not None]
    if not cut:
        return {}
    return {
        "partition": {
            "circuits": sum(len(stage.circuits) for stage in cut),
            "cut_error_pct": max(stage.cut_error_pct or 0.0 for stage in cut),
            "back_action": max(stage.back_action for stage in cut),
        }
    }


def _slowest(prepared: Prepared) -> SlowestColumn:
    """The bit line that the step time follows from, over all stages."""
    columns = [slowest_column(stage.mapped, prepared.design) for stage in prepared.stages]
    return max(columns, key=lambda column: column.noise_gain)


def _compensation(prepared: Prepared) -> list[dict[str, Any]]:
    """What wires cost each array, and what a compensation leaves of it; empty without one.

    Percent of the weights' root mean square in the worst bit line.
    """
    kind = prepared.design.crossbar.wires.compensation
    return [
        {
            "layer": part.name,
            "kind": kind,
            "error_before_pct": 100 * done.error_before,
            "error_after_pct": 100 * done.error_after,
        }
        for stage in prepared.stages
        for layer in stage.mapped.layers
        for part in layer.parts
        if (done := part.crossbar.compensated)
    ]


def description(prepared: Prepared, built: list[BuiltCircuit], decks: list[Deck]) -> dict[str, Any]:
    """What was built, as result.json tells it; sizes are sums over the stages."""
    clock = built[0].clock
    return {
        "spicegen": spicegen.__version__,
        "network": prepared.network.name,
        "layers": [asdict(entry) for entry in listed(prepared.network.layers)],
        "seed": prepared.design.simulation.seed,
        "analysis": {
            "kind": prepared.design.simulation.analysis,
            "cells": prepared.design.cells,
            "left_out": list(left_out(prepared.design)),
            "models_leave_out": list(models_leave_out(prepared.design)),
        },
        "netlist_sha256": decks[0].sha256,
        "stages": [{"deck": deck.path.name, "netlist_sha256": deck.sha256} for deck in decks],
        "size": {key: sum(deck.size[key] for deck in decks) for key in decks[0].size},
        "clock": {
            "t_step_s": clock.t_step_s,
            "t_transfer_s": clock.t_transfer_s,
            "t_edge_s": clock.t_edge_s,
            "samples": clock.samples,
            "steps": clock.steps,
            "depth": clock.depth,
            "turns": clock.turns,
        },
        "crossbars": [
            {
                "name": name,
                "open_devices": 2 * int(crossbar.present.sum()) - _devices(crossbar),
                "weight_error_pct": crossbar.weight_error_pct(),
            }
            for name, crossbar in _parts(prepared).items()
        ],
        "slowest_column": asdict(_slowest(prepared)),
        "compensation": _compensation(prepared),
        **({"conductances": prepared.deviation} if prepared.deviation else {}),
        "clipping": [
            {
                "signal": signal.name,
                "largest": signal.largest,
                "volts_per_unit": signal.volts_per_unit,
                "largest_volts": signal.largest_volts,
                "limit": signal.limit,
                "limit_volts": signal.limit_volts,
                "clips": signal.clips,
                "clip_error": signal.clip_error,
            }
            for stage in prepared.stages
            for signal in stage.mapped.signals
        ],
    }
