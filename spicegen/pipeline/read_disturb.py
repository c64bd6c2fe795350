"""How far the states of memristors moved during a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spicegen.circuit import BuiltCircuit
from spicegen.circuit.graph import FloatArray, MovingStates
from spicegen.circuit.memristor import loaded
from spicegen.design import Design
from spicegen.engine.keep import keep_columns
from spicegen.waveforms import Waveforms


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Memristors of one crossbar before and after a run.

    Attributes:
        states: which memristors.
        g_start_siemens, g_end_siemens: (devices,) at the preset's read voltage.
    """

    states: MovingStates
    g_start_siemens: FloatArray
    g_end_siemens: FloatArray


def take_states(built: BuiltCircuit, raw: Path, design: Design) -> tuple[Moved, ...]:
    """Conductances at the first and at the last time point; their waveforms then leave the file.

    Saved are the states of every time point, as ngspice can save nothing else in a batch run;
    kept they would make up most of the file.

    Args:
        built: the circuit.
        raw: its waveforms; with simulation.save = "all" nothing leaves them.
        design: names the model.
    """
    circuit = built.circuit
    if not circuit.states:
        return ()
    model, preset = loaded(design)
    plot = Waveforms.from_raw(raw).plot
    moved = []
    for part in circuit.states:
        columns = [plot.column(vector) for vector in part.vectors]
        ends = np.array(plot.data[[0, -1]][:, columns]) + part.relative * part.x0
        g_start, g_end = model.conductance(ends, preset.use.v_read_volts)
        moved.append(Moved(part, g_start, g_end))
    if not circuit.save_all:
        keep_columns(raw, circuit.kept)
    return tuple(moved)


def read_disturb(moved: Sequence[Moved], design: Design) -> dict[str, Any]:
    """As result.json tells it: shares of the device window, in percent, over all devices, of
    each crossbar, and the device that moved most."""
    window = design.device.g_max_siemens - design.device.g_min_siemens
    shares = [100.0 * np.abs(part.g_end_siemens - part.g_start_siemens) / window for part in moved]
    every = np.concatenate(shares)
    worst = int(np.argmax([share.max() for share in shares]))
    return {
        "devices": int(every.size),
        "mean_pct": float(every.mean()),
        "max_pct": float(every.max()),
        "worst": _place(moved[worst].states, int(np.argmax(shares[worst]))),
        "crossbars": [
            {
                "name": part.states.crossbar,
                "devices": int(share.size),
                "mean_pct": float(share.mean()),
                "max_pct": float(share.max()),
            }
            for part, share in zip(moved, shares, strict=True)
        ],
    }


def _place(states: MovingStates, device: int) -> dict[str, Any]:
    """Where a device stands, from its number among those of its crossbar."""
    pairs = int(states.present.sum())
    row, column = np.argwhere(states.present)[device % pairs].tolist()
    half = "positive" if device < pairs else "negative"
    return {"crossbar": states.crossbar, "half": half, "word_line": row, "bit_line": column}
