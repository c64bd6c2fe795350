"""`spicegen batch PLAN.toml -o DIR`: make the runs of a plan that are missing."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.counting import counting
from spicegen.cli.terminal import printed, told
from spicegen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spicegen.batch.make import BatchResult, Ready, State
    from spicegen.batch.plan import Plan
    from spicegen.batch.workers import Workers

MAX_RUNS = 10_000


def run(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.toml", help="The plan.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Directory of the batch.", show_default=False
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            metavar="N",
            help="Runs at a time; by default one per core.",
            show_default=False,
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler: tcp://host:8786."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="SYSTEM",
            help="Have dask-jobqueue start --jobs workers: slurm, pbs, sge, lsf, oar, moab, "
            "htcondor; or local: processes on this machine.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Make one run and tell how long all will take."),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Make runs again that failed before.")
    ] = False,
    max_runs: Annotated[
        int, typer.Option("--max-runs", min=1, metavar="N", help="Ask before more runs than that.")
    ] = MAX_RUNS,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make the runs of a plan: sweeps, corners, Monte Carlo.

    The same command again continues with what is missing. DIR/results.parquet has a row per run.

    \b
    Example:
      spicegen batch plan.toml -o runs/mc --jobs 2
    """
    # runs share the cores among each other: threads of numpy's would only take them away
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from spicegen.batch.make import complete, open_store
    from spicegen.batch.plan import load_plan

    if scheduler and cluster:
        raise InputError("batch", "choose --scheduler or --cluster", "both")
    if out is None and not dry_run:
        raise InputError("batch", "the results need a directory", None, "add -o DIR")
    loaded = load_plan(plan)
    ready = _asked(loaded, max_runs)
    if dry_run:
        _estimate(ready, jobs, as_json)
        return
    assert out is not None
    with open_store(ready, out) as store, _workers(jobs, scheduler, cluster) as crew:
        told(f"batch: {', '.join(ready.engines)}; {crew.name} workers")
        with counting("runs") as show:

            def seen(state: State) -> None:
                show(state.finished, state.total, _words(state))

            result = complete(ready, store, crew, retry=retry, progress=seen)
    _tell(result, as_json)


def _asked(plan: Plan, max_runs: int) -> Ready:
    """The plan, checked; a large one after a question, where somebody can answer."""
    from spicegen.batch.make import TooManyRunsError, prepare_plan

    try:
        return prepare_plan(plan, max_runs)
    except TooManyRunsError as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        typer.confirm(f"The plan has {error.total} runs. Make them?", abort=True, err=True)
        return prepare_plan(plan, error.total)


@contextmanager
def _workers(jobs: int | None, scheduler: str | None, system: str | None) -> Iterator[Workers]:
    from spicegen.batch.workers import cluster, connected, dask_workers, local_workers

    if not scheduler and not system:
        with local_workers(jobs) as crew:
            yield crew
        return
    client: AbstractContextManager[Any]
    client = connected(scheduler) if scheduler else cluster(system or "", jobs)
    with client as answered, dask_workers(answered) as crew:
        yield crew


def _estimate(ready: Ready, jobs: int | None, as_json: bool) -> None:
    """Make the first run, keep nothing, and tell what all of them will take."""
    from dataclasses import replace

    from spicegen.batch.estimate import estimate

    with tempfile.TemporaryDirectory(prefix="spicegen-") as folder:
        found = estimate(replace(ready, work=replace(ready.work, scratch=folder)), jobs)
    if as_json:
        printed(json.dumps(found.as_dict(), indent=2))
    else:
        printed(found.line())


def _words(state: State) -> str:
    """Rate, failures, time left."""
    from spicegen.durations import duration

    words = [f"{state.failed} failed"]
    if state.left_s is not None:
        words = [f"{state.rate:.2g} per s", *words, f"{duration(state.left_s)} left"]
    return ", ".join(words)


def _tell(result: BatchResult, as_json: bool) -> None:
    state = result.state
    if as_json:
        answer = {
            "directory": str(result.directory),
            "table": str(result.table),
            "runs": state.total,
            "made": state.made,
            "failed": state.failed,
            "seconds": state.seconds,
        }
        printed(json.dumps(answer, indent=2))
        return
    printed(
        f"{state.total} runs: {state.made} made now in {state.seconds:.1f} s, {state.kept} kept, "
        f"{state.failed} failed; {result.table}"
    )
