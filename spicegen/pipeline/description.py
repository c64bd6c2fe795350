"""A run in numbers: what was built, and what the engine did."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import spicegen
from spicegen import rundir
from spicegen.circuit import BuiltCircuit, slowest_column
from spicegen.circuit.settling import SlowestColumn
from spicegen.circuit.static import MODELS_LEAVE_OUT, left_out
from spicegen.design import design_text
from spicegen.engine import Choice
from spicegen.mapping import MappedNetwork
from spicegen.netlist import Deck
from spicegen.pipeline.conductances import crossbars_of
from spicegen.pipeline.prepare import Prepared
from spicegen.pipeline.stage import Simulated


def write_design(prepared: Prepared, folder: Path) -> None:
    design = prepared.design
    if design.mapping.conductances is not None:
        shutil.copyfile(design.mapping.conductances, folder / rundir.CONDUCTANCES)
        own = design.mapping.model_copy(update={"conductances": rundir.CONDUCTANCES})
        design = design.model_copy(update={"mapping": own})
    (folder / rundir.DESIGN).write_text(design_text(design), encoding="utf-8")
    np.savez(folder / rundir.CROSSBARS, **_crossbars([stage.mapped for stage in prepared.stages]))


def _crossbars(stages: list[MappedNetwork]) -> dict[str, Any]:
    """Conductances of each crossbar, as `pipeline.conductances` reads them, and resistors."""
    crossbars = crossbars_of(stages)
    arrays: dict[str, Any] = {"names": np.array(list(crossbars))}
    for index, crossbar in enumerate(crossbars.values()):
        for quantity in ("g_pos_siemens", "g_neg_siemens", "r_feedback_ohm"):
            arrays[f"{quantity}_{index}"] = getattr(crossbar, quantity)
    return arrays


def engine_part(engine: Choice, done: list[Simulated]) -> dict[str, Any]:
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


def _slowest(prepared: Prepared) -> SlowestColumn:
    """The bit line that the step time follows from, over all stages."""
    columns = [slowest_column(stage.mapped, prepared.design) for stage in prepared.stages]
    return max(columns, key=lambda column: column.noise_gain)


def description(prepared: Prepared, built: list[BuiltCircuit], decks: list[Deck]) -> dict[str, Any]:
    """What was built, as result.json tells it; sizes are sums over the stages."""
    clock = built[0].clock
    return {
        "spicegen": spicegen.__version__,
        "network": prepared.network.name,
        "seed": prepared.design.simulation.seed,
        "analysis": {
            "kind": prepared.design.simulation.analysis,
            "cells": prepared.design.cells,
            "left_out": list(left_out(prepared.design)),
            "models_leave_out": list(MODELS_LEAVE_OUT),
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
        "slowest_column": asdict(_slowest(prepared)),
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
