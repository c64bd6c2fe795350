"""One run of a batch, wherever it is made: on this machine or by a worker of a cluster."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spicegen import rundir
from spicegen.batch.plan import Keep
from spicegen.batch.store import Row
from spicegen.design import Design
from spicegen.engine import Choice
from spicegen.errors import (
    EngineKilledError,
    EngineMissingError,
    InputError,
    SimulationError,
    SpicegenError,
)
from spicegen.network import Network
from spicegen.pipeline import RunResult, choose_engine, run

REPEATS = 2
"""How often a run is repeated whose engine was killed from outside."""

PROBE_BYTES = 1 << 20
"""Written after a failure, to tell a full disk from a deck that fails."""

LONGEST_LOG_BYTES = 1 << 20
FAILED_FILES = (rundir.DECK, rundir.LOG, rundir.DESIGN)
KEPT: Mapping[Keep, tuple[str, ...]] = {
    "metrics": (),
    "outputs": (rundir.OUTPUTS, rundir.RESULT, rundir.DESIGN),
    "waveforms": ("*",),
}


_chosen: dict[tuple[object, ...], Choice] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """What all runs of a batch share.

    Attributes:
        network, inputs: as `pipeline.run` takes them.
        keep: what is kept of each run.
        scratch: folder for files of runs that are being made; None: the system's.
    """

    network: Network
    inputs: NDArray[Any]
    keep: Keep
    scratch: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """One run.

    Attributes:
        head: first columns of its row: number, key, corner, swept values, seed.
        design: its complete design.
        engine: name and version that the key stands for.
    """

    head: Row
    design: Design
    engine: str


@dataclass(frozen=True, slots=True)
class Finished:
    """One run that is over: its row, and the content of the files to keep."""

    row: Row
    files: Mapping[str, bytes]


def engine_of(design: Design, network: Network) -> Choice:
    """The engine of a design, asked for its version once per process."""
    simulation = design.simulation
    key = (
        simulation.engine,
        simulation.inputs,
        design.static,
        design.cost.enabled,
        network.recurrent,
        os.environ.get("PATH", ""),
    )
    if key not in _chosen:
        _chosen[key] = choose_engine(network, design)
    return _chosen[key]


def engine_label(choice: Choice) -> str:
    """Name and version, as keys and tables tell them."""
    return f"{choice.info.name} {choice.info.version}".strip()


def make_run(work: Work, task: Task) -> Finished:
    """Make one run; a run that fails is a row as well.

    Raises:
        OSError: the scratch folder is full or cannot be written.
        EngineMissingError, InputError: this worker has no such engine, or another version.
    """
    choice = engine_of(task.design, work.network)
    if engine_label(choice) != task.engine:
        raise InputError(
            f"worker {os.uname().nodename}",
            f"the batch is made with {task.engine}",
            engine_label(choice),
            "give every worker the same engine",
        )
    if work.scratch is not None:
        Path(work.scratch).mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="spicegen-", dir=work.scratch))
    try:
        return _attempt(work, task, choice, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _attempt(work: Work, task: Task, choice: Choice, folder: Path) -> Finished:
    out = folder / "run"
    for left in reversed(range(REPEATS + 1)):
        try:
            result = run(work.network, work.inputs, design=task.design, out=out, engine=choice)
            return Finished(_row(task, result), _files(out, KEPT[work.keep]))
        except EngineMissingError:
            raise
        except SimulationError as error:
            if isinstance(error, EngineKilledError) and left:
                continue
            kept = _files(out.with_name("run.failed"), FAILED_FILES)
            _require_room(folder)
            return Finished(failed_row(task, error, folder), kept)
        except (SpicegenError, MemoryError) as error:
            return Finished(failed_row(task, error, folder), {})
    raise AssertionError("a last attempt ends in a row")


def _require_room(folder: Path) -> None:
    """Raise what the system says where the scratch folder takes nothing more: then it was the
    disk that failed, not the run."""
    with (folder / "room").open("wb") as file:
        file.write(b"\0" * PROBE_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _row(task: Task, result: RunResult) -> Row:
    summary, accuracy = result.summary, result.accuracy
    attempts = summary["engine"]["attempts"]
    return {
        **task.head,
        "status": "done",
        "mean_error_pct": accuracy.mean_error_pct,
        "max_error_pct": accuracy.max_error_pct,
        "rmse": accuracy.rmse,
        "agreement_pct": accuracy.agreement_pct,
        **_cost_columns(summary.get("cost")),
        "engine": task.engine,
        "attempts": "; ".join(_told(attempt) for attempt in attempts),
        "netlist_sha256": summary["netlist_sha256"],
        **summary["timing"],
    }


def _told(attempt: Mapping[str, Any]) -> str:
    return f"{attempt['settings']}: {attempt['failure'] or 'done'}"


def _cost_columns(cost: Mapping[str, Any] | None) -> Row:
    """The totals of a run's cost."""
    if cost is None:
        return {}
    return {name: value for name, value in cost.items() if isinstance(value, int | float)}


def failed_row(task: Task, error: BaseException, folder: Path | None = None) -> Row:
    """The row of a run that failed.

    Args:
        task: the run.
        error: why.
        folder: where it was made, which is left out of the message.
    """
    message = str(error) or "out of memory"
    message = message.split("; files kept in ")[0]
    if folder is not None:
        message = message.replace(f"{folder}/", "")
    return {
        **task.head,
        "status": "failed",
        "engine": task.engine,
        "error": type(error).__name__,
        "message": message,
    }


def _files(folder: Path, patterns: tuple[str, ...]) -> dict[str, bytes]:
    """Content of the files to keep, by name."""
    found = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    return {path.name: _content(path) for path in found if path.is_file()}


def _content(path: Path) -> bytes:
    """A file's bytes; of a log that an engine in trouble filled, the end."""
    with path.open("rb") as file:
        if path.suffix == ".log":
            file.seek(max(0, path.stat().st_size - LONGEST_LOG_BYTES))
        return file.read()
