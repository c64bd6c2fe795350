"""One circuit of a run: its deck, its simulation, its outputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from spicegen import rundir
from spicegen.circuit import BuiltCircuit, Circuit
from spicegen.circuit.graph import Steps, Transient
from spicegen.cost import StageCost, stage_cost
from spicegen.design import Design
from spicegen.engine import Choice, Job, RunRecord, write_feed
from spicegen.mapping import MappedNetwork
from spicegen.netlist import Deck, write_deck
from spicegen.pipeline.attempts import Announce, Attempt, ladder, simulate
from spicegen.pipeline.draw import draw
from spicegen.pipeline.feed import feed_of
from spicegen.pipeline.memristor import place_model
from spicegen.pipeline.read_disturb import Moved, take_states
from spicegen.pipeline.result import FloatArray
from spicegen.waveforms import Waveforms

Namer = Callable[[str], str]
"""The name of a circuit's own file of a kind, such as `circuit2.cir` of `circuit.cir`."""

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""


def silent(what: str, share: float) -> None:
    """Progress that nobody asked for."""


@dataclass(frozen=True)
class Simulated:
    """One circuit after its run: its deck, record, outputs in network units, and how memristors
    moved."""

    built: BuiltCircuit
    deck: Deck
    record: RunRecord
    attempts: tuple[Attempt, ...]
    outputs: FloatArray
    moved: tuple[Moved, ...]
    emit_s: float
    read_s: float
    cost: StageCost | None = None


@dataclass(frozen=True)
class Bench:
    """Where and how circuits of a run are simulated.

    Attributes:
        design: complete.
        engine: runs the decks.
        folder: of the run.
        report, announce: for people who wait.
    """

    design: Design
    engine: Choice
    folder: Path
    report: Progress = silent
    announce: Announce | None = None

    def simulate(self, mapped: MappedNetwork, inputs: FloatArray, name: Namer) -> Simulated:
        """Emit one circuit, run it, and read its outputs at their instants.

        Args:
            mapped: what it draws.
            inputs: (sample, step, feature), network units.
            name: its file of each kind.
        """
        started = time.perf_counter()
        built = draw(mapped, inputs, self.design)
        deck = write_circuit(built, self.design, self.folder, name)
        emitted = time.perf_counter()
        self.report("simulate", 0.0)

        def write(circuit: Circuit) -> Deck:
            """Nothing for the deck that stands there already."""
            nonlocal deck
            if circuit is not built.circuit:
                deck = write_deck(circuit, deck.path)
            return deck

        analysis = built.circuit.analysis
        assert isinstance(analysis, Transient | Steps)
        raw, feed = self.folder / name(rundir.RAW), self.folder / name(rundir.FEED)
        deck, record, attempts = simulate(
            self.engine.engine,
            Job(
                deck=deck.path,
                raw=raw,
                log=self.folder / name(rundir.LOG),
                probes=built.circuit.saved,
                t_stop_s=analysis.last,
                timeout_s=self.design.simulation.timeout_s,
                memory_bytes=self.design.simulation.memory_bytes,
                progress=partial(self.report, "simulate"),
                steps=analysis.points if isinstance(analysis, Steps) else None,
                feed=feed if feed.is_file() else None,
            ),
            ladder(built.circuit, self.design, self.engine.info.name),
            write,
            self.announce,
        )
        simulated = time.perf_counter()
        self.report("read", 0.0)
        outputs = _read_outputs(mapped, built, raw, self.design)
        moved = take_states(built, raw, self.design)
        cost = None
        if self.design.cost.enabled:
            cost = stage_cost(built, Waveforms.from_raw(raw), self.design)
        read_s = time.perf_counter() - simulated
        emit_s = emitted - started
        return Simulated(built, deck, record, attempts, outputs, moved, emit_s, read_s, cost)


def _read_outputs(
    mapped: MappedNetwork, built: BuiltCircuit, raw: Path, design: Design
) -> FloatArray:
    """(samples, steps, outputs) analog outputs, network units."""
    waveforms, t_read = Waveforms.from_raw(raw), built.t_read_s
    vectors = [probe.vector for probe in built.circuit.outputs]
    volts = np.empty(t_read.shape)
    instants = t_read.reshape(-1, len(vectors))
    for together in _alike(instants):
        values = waveforms.at([vectors[k] for k in together], instants[:, together[0]])
        volts[:, :, together] = values.reshape(*t_read.shape[:2], len(together))
    return np.asarray((volts - design.signal.v_common_volts) / mapped.output_volts)


def _alike(instants: FloatArray) -> list[list[int]]:
    """Outputs grouped by equal instants, (instants, outputs)."""
    groups: dict[bytes, list[int]] = {}
    for output in range(instants.shape[1]):
        groups.setdefault(instants[:, output].tobytes(), []).append(output)
    return list(groups.values())


def write_circuit(built: BuiltCircuit, design: Design, folder: Path, name: Namer) -> Deck:
    """The deck of a circuit, its device model, its feed and the names of its signals."""
    circuit = built.circuit
    place_model(circuit.memristor, folder)
    deck = write_deck(circuit, folder / name(rundir.DECK))
    if any(source.stepped for source in circuit.sources):
        write_feed(feed_of(circuit, design.signal.v_common_volts), folder / name(rundir.FEED))
    rundir.write_json(
        folder / name(rundir.PROBES),
        {
            probe.name: {"vector": probe.vector, "volts_per_unit": probe.volts_per_unit}
            for probe in circuit.probes
        },
    )
    return deck
