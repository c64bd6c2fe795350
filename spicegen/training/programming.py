"""Pulses in ngspice: the crossbar with all its memristors, in a transient per update."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spicegen.circuit.graph import Transient
from spicegen.circuit.programming import programming_circuit
from spicegen.engine import Choice, Job
from spicegen.netlist import write_deck
from spicegen.pipeline.memristor import place_model
from spicegen.training.devices import FloatArray, IntArray
from spicegen.training.model_devices import ModelDevices
from spicegen.waveforms import Waveforms

DECK = "programming.cir"


@dataclass(frozen=True)
class CrossbarProgrammer:
    """Gives the pulses of an update to a crossbar in ngspice.

    Attributes:
        devices: whose model and pulses.
        form: behavioural or verilog-a.
        topology: dual-row or dual-column.
        name: of the crossbar, any text.
        engine: runs the decks.
        folder: of the last deck and its waveforms.
        timeout_s: longest time of one update.
    """

    devices: ModelDevices
    form: str
    topology: str
    name: str
    engine: Choice
    folder: Path
    timeout_s: float

    def __call__(self, states: FloatArray, counts: IntArray) -> FloatArray:
        """(2, word lines, bit lines) states after the pulses.

        Raises:
            SimulationError: the engine failed.
        """
        card, use = self.devices.model.card(self.form), self.devices.preset.use
        circuit = programming_circuit(states, counts, card, use, self.topology, self.name)
        place_model(card, self.folder)
        deck = write_deck(circuit, self.folder / DECK)
        assert isinstance(circuit.analysis, Transient)
        job = Job(
            deck.path,
            deck.path.with_suffix(".raw"),
            deck.path.with_suffix(".log"),
            circuit.saved,
            circuit.analysis.last,
            self.timeout_s,
        )
        self.engine.engine.simulate(job)
        (moving,) = circuit.states
        waves = Waveforms.from_raw(job.raw)
        ends = waves.at(moving.vectors, np.array([waves.span_s[1]]))[0]
        after = np.asarray(ends + (moving.x0 if moving.relative else 0.0))
        return np.asarray(np.clip(after, 0.0, 1.0).reshape(states.shape))
