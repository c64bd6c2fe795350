"""One circuit of a network: its deck, its run, its outputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from spicegen import rundir
from spicegen.circuit import BuiltCircuit, Circuit
from spicegen.circuit.graph import Steps
from spicegen.design import Design
from spicegen.engine import Choice, Job, RunRecord, write_feed
from spicegen.netlist import Deck, write_deck
from spicegen.pipeline.attempts import Announce, Attempt, ladder, simulate
from spicegen.pipeline.feed import feed_of
from spicegen.pipeline.memristor import place_model
from spicegen.pipeline.prepare import Prepared, Stage
from spicegen.pipeline.read_disturb import Moved, take_states
from spicegen.pipeline.result import FloatArray
from spicegen.waveforms import Waveforms

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""


@dataclass(frozen=True)
class Simulated:
    """One stage after its run: its circuit, deck, record, outputs in network units, and how
    memristors moved."""

    built: BuiltCircuit
    deck: Deck
    record: RunRecord
    attempts: tuple[Attempt, ...]
    outputs: FloatArray
    moved: tuple[Moved, ...]
    emit_s: float
    read_s: float


def run_stage(
    prepared: Prepared,
    index: int,
    inputs: FloatArray | None,
    engine: Choice,
    folder: Path,
    report: Progress,
    announce: Announce | None,
) -> Simulated:
    """Emit one stage, run it, and read its outputs at their instants."""
    started = time.perf_counter()
    report("emit", index / len(prepared.stages))
    built = prepared.build(index, inputs)
    deck = write_stage_deck(built, prepared.design, folder, index + 1)
    emitted = time.perf_counter()
    report("simulate", 0.0)

    def write(circuit: Circuit) -> Deck:
        """Nothing for the deck that stands there already."""
        nonlocal deck
        if circuit is not built.circuit:
            deck = write_deck(circuit, deck.path)
        return deck

    analysis = built.circuit.analysis
    raw = folder / rundir.staged(rundir.RAW, index + 1)
    feed = folder / rundir.staged(rundir.FEED, index + 1)
    deck, record, attempts = simulate(
        engine.engine,
        Job(
            deck=deck.path,
            raw=raw,
            log=folder / rundir.staged(rundir.LOG, index + 1),
            probes=built.circuit.saved,
            t_stop_s=analysis.last,
            timeout_s=prepared.design.simulation.timeout_s,
            progress=partial(report, "simulate"),
            steps=analysis.points if isinstance(analysis, Steps) else None,
            feed=feed if feed.is_file() else None,
        ),
        ladder(built.circuit, prepared.design, engine.info.name),
        write,
        announce,
    )
    simulated = time.perf_counter()
    report("read", 0.0)
    outputs = _read_outputs(prepared.stages[index], built, raw, prepared.design)
    moved = take_states(built, raw, prepared.design)
    read_s = time.perf_counter() - simulated
    return Simulated(built, deck, record, attempts, outputs, moved, emitted - started, read_s)


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


def write_stage_deck(built: BuiltCircuit, design: Design, folder: Path, stage: int) -> Deck:
    """The deck of a stage, its device model, its feed and the names of its signals."""
    circuit = built.circuit
    place_model(circuit.memristor, folder)
    deck = write_deck(circuit, folder / rundir.staged(rundir.DECK, stage))
    if any(source.stepped for source in circuit.sources):
        write_feed(
            feed_of(circuit, design.signal.v_common_volts),
            folder / rundir.staged(rundir.FEED, stage),
        )
    rundir.write_json(
        folder / rundir.staged(rundir.PROBES, stage),
        {
            probe.name: {"vector": probe.vector, "volts_per_unit": probe.volts_per_unit}
            for probe in circuit.probes
        },
    )
    return deck
