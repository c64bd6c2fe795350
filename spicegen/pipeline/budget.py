"""The runs behind an error budget: sources switched on and off, simulated, compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import Budget, Runs, error_budget
from spicegen.design import Design
from spicegen.engine import Choice
from spicegen.pipeline.partition import halting, run_stages
from spicegen.pipeline.prepare import Prepared, prepare
from spicegen.pipeline.result import FloatArray
from spicegen.pipeline.sources import Source, sources_of
from spicegen.pipeline.stage import Bench

FOLDER = "budget"


@dataclass(frozen=True)
class Task:
    """What a budget is made of.

    Attributes:
        prepared: the run whose error is divided; its design has every range and time, and all
            runs share them, so that nothing differs but the sources.
        inputs: as the run had them.
        outputs: analog outputs of the run.
        engine: simulates.
        folder: of the run; decks lie in it while they run.
    """

    prepared: Prepared
    inputs: NDArray[Any]
    outputs: FloatArray
    engine: Choice
    folder: Path


def budget_of(task: Task, report: Callable[[str, float], None]) -> tuple[Budget, int]:
    """Simulate with sources switched on and off, and divide the error among them.

    Returns:
        The budget, and the number of simulations it took.
    Raises:
        SimulationError: a run failed; its files are in the run's folder.
    """
    design, network = task.prepared.design, task.prepared.network
    sources = sources_of(design, network.recurrent)
    everything = frozenset(source.name for source in sources)
    plan = _plan(sources)
    missing = sorted(plan.wanted - {everything}, key=sorted)
    done: dict[frozenset[str], FloatArray] = {everything: task.outputs}
    bench = Bench(design, task.engine, task.folder)
    with ThreadPoolExecutor(design.simulation.jobs) as pool, halting(bench) as quiet:
        simulate = _Simulate(task, sources, quiet)
        for number, (on, outputs) in enumerate(
            zip(missing, pool.map(simulate, range(len(missing)), missing), strict=True), 1
        ):
            done[on] = outputs
            report("budget", number / len(missing))
    runs = Runs(
        np.asarray(task.prepared.trace.outputs),
        task.outputs,
        done[plan.off],
        {name: done[on] for name, on in plan.only.items()},
        {name: done[on] for name, on in plan.before.items()},
        {name: done[on] for name, on in plan.without.items()},
    )
    return error_budget([source.name for source in sources], runs), len(missing)


@dataclass(frozen=True)
class _Plan:
    """Which sources are on in which runs.

    Attributes:
        off: the run without sources.
        only, before, without: see `accuracy.budget.Runs`.
    """

    off: frozenset[str]
    only: dict[str, frozenset[str]]
    before: dict[str, frozenset[str]]
    without: dict[str, frozenset[str]]

    @property
    def wanted(self) -> set[frozenset[str]]:
        groups = (self.only, self.before, self.without)
        return {self.off, *(on for group in groups for on in group.values())}


def _plan(sources: tuple[Source, ...]) -> _Plan:
    """The solver's tolerance is no block of the circuit: it is as given in all runs but one,
    in which it is finer, with every other source on."""
    everything = frozenset(source.name for source in sources)
    off = frozenset(source.name for source in sources if source.last)
    before = {
        source.name: everything - {source.name} if source.last else off | source.needs
        for source in sources
    }
    only = {name: on | {name} for name, on in before.items()}
    return _Plan(off, only, before, {name: everything - {name} for name in before})


class _Simulate:
    """One run with some sources on."""

    def __init__(self, task: Task, sources: tuple[Source, ...], bench: Bench) -> None:
        self.task, self.sources, self.bench = task, sources, bench

    def __call__(self, number: int, on: frozenset[str]) -> FloatArray:
        task, design = self.task, self.task.prepared.design
        off = [source for source in self.sources if source.name not in on]
        for source in off:
            design = design if source.circuit_only else source.off(design)
        xspice = task.engine.info.capabilities.xspice
        prepared = prepare(task.prepared.network, task.inputs, _outputs_only(design), xspice=xspice)
        complete = prepared.design
        for source in off:
            complete = source.off(complete) if source.circuit_only else complete
        folder = task.folder / f"{FOLDER}-{number}"
        folder.mkdir()
        bench = replace(self.bench, design=complete, folder=folder)
        done = run_stages(replace(prepared, design=complete), bench)
        shutil.rmtree(folder)
        return done[-1].outputs.reshape(task.outputs.shape)


def _outputs_only(design: Design) -> Design:
    """One of several simulations at a time, without its cost, which ideal blocks do not have."""
    simulation = design.simulation.model_copy(update={"save": "outputs", "jobs": 1})
    cost = design.cost.model_copy(update={"enabled": False})
    return design.model_copy(update={"simulation": simulation, "cost": cost})


def write_vectors(budget: Budget, folder: Path) -> None:
    """Signed errors of every part, percent of full scale, beside the numbers in result.json."""
    names = list(budget.vectors)
    values = {f"error_pct_{k}": budget.vectors[name] for k, name in enumerate(names)}
    np.savez(folder / rundir.BUDGET, names=np.array(names), **values)  # type: ignore[arg-type]
