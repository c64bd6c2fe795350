"""Finished runs made by hand: every signal is a formula of time, every error is known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import Accuracy, compare
from spicegen.waveforms import Waveforms

Array = NDArray[np.float64]

T_STEP_S, T_TRANSFER_S, T_EDGE_S = 10e-6, 2e-6, 0.5e-6
POINTS_PER_STEP = 40  # the read-out instants are points of this grid
V_COMMON = 0.5
DESIGN = f"""
[signal]
v_common_volts = {V_COMMON}
[timing]
t_step_s = {T_STEP_S}
t_transfer_s = {T_TRANSFER_S}
t_edge_s = {T_EDGE_S}
"""
INSIDE = {"pre_i": 0.04, "pre_f": 0.04, "pre_g": 0.08, "pre_o": 0.04}
INSIDE |= dict.fromkeys(("i", "f", "g", "o", "tanh_c"), 0.7) | dict.fromkeys(("c_next", "c"), 0.3)
INSIDE |= {"h_next": 0.2, "h": 0.2}


@dataclass
class HandMadeRun:
    """What `pipeline.RunResult` looks like from the report room."""

    directory: Path
    accuracy: Accuracy
    outputs: Array
    reference: Array
    summary: dict[str, Any]

    @cached_property
    def waveforms(self) -> Waveforms:
        probes = json.loads((self.directory / rundir.PROBES).read_text())
        return Waveforms.from_raw(
            self.directory / rundir.RAW, {name: probe["vector"] for name, probe in probes.items()}
        )


def volts(signal: int, t_s: Array | float) -> Any:
    """The waveform of the signal with that number in probes.json."""
    return V_COMMON + 0.1 * np.sin(2 * np.pi * np.asarray(t_s) / (7 * T_STEP_S) + signal)


def write_raw(path: Path, t_s: Array, vectors: dict[str, tuple[str, Array]]) -> None:
    """A binary raw file; vectors are name -> (type, values)."""
    columns = [("time", "time", t_s), *((n, kind, v) for n, (kind, v) in vectors.items())]
    table = "".join(f"\t{i}\t{name}\t{kind}\n" for i, (name, kind, _) in enumerate(columns))
    header = (
        f"Title: by hand\nDate: today\nPlotname: Transient Analysis\nFlags: real\n"
        f"No. Variables: {len(columns)}\nNo. Points: {len(t_s)}\nVariables:\n{table}Binary:\n"
    )
    path.write_bytes(header.encode() + np.stack([v for *_, v in columns], axis=1).tobytes())


def hand_made_run(
    directory: Path,
    *,
    layers: tuple[str, ...] = ("lstm",),
    units: int = 2,
    samples: int = 1,
    steps: int = 8,
    last_only: bool = False,
    inside: bool = True,
) -> HandMadeRun:
    """A run of LSTM layers and three outputs with errors of 1, 2 and 3 thousandths."""
    directory.mkdir(parents=True, exist_ok=True)
    depth = len(layers)
    scales: dict[str, float] = {}
    if inside:
        scales = {"phi_transfer": 0.0, "phi_track": 0.0}
        scales |= {f"phi_reset{k}": 0.0 for k in range(depth)}
        for layer in layers:
            scales |= {f"{layer}.{s}{u}": v for s, v in INSIDE.items() for u in range(units)}
    scales |= {f"output{k}": 0.25 for k in range(3)}
    probes = {
        name: {"vector": f"v(n{index})", "volts_per_unit": scale}
        for index, (name, scale) in enumerate(scales.items())
    }
    rundir.write_json(directory / rundir.PROBES, probes)
    (directory / rundir.DESIGN).write_text(DESIGN)
    periods = samples * (steps + depth)
    t_s = np.arange(periods * POINTS_PER_STEP + 1) * (T_STEP_S / POINTS_PER_STEP)
    signals = {f"v(n{k})": ("voltage", volts(k, t_s)) for k in range(len(scales))}
    write_raw(directory / rundir.RAW, t_s, signals)

    shape = (samples, 3) if last_only else (samples, steps, 3)
    reference = np.random.default_rng(1).uniform(-1.0, 1.0, shape)
    reference[..., 0, :] = -1.0
    reference[..., -1, :] = 1.0  # full scale 2 of each output
    analog = reference + np.array([2e-3, 6e-3, 4e-3])
    if samples == 1:
        reference, analog = reference[0], analog[0]
    inputs = np.zeros((samples, steps, 4)) + np.arange(4)
    np.savez(directory / rundir.OUTPUTS, analog=analog, reference=reference, inputs=inputs)
    summary = {"clock": {"samples": samples, "steps": steps}, "something_new": {}}
    return HandMadeRun(directory, compare(analog, reference), analog, reference, summary)


def write_crossbars(directory: Path, *pairs: tuple[str, Array, Array]) -> None:
    """crossbars.npz from (name, g_pos, g_neg)."""
    arrays: dict[str, Any] = {"names": np.array([name for name, *_ in pairs])}
    for index, (_, positive, negative) in enumerate(pairs):
        arrays[f"g_pos_siemens_{index}"] = positive
        arrays[f"g_neg_siemens_{index}"] = negative
        arrays[f"r_feedback_ohm_{index}"] = np.full(positive.shape[1], 1e5)
    np.savez(directory / rundir.CROSSBARS, **arrays)
