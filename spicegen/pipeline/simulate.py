"""Emit a network's circuits, simulate them, read them back, compare."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spicegen
from spicegen import rundir
from spicegen.accuracy import compare
from spicegen.circuit import BuiltCircuit, Circuit, slowest_column
from spicegen.circuit.graph import Steps
from spicegen.circuit.settling import SlowestColumn
from spicegen.circuit.static import left_out, refuse_static
from spicegen.design import Design, design_text
from spicegen.engine import Choice, Job, RunRecord, select, write_feed
from spicegen.mapping import MappedCrossbar, MappedNetwork
from spicegen.netlist import Deck, write_deck
from spicegen.network import Network
from spicegen.pipeline.attempts import Attempt, ladder, simulate
from spicegen.pipeline.feed import feed_of
from spicegen.pipeline.prepare import Prepared, Stage, prepare
from spicegen.pipeline.result import FloatArray, RunResult
from spicegen.waveforms import Waveforms

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""


@dataclass(frozen=True)
class _Simulated:
    """One stage after its run: its circuit, deck, record, and outputs in network units."""

    built: BuiltCircuit
    deck: Deck
    record: RunRecord
    attempts: tuple[Attempt, ...]
    outputs: FloatArray
    emit_s: float
    read_s: float


def emit(
    network: Network, inputs: NDArray[Any], design: Design, out: Path, *, force: bool = False
) -> dict[str, Any]:
    """Write the decks and the complete design, without simulating.

    The inputs of later stages are the reference's.

    Returns:
        what was written: size, clock, signals, hash.
    Raises:
        InputError: bad input, or `out` must not be written.
    """
    rundir.check_target(out, force)
    started = time.perf_counter()
    prepared = prepare(network, inputs, design)
    with rundir.new_run(out, force) as folder:
        _write_design(prepared, folder)
        built = [prepared.build(stage) for stage in range(len(prepared.stages))]
        decks = [
            _write_deck(circuit, prepared.design, folder, stage)
            for stage, circuit in enumerate(built, 1)
        ]
        summary = _description(prepared, built, decks)
        summary["timing"] = {"emit_s": time.perf_counter() - started}
    return summary


def run(
    network: Network,
    inputs: NDArray[Any],
    *,
    design: Design | None = None,
    out: str | Path,
    force: bool = False,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> RunResult:
    """Emit, simulate, read back, compare.

    Args:
        network: the trained network.
        inputs: (sample, feature) without recurrence, else (step, feature) or
            (sample, step, feature); network units.
        design: the design; the default one if None.
        out: run directory to make.
        force: replace `out` if it is a run directory.
        progress: called with a stage and the share of it that is done.
        announce: called with a line about what was chosen, such as the engine.
    Raises:
        InputError: bad input; nothing is written.
        SimulationError: the engine failed; its files are in `<out>.failed`.
    """
    out, design, report = Path(out), design or Design(), progress or _silent
    rundir.check_target(out, force)
    started = time.perf_counter()
    refuse_static(design)
    engine = select(design.simulation.engine, steps=design.static and network.recurrent)
    if announce:
        announce(engine.announcement)
    report("emit", 0.0)
    prepared = prepare(network, inputs, design)
    prepared_s = time.perf_counter() - started
    with rundir.new_run(out, force) as folder:
        _write_design(prepared, folder)
        done: list[_Simulated] = []
        for stage in range(len(prepared.stages)):
            seen = done[-1].outputs if done else None
            done.append(_simulate(prepared, stage, seen, engine, folder, report, announce))
        reference = np.asarray(prepared.trace.outputs)
        analog = done[-1].outputs.reshape(reference.shape)
        t_s = _instants(done[-1].built.t_read_s, reference.shape)
        accuracy = compare(analog, reference, classes=_are_classes(prepared))
        arrays: dict[str, Any] = {"analog": analog, "reference": reference, "t_s": t_s}
        np.savez(folder / rundir.OUTPUTS, inputs=np.asarray(inputs), **arrays)
        built, decks = [part.built for part in done], [part.deck for part in done]
        summary = _description(prepared, built, decks) | _engine_part(engine, done)
        summary["timing"] = {
            "emit_s": prepared_s + sum(part.emit_s for part in done),
            "simulate_s": sum(part.record.simulate_s for part in done),
            "read_s": sum(part.read_s for part in done),
            "total_s": time.perf_counter() - started,
        }
        summary["accuracy"] = accuracy.as_dict()
        rundir.write_json(folder / rundir.RESULT, summary)
    return RunResult(out, accuracy, analog, reference, t_s, summary)


def _silent(stage: str, share: float) -> None:
    """Progress that nobody asked for."""


def _simulate(
    prepared: Prepared,
    index: int,
    inputs: FloatArray | None,
    engine: Choice,
    folder: Path,
    report: Progress,
    announce: Callable[[str], None] | None,
) -> _Simulated:
    """Emit one stage, run it, and read its outputs at their instants."""
    started = time.perf_counter()
    report("emit", index / len(prepared.stages))
    built = prepared.build(index, inputs)
    deck = _write_deck(built, prepared.design, folder, index + 1)
    emitted = time.perf_counter()
    report("simulate", 0.0)

    def write(circuit: Circuit) -> Deck:
        """Nothing for the deck that stands there already."""
        nonlocal deck
        if circuit is not built.circuit:
            deck = write_deck(circuit, deck.path)
        return deck

    raw = folder / rundir.staged(rundir.RAW, index + 1)
    feed = folder / rundir.staged(rundir.FEED, index + 1)
    deck, record, attempts = simulate(
        engine.engine,
        Job(
            deck=deck.path,
            raw=raw,
            log=folder / rundir.staged(rundir.LOG, index + 1),
            probes=built.circuit.saved,
            t_stop_s=built.circuit.analysis.last,
            timeout_s=prepared.design.simulation.timeout_s,
            progress=partial(report, "simulate"),
            feed=feed if feed.is_file() else None,
        ),
        ladder(built.circuit, prepared.design, engine.info.name),
        write,
        announce,
    )
    simulated = time.perf_counter()
    report("read", 0.0)
    outputs = _read_outputs(prepared.stages[index], built, raw, prepared.design)
    read_s = time.perf_counter() - simulated
    return _Simulated(built, deck, record, attempts, outputs, emitted - started, read_s)


def _read_outputs(stage: Stage, built: BuiltCircuit, raw: Path, design: Design) -> FloatArray:
    """(samples, steps, outputs) analog outputs, network units."""
    waveforms, t_read = Waveforms.from_raw(raw), built.t_read_s
    vectors = [probe.vector for probe in built.circuit.outputs]
    volts = np.empty(t_read.shape)
    instants = t_read.reshape(-1, len(vectors))
    for together in _alike(instants):
        values = waveforms.at([vectors[k] for k in together], instants[:, together[0]])
        volts[:, :, together] = values.reshape(*t_read.shape[:2], len(together))
    return np.asarray((volts - design.signal.v_common_volts) / stage.mapped.output_volts)


def _alike(instants: FloatArray) -> list[list[int]]:
    """Outputs grouped by equal instants, (instants, outputs)."""
    groups: dict[bytes, list[int]] = {}
    for output in range(instants.shape[1]):
        groups.setdefault(instants[:, output].tobytes(), []).append(output)
    return list(groups.values())


def _instants(t_read_s: FloatArray, outputs_shape: tuple[int, ...]) -> FloatArray:
    """Read-out instants, with one axis less where all outputs share them."""
    if (t_read_s == t_read_s[:, :, :1]).all():
        return t_read_s[:, :, 0].reshape(outputs_shape[:-1])
    return t_read_s.reshape(outputs_shape)


def _are_classes(prepared: Prepared) -> bool:
    """Outputs are classes where each sample has one answer of several values."""
    network = prepared.network
    per_sample = not network.recurrent or not all(layer.keeps_steps for layer in network.layers)
    return per_sample and network.output_size > 1


def _write_design(prepared: Prepared, folder: Path) -> None:
    (folder / rundir.DESIGN).write_text(design_text(prepared.design), encoding="utf-8")
    np.savez(folder / rundir.CROSSBARS, **_crossbars([stage.mapped for stage in prepared.stages]))


def _write_deck(built: BuiltCircuit, design: Design, folder: Path, stage: int) -> Deck:
    circuit = built.circuit
    deck = write_deck(circuit, folder / rundir.staged(rundir.DECK, stage))
    if isinstance(circuit.analysis, Steps):
        write_feed(feed_of(circuit, design.signal.v_common_volts), folder / rundir.staged(rundir.FEED, stage))
    rundir.write_json(
        folder / rundir.staged(rundir.PROBES, stage),
        {
            probe.name: {"vector": probe.vector, "volts_per_unit": probe.volts_per_unit}
            for probe in circuit.probes
        },
    )
    return deck


def _crossbars(stages: list[MappedNetwork]) -> dict[str, Any]:
    """Conductances of each crossbar: arrays numbered in the order of `names`.

    A layer's name may be any text, which the members of a zip archive may not.
    """
    crossbars: list[tuple[str, MappedCrossbar]] = [
        (part.name, part.crossbar)
        for stage in stages
        for layer in stage.layers
        for part in layer.parts
    ]
    arrays: dict[str, Any] = {"names": np.array([name for name, _ in crossbars])}
    for index, (_, crossbar) in enumerate(crossbars):
        for quantity in ("g_pos_siemens", "g_neg_siemens", "r_feedback_ohm"):
            arrays[f"{quantity}_{index}"] = getattr(crossbar, quantity)
    return arrays


def _engine_part(engine: Choice, done: list[_Simulated]) -> dict[str, Any]:
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


def _description(
    prepared: Prepared, built: list[BuiltCircuit], decks: list[Deck]
) -> dict[str, Any]:
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
