"""Running the example and other networks, with what each run cost.

The processor time of the engine's process (user + system) stands beside the wall-clock
time, because it is the one that other work on the same machine changes least.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spicegen as sg
from spicegen import rundir
from spicegen.accuracy import Accuracy, compare
from spicegen.demo.eeg_signal import eeg_like
from spicegen.engine import Job, select
from spicegen.errors import SpicegenError
from spicegen.network import Network
from spicegen.paths import packaged
from spicegen.waveforms import Waveforms

FloatArray = NDArray[np.float64]

DEFAULT_STEPS = 1000
SEEDS = (0, 1, 2)
TIMEOUT_S = 600.0


@dataclass(slots=True)
class Usage:
    """Seconds spent in a block: on the clock, and of processor time in ended children."""

    wall_s: float = 0.0
    children_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One scored run and what it cost.

    Attributes:
        accuracy: against the float64 reference.
        analog: outputs, network units.
        steps: network steps, all samples together.
        t_step_s: duration of one step in the circuit, s.
        points: time points of the transient analysis.
        opamps, devices, memristors: unfolded counts; devices are elements of the deck.
        cpu_s: processor time of the engine, s.
        wall_s: wall-clock time of the engine, all its processes added, s.
        total_s: wall-clock time of everything, s.
        peak_gb: memory of the largest child process that this one has had so far, GB (2**30).
    """

    accuracy: Accuracy
    analog: FloatArray
    steps: int
    t_step_s: float
    points: int
    opamps: int
    devices: int
    memristors: int
    cpu_s: float
    wall_s: float
    total_s: float
    peak_gb: float

    @property
    def mean_pct(self) -> float:
        return self.accuracy.mean_error_pct

    @property
    def max_pct(self) -> float:
        return self.accuracy.max_error_pct

    @property
    def points_per_step(self) -> float:
        return self.points / self.steps

    @property
    def cpu_ms_per_step(self) -> float:
        return 1e3 * self.cpu_s / self.steps


def example(steps: int, seed: int = 0) -> tuple[Network, FloatArray]:
    """The packaged EEG network and its synthetic signal, (step, channel)."""
    network = sg.load_network(packaged("examples") / "eeg_lstm" / "network.toml")
    return network, eeg_like(steps, seed, channels=network.input_size)


def run(
    network: Network, inputs: FloatArray, overrides: Sequence[str] = (), engine: str = "ngspice"
) -> Measured:
    """A run as a user makes it, into a folder that is removed again.

    Args:
        network, inputs: what to run.
        overrides: `section.key=value` on the default design.
        engine: name of the engine.
    """
    with tempfile.TemporaryDirectory() as folder:
        return run_into(Path(folder) / "run", network, inputs, overrides, engine)


def run_into(
    out: Path,
    network: Network,
    inputs: FloatArray,
    overrides: Sequence[str] = (),
    engine: str = "ngspice",
) -> Measured:
    """`run`, with the run directory kept."""
    design = sg.load_design(None, [f"simulation.engine={engine}", *overrides])
    with stopwatch() as usage:
        result = sg.run(network, inputs, design=design, out=out)
    summary = result.summary
    return Measured(
        accuracy=result.accuracy,
        analog=result.outputs,
        steps=summary["clock"]["samples"] * summary["clock"]["steps"],
        t_step_s=summary["clock"]["t_step_s"],
        points=summary["points"],
        opamps=summary["size"]["opamps"],
        devices=summary["size"]["devices"],
        memristors=summary["size"]["memristors"],
        cpu_s=usage.children_s,
        wall_s=summary["timing"]["simulate_s"],
        total_s=usage.wall_s,
        peak_gb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20,
    )


def rerun(directory: Path, like: Measured, rewrite: Callable[[str], str]) -> Measured:
    """A finished run once more in ngspice, with its deck rewritten.

    Args:
        directory: of the finished run, with v_common at 0 V; nothing in it is changed.
        like: what `run_into` measured there.
        rewrite: takes the deck's text, gives another one with the same outputs.
    Raises:
        SimulationError: ngspice does not complete the rewritten deck.
    """
    probes = json.loads((directory / rundir.PROBES).read_text(encoding="utf-8"))
    finished = sg.open_run(directory)
    outputs = [probes[f"output{k}"] for k in range(finished.reference.shape[-1])]
    vectors = tuple(probe["vector"] for probe in outputs)
    clock = finished.summary["clock"]
    with tempfile.TemporaryDirectory() as folder:
        deck = Path(folder) / rundir.DECK
        text = (directory / rundir.DECK).read_text(encoding="ascii")
        deck.write_text(rewrite(text), encoding="ascii")
        raw, log = deck.with_suffix(".raw"), deck.with_suffix(".log")
        t_last_s = float(finished.t_s.max() + clock["t_edge_s"])
        with stopwatch() as usage:
            record = select("ngspice").engine.simulate(
                Job(deck, raw, log, vectors, t_last_s, TIMEOUT_S)
            )
        volts = Waveforms.from_raw(raw).at(vectors, finished.t_s.reshape(-1))
    volts_per_unit = np.array([probe["volts_per_unit"] for probe in outputs])
    analog = np.asarray(volts / volts_per_unit).reshape(finished.reference.shape)
    return replace(
        like,
        accuracy=compare(analog, finished.reference),
        analog=analog,
        points=record.points,
        cpu_s=usage.children_s,
        wall_s=record.simulate_s,
        total_s=usage.wall_s,
    )


@contextmanager
def stopwatch() -> Iterator[Usage]:
    """Times a block; the result is filled in when the block ends."""
    usage, started, children = Usage(), time.perf_counter(), _children_s()
    try:
        yield usage
    finally:
        usage.wall_s = time.perf_counter() - started
        usage.children_s = _children_s() - children


def python(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run Python at the top of the checkout, its output captured.

    Compiled modules are kept as an installed package has them, whatever the caller's
    environment says: compiling all of them again would be no part of what is measured.
    """
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(  # noqa: S603 (words of this package)
        [sys.executable, *arguments],
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python_json(module: str, *arguments: int | str) -> Any:
    """What `python -m MODULE ARGUMENTS` prints, which is JSON.

    Raises:
        SpicegenError: it fails; its last words are quoted.
    """
    child = python(["-m", module, *map(str, arguments)])
    if child.returncode:
        raise SpicegenError(f"{module} failed: {last_line(child.stderr)}")
    return json.loads(child.stdout)


def last_line(text: str) -> str:
    """The last line that says something."""
    return (text.strip().splitlines() or ["no message"])[-1]


def told(what: str) -> None:
    """One line of progress, beside the results."""
    print(f".. {what}", file=sys.stderr, flush=True)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
