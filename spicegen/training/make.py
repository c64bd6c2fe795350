"""From a plan to a trained array, with everything kept in a directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spicegen import rundir
from spicegen.design import design_text
from spicegen.engine import Choice
from spicegen.engine.choose import announce
from spicegen.engine.live import LiveEngine
from spicegen.pipeline.conductances import write_conductances
from spicegen.training.array import arrays_of, network_of
from spicegen.training.directory import open_directory
from spicegen.training.forward import Equations, Forward, Simulated
from spicegen.training.loop import Trained, run_epochs
from spicegen.training.model_devices import ModelDevices
from spicegen.training.network_task import network_task
from spicegen.training.perceptron import perceptron_task
from spicegen.training.plan import PerceptronPlan, Plan, load_plan, plan_from
from spicegen.training.plan_parts import ModelDevice
from spicegen.training.programming import CrossbarProgrammer
from spicegen.training.store import (
    HISTORY,
    RESULT,
    SHIFTS,
    START_AGAIN,
    WEIGHTS,
    Store,
    save_arrays,
    save_json,
)
from spicegen.training.summary import circuit_error_pct, many_summary, one_summary
from spicegen.training.table_devices import TableDevices
from spicegen.training.task import Task
from spicegen.weights.npz import check_arrays, kept_arrays

CIRCUIT, SEEDS = "circuit", "seeds"


@dataclass(frozen=True, slots=True)
class State:
    """How far a training is.

    Attributes:
        run, runs: which training of how many, counted from 1.
        epoch, epochs: epochs that are done, of at most.
        loss: of the last one.
    """

    run: int
    runs: int
    epoch: int
    epochs: int
    loss: float


@dataclass(frozen=True, slots=True)
class TrainResult:
    """A finished training.

    Attributes:
        directory: where everything is.
        summary: the content of training.json.
    """

    directory: Path
    summary: dict[str, Any]

    def history(self) -> dict[str, Any]:
        """Arrays over epochs, of a single training; see `Trained.history`."""
        return kept_arrays(self.directory / HISTORY, START_AGAIN)


def train(
    plan: Plan | str | Path | Mapping[str, Any],
    out: str | Path,
    *,
    force: bool = False,
    progress: Callable[[State], None] | None = None,
    announced: Callable[[str], None] | None = None,
) -> TrainResult:
    """Train an array as a plan says, or go on with a training that was interrupted.

    Args:
        plan: a plan, its file, or its tables (file names then relative to this folder).
        out: directory, new or of the same plan.
        force: start again in a directory of another training.
        progress: told after every epoch.
        announced: called with a line about the engine.
    Raises:
        InputError: bad plan, or the directory belongs to something else; nothing is written.
        SimulationError: the engine failed; finished epochs are kept.
    """
    if isinstance(plan, str | Path):
        plan = load_plan(Path(plan))
    elif isinstance(plan, Mapping):
        plan = plan_from(plan, Path())
    task_of(plan, plan.seed)  # everything that can be wrong is, before anything is written
    out = Path(out)
    with engine_for(plan) as engine:
        open_directory(plan, out, force)  # behind the engine: without one, nothing is touched
        if engine is not None and announced is not None:
            announced(engine.announcement)
        if plan.runs == 1:
            summary = _one(plan, out, engine, progress)
        else:
            summary = _many(plan, out, engine, progress)
    save_json(out / RESULT, summary)
    return TrainResult(out, summary)


def task_of(plan: Plan, seed: int) -> Task:
    """The task of one seed of a plan.

    Raises:
        InputError: files or values that do not fit.
    """
    if isinstance(plan, PerceptronPlan):
        return perceptron_task(plan, seed)
    return network_task(plan, seed)


def forward_of(plan: Plan, task: Task, engine: Choice | None, folder: Path) -> Forward:
    """What computes the forward pass, with programmers of devices that need the engine."""
    if engine is None:
        return Equations(task.network)
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(plan.device, ModelDevice) and plan.device.pulses == "ngspice":
        for name, array in task.arrays.items():
            devices = array.devices
            assert isinstance(devices, ModelDevices)
            devices.programmer = CrossbarProgrammer(
                devices,
                plan.device.form,
                task.design.crossbar.topology,
                name,
                engine,
                folder,
                task.design.simulation.timeout_s,
            )
    if plan.forward == "numpy":
        return Equations(task.network)
    return Simulated(task.network, task.mapped, task.design, engine, folder)


@contextmanager
def engine_for(plan: Plan) -> Iterator[Choice | None]:
    """One libngspice for all epochs, where anything is simulated."""
    pulsed = isinstance(plan.device, ModelDevice) and plan.device.pulses == "ngspice"
    if plan.forward == "numpy" and not pulsed:
        yield None
        return
    with LiveEngine() as engine:
        info = engine.info()
        yield Choice(engine, info, f"{announce(info)}, one process for all epochs")


def _one(
    plan: Plan, out: Path, engine: Choice | None, progress: Callable[[State], None] | None
) -> dict[str, Any]:
    task = task_of(plan, plan.seed)
    forward = forward_of(plan, task, engine, out / CIRCUIT)

    def seen(epoch: int, loss: float) -> None:
        if progress is not None:
            progress(State(1, 1, epoch, plan.epochs, loss))

    done = run_epochs(task, plan.rule, forward, plan.epochs, plan.seed, store=Store(out), seen=seen)
    save_arrays(out / HISTORY, done.history())
    write_conductances(
        out / rundir.CONDUCTANCES,
        {
            name: (array.devices.g_siemens[0], array.devices.g_siemens[1])
            for name, array in task.arrays.items()
        },
    )
    (out / rundir.DESIGN).write_text(design_text(task.design), encoding="utf-8")
    if not isinstance(plan, PerceptronPlan):
        save_arrays(out / WEIGHTS, arrays_of(network_of(task.network, task.arrays)))
    for array in task.arrays.values():
        if isinstance(array.devices, TableDevices):
            np.save(out / SHIFTS, array.devices.shift_siemens)
    equations = Equations(task.network)(task.arrays, task.inputs).outputs
    return one_summary(plan, task, done, equations, engine)


def _many(
    plan: Plan, out: Path, engine: Choice | None, progress: Callable[[State], None] | None
) -> dict[str, Any]:
    folder = out / SEEDS
    folder.mkdir(exist_ok=True)
    for run in range(plan.runs):
        seed = plan.seed + run
        path = folder / f"{seed:05d}.npz"
        if not _finished(path, plan.epochs):
            task = task_of(plan, seed)
            forward = forward_of(plan, task, engine, out / CIRCUIT)
            done = run_epochs(task, plan.rule, forward, plan.epochs, seed)
            save_arrays(path, _kept(task, done, plan.epochs))
        if progress is not None:
            kept = _seed(path)
            loss = float(kept["final_loss"])
            progress(State(run + 1, plan.runs, int(kept["epochs"]), plan.epochs, loss))
    runs = {plan.seed + k: _seed(folder / f"{plan.seed + k:05d}.npz")
            for k in range(plan.runs)}  # fmt: skip
    return many_summary(plan, runs, engine)


def _finished(path: Path, epochs: int) -> bool:
    """Whether a seed was trained, with as many epochs as are wanted now."""
    if not path.is_file():
        return False
    kept = _seed(path)
    made, most = int(kept["epochs"]), int(kept["most_epochs"])
    return most == epochs or (bool(kept["converged"]) and made <= epochs)


def _seed(path: Path) -> dict[str, Any]:
    """What is kept of one seed.

    Raises:
        InputError: the file is damaged or holds something else.
    """
    remedy = "remove it: this seed is then trained again"
    kept = kept_arrays(path, remedy)
    names = ("epochs", "most_epochs", "converged", "final_loss")
    check_arrays(path, kept, dict.fromkeys(names, ()), remedy)
    return kept


def _kept(task: Task, done: Trained, most_epochs: int) -> dict[str, Any]:
    """One of many trainings: its history, how it ended, and the shifts it started from."""
    equations = Equations(task.network)(task.arrays, task.inputs).outputs
    kept: dict[str, Any] = {
        **done.history(),
        "epochs": np.array(done.epochs),
        "most_epochs": np.array(most_epochs),
        "converged": np.array(done.converged is True),
        "final_loss": np.array(done.loss),
        "final_outputs": done.outputs,
        "circuit_error_pct": np.array(circuit_error_pct(done.outputs, equations)),
        "targets": task.targets,
    }
    for array in task.arrays.values():
        if isinstance(array.devices, TableDevices):
            kept["shift_siemens"] = array.devices.shift_siemens
    return kept
