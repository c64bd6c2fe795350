"""Making the runs of a plan that are missing, and keeping what each gives at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spicegen
from spicegen.batch import workers as places
from spicegen.batch.content import (
    base_content,
    design_content,
    inputs_hash,
    network_hash,
    run_key,
    value_content,
)
from spicegen.batch.differences import refuse_other_plan
from spicegen.batch.plan import Plan, load_plan, plan_from
from spicegen.batch.points import Point, count, design_of, points, settings
from spicegen.batch.store import SCRATCH, Row, StorageError, Store, open_locked
from spicegen.batch.table import require_parquet, write_parquet
from spicegen.batch.task import Finished, Task, Work, engine_label, engine_of, failed_row, make_run
from spicegen.cost import refuse_cost, table_hash
from spicegen.design import Design
from spicegen.errors import DesignError, InputError
from spicegen.network import load_inputs, load_network
from spicegen.pipeline.transistors import refuse_transistors

if TYPE_CHECKING:
    from distributed import Client

MAX_RUNS = 10_000
ASK_S = 5.0
"""How often a silent cluster is asked whether it is still there."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a batch is.

    Attributes:
        total: runs of the plan.
        kept: runs that were finished when it began.
        made: runs made since.
        failed: failed runs, of all that are finished.
        seconds: since it began.
    """

    total: int
    kept: int
    made: int = 0
    failed: int = 0
    seconds: float = 0.0

    @property
    def finished(self) -> int:
        """Runs that have a row."""
        return self.kept + self.made

    @property
    def rate(self) -> float:
        """Runs per second."""
        return self.made / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Time to go, s; None before the first run."""
        return (self.total - self.finished) / self.rate if self.made else None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """A batch all of whose runs are finished.

    Attributes:
        directory: where everything is.
        table: the Parquet file, one row per run.
        state: counts and time.
    """

    directory: Path
    table: Path
    state: State

    def report(self, path: str | Path | None = None, *, limit: float = 1.0) -> Path:
        """Write one self-contained HTML page about the batch, as `spicegen report` does.

        Args:
            path: file to write; report.html in the directory of the batch by default.
            limit: the metric that a good run does not exceed.
        Raises:
            InputError: no run is finished, or the file cannot be written.
        """
        from spicegen.batch.report import write_report

        return write_report(self.directory, None if path is None else Path(path), limit=limit)

    def _repr_html_(self) -> str:
        """What a notebook shows: counts, and where the table is."""
        state = self.state
        cells = {"runs": state.total, "made now": state.made, "kept": state.kept}
        cells["failed"] = state.failed
        head = "".join(f"<th>{name}" for name in (*cells, "table"))
        row = "".join(f"<td>{value}" for value in (*cells.values(), escape(str(self.table))))
        return f"<table><thead><tr>{head}</thead><tbody><tr>{row}</tbody></table>"


@dataclass(frozen=True)
class Ready:
    """A plan that was checked.

    Attributes:
        plan: the plan.
        work: what its runs share.
        hashes: of network, inputs and tables of cells.
        engines: names and versions, in the order of their first run.
    """

    plan: Plan
    work: Work
    hashes: Mapping[str, str]
    engines: tuple[str, ...]

    def content(self) -> dict[str, Any]:
        """Everything that a finished run of this plan depends on."""
        plan = self.plan
        return {
            **self.hashes,
            "spicegen": spicegen.__version__,
            "runs": count(plan),
            "engines": list(self.engines),
            "design": base_content(plan.design),
            "mode": plan.mode,
            "sweep": {
                key: [value_content(key, value) for value in values]
                for key, values in plan.sweep.items()
            },
            "corners": {
                name: {key: value_content(key, value) for key, value in corner.items()}
                for name, corner in plan.corners.items()
            },
            "monte_carlo": plan.monte_carlo.model_dump() if plan.monte_carlo else None,
            "outputs": plan.outputs.model_dump(),
        }

    def task(self, point: Point) -> Task:
        """One run, with the first columns of its row."""
        design = design_of(self.plan, point)
        if self.plan.outputs.cost:
            design = _with_cost(design)
        engine = engine_label(engine_of(design, self.work.network))
        key = run_key(self.hashes["network"], self.hashes["inputs"], design, engine)
        return Task(_head(self.plan, point, key, design), design, engine)


def prepare_plan(plan: Plan, max_runs: int = MAX_RUNS) -> Ready:
    """Load and check everything a plan speaks of; nothing is written.

    Raises:
        InputError: network or inputs do not fit, a key or value is impossible, there are
            more runs than `max_runs`.
        EngineMissingError: an engine is not installed.
    """
    total = count(plan)
    if total > max_runs:
        raise TooManyRunsError(total, max_runs)
    network = load_network(plan.network)
    inputs = load_inputs(plan.inputs, network)
    work = Work(network, inputs, plan.outputs.keep, None)
    designs = list(settings(plan))
    engines = dict.fromkeys(engine_label(engine_of(design, network)) for design in designs)
    for design in designs:
        design_content(design)  # its files can be read
        refuse_transistors(network, design)
    hashes = {"network": network_hash(network), "inputs": inputs_hash(inputs)}
    if plan.outputs.cost:
        names = dict.fromkeys(design.cost.table for design in designs)
        hashes["cost_tables"] = " ".join(table_hash(name) for name in names)
    return Ready(plan, work, hashes, tuple(engines))


class TooManyRunsError(InputError):
    """A plan has more runs than the user said would be fine."""

    def __init__(self, total: int, max_runs: int) -> None:
        self.total = total
        super().__init__(
            "plan",
            f"at most {max_runs} runs are made without asking",
            total,
            f"use --max-runs {total} if that many are meant",
        )


def batch(
    plan: Plan | str | Path | Mapping[str, Any],
    out: str | Path,
    *,
    jobs: int | None = None,
    client: Client | None = None,
    retry: bool = False,
    max_runs: int = MAX_RUNS,
    progress: Callable[[State], None] | None = None,
) -> BatchResult:
    """Make the runs of a plan that are missing in a directory.

    Args:
        plan: a plan, its file, or its tables (file names then relative to this folder).
        out: directory of the batch, new or of the same plan.
        jobs: runs at a time on this machine; None: one per core.
        client: Dask client, to have its cluster make the runs.
        retry: make runs again that failed before.
        max_runs: refuse larger plans.
        progress: called after every run.
    Returns:
        What was made, and where the table is.
    Raises:
        InputError: bad input, a directory of another plan, or one at work; nothing is lost.
        SchedulerLostError: the cluster is gone.
    """
    if isinstance(plan, str | Path):
        plan = load_plan(Path(plan))
    elif not isinstance(plan, Plan):
        plan = plan_from(plan, Path())
    ready = prepare_plan(plan, max_runs)
    crew = places.dask_workers(client) if client else places.local_workers(jobs)
    with open_store(ready, Path(out)) as store, crew as hired:
        return complete(ready, store, hired, retry=retry, progress=progress)


@contextmanager
def open_store(ready: Ready, directory: Path) -> Iterator[Store]:
    """The locked store of a plan; a new directory becomes that plan's.

    Raises:
        InputError: the directory cannot be used, or belongs to another plan.
    """
    require_parquet()
    with open_locked(directory) as store:
        content, before = ready.content(), store.plan()
        if before is None:
            store.begin(content)
        else:
            refuse_other_plan(before, content, directory)
        yield store


def complete(
    ready: Ready,
    store: Store,
    crew: places.Workers,
    *,
    retry: bool = False,
    progress: Callable[[State], None] | None = None,
) -> BatchResult:
    """Make what is missing, then write the table.

    Also when it ends early, the table holds every finished run.
    """
    scratch = str((store.directory / SCRATCH).absolute()) if crew.local else None
    work = replace(ready.work, scratch=scratch)
    try:
        state = _make_missing(ready, work, store, crew, retry, progress or _silent)
    except BaseException:
        with suppress(StorageError):  # what ended the batch is the news
            write_parquet(store)
        raise
    return BatchResult(store.directory, write_parquet(store), state)


def _make_missing(
    ready: Ready,
    work: Work,
    store: Store,
    crew: places.Workers,
    retry: bool,
    progress: Callable[[State], None],
) -> State:
    kept = store.finished(failed=not retry)
    failed = 0 if retry else len(kept) - len(store.finished(failed=False))
    state = State(count(ready.plan), len(kept), failed=failed)
    started = time.monotonic()
    progress(state)
    missing = (ready.task(point) for point in points(ready.plan) if point.run not in kept)
    if state.kept == state.total:
        return state
    for finished in _made(missing, work, crew):
        store.add(finished.row, finished.files)
        state = replace(
            state,
            made=state.made + 1,
            failed=state.failed + (finished.row["status"] == "failed"),
            seconds=time.monotonic() - started,
        )
        progress(state)
    return state


def _made(tasks: Iterator[Task], work: Work, crew: places.Workers) -> Iterator[Finished]:
    """Runs as they are finished, in any order; no more under way than the workers need."""
    running: dict[Future[Finished], Task] = {}
    while True:
        for task in itertools.islice(tasks, max(0, crew.window - len(running))):
            running[crew.executor.submit(make_run, work, task)] = task
        if not running:
            return
        # looks up now and then, as a silent cluster may be a lost one
        done, _ = wait(running, ASK_S, FIRST_COMPLETED)
        for future in done:
            task = running.pop(future)
            try:
                yield future.result()
            except crew.killed as error:
                yield Finished(failed_row(task, error), {})
            except OSError as error:
                raise StorageError(work.scratch or "a worker's scratch folder", error) from error
            except CancelledError as error:
                raise places.SchedulerLostError(crew.name) from error


def _head(plan: Plan, point: Point, key: str, design: Design) -> Row:
    """The columns that say which run it is."""
    head: Row = {"run": point.run, "key": key}
    if plan.corners:
        head["corner"] = point.corner
    head |= point.swept
    if point.repetition is not None:
        head["repetition"] = point.repetition
    return head | {"seed": design.simulation.seed}


def _with_cost(design: Design) -> Design:
    """The design with its cost told, where it has one."""
    told = design.model_copy(update={"cost": design.cost.model_copy(update={"enabled": True})})
    try:
        refuse_cost(told)
    except DesignError:  # its row has no such columns
        return design
    return told


def _silent(state: State) -> None:
    """Progress that nobody asked for."""
