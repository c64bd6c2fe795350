"""One memristor in a simulator, read back as the numpy form gives it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spicegen.devices import Card, Pwl, Sine, Trace
from spicegen.engine import Job
from spicegen.engine.base import Engine
from spicegen.netlist.device_bench import SOURCE, device_deck, state_probe
from spicegen.waveforms import Waveforms

POINTS = 2000
TIMEOUT_S = 120.0


def run_device(
    engine: Engine,
    card: Card,
    stimulus: Sine | Pwl,
    x0: float,
    folder: Path,
    points: int = POINTS,
    library: str = "",
) -> Trace:
    """Voltage, state and current of one memristor at the simulator's own time points.

    Args:
        engine: ngspice, shared or neospice.
        card: model, form and values.
        stimulus: the voltage.
        x0: initial state.
        folder: for the deck, the log and the raw file.
        points: fewest time points.
        library: compiled library (verilog-a form only).
    Raises:
        SimulationError: see `Engine.simulate`.
    """
    (folder / "device.cir").write_text(
        device_deck(card, x0, stimulus, points, library), encoding="utf-8"
    )
    probe = state_probe(card)
    job = Job(
        deck=folder / "device.cir",
        raw=folder / "device.raw",
        log=folder / "device.log",
        probes=("v(p)", SOURCE, probe),
        t_stop_s=float(stimulus.bends_s[-1]),
        timeout_s=TIMEOUT_S,
    )
    engine.simulate(job)
    waves = Waveforms.from_raw(job.raw)
    columns = [np.array(waves[name].values, dtype=np.float64) for name in job.probes]
    state = columns[2] if card.form == "behavioural" else x0 + columns[2]
    return Trace(waves.t_s, columns[0][:, None], state[:, None], -columns[1][:, None])
