"""Who makes the runs: threads around engine processes, or the workers of a Dask cluster."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spicegen.engine import end_all
from spicegen.errors import InputError, SpicegenError, nearest

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 10.0
WAIT_S = 0.1
CLUSTERS = {
    "slurm": "SLURM",
    "pbs": "PBS",
    "sge": "SGE",
    "lsf": "LSF",
    "oar": "OAR",
    "moab": "Moab",
    "htcondor": "HTCondor",
}
"""Batch systems, as dask-jobqueue calls their clusters."""

AHEAD = 2
"""Tasks per worker that are under way or wait for it."""


class SchedulerLostError(SpicegenError):
    """The scheduler of the cluster is gone. Finished runs are safe."""

    exit_code = 3

    def __init__(self, address: str) -> None:
        super().__init__(
            f"the scheduler at {address} is gone; finished runs are kept, start the same batch "
            "again to make the others"
        )


@dataclass(frozen=True, slots=True)
class Workers:
    """Where runs are made.

    Attributes:
        executor: takes tasks.
        places: how many runs are made at a time, now; SchedulerLostError where nobody answers.
        killed: what a run raises that took its worker down several times.
        local: the workers see this machine's files.
        name: for the user.
    """

    executor: Executor
    places: Callable[[], int]
    killed: tuple[type[BaseException], ...]
    local: bool
    name: str

    @property
    def window(self) -> int:
        """How many tasks to hand over at a time."""
        return AHEAD * max(1, self.places())


@contextmanager
def local_workers(jobs: int | None) -> Iterator[Workers]:
    """Threads, each with one engine process at a time.

    Engines are processes of their own and take 20 times the processor time of what stands
    around them (docs/batch.md), so that threads suffice and nothing can be orphaned.

    Args:
        jobs: runs at a time; None: one per core that this process may use.
    """
    jobs = jobs or len(os.sched_getaffinity(0))
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="spicegen")
    try:
        yield Workers(executor, lambda: jobs, (), True, f"{jobs} local")
    except BaseException:
        closing = threading.Thread(target=executor.shutdown, kwargs={"cancel_futures": True})
        closing.start()
        while closing.is_alive():  # a thread may be about to start one more engine
            end_all()
            closing.join(WAIT_S)
        raise
    executor.shutdown()


@contextmanager
def dask_workers(client: Client) -> Iterator[Workers]:
    """The workers of a Dask cluster.

    Args:
        client: connected; stays open.
    Raises:
        SchedulerLostError: the scheduler does not answer any more.
    """

    from distributed import KilledWorker

    address = str(client.scheduler.address)

    def places() -> int:
        try:
            return sum(client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise SchedulerLostError(address) from error

    executor = client.get_executor(pure=False)
    try:
        yield Workers(executor, places, (KilledWorker,), False, address)
    finally:
        executor.shutdown(wait=False)


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at an address such as tcp://host:8786.

    Raises:
        InputError: nobody answers, or Dask is not installed.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            "--scheduler",
            "a Dask scheduler must answer there",
            f"{address} ({error})",
            "start one with `dask scheduler`",
        ) from error
    _silence()
    with client:
        yield client


@contextmanager
def cluster(kind: str, jobs: int | None) -> Iterator[Client]:
    """A client of workers that dask-jobqueue has a batch system start.

    Queue, memory and wall time come from dask-jobqueue's own configuration
    (~/.config/dask/jobqueue.yaml).

    Args:
        kind: one of CLUSTERS, or local: processes on this machine.
        jobs: workers to start.
    Raises:
        InputError: no such batch system, Dask is not installed, or its configuration is
            not complete.
    """
    known = ["local", *CLUSTERS]
    if kind not in known:
        raise InputError(
            "--cluster", f"must be one of {', '.join(known)}", kind, nearest(kind, known)
        )
    distributed = _distributed()
    count = jobs or len(os.sched_getaffinity(0))
    if kind == "local":
        started = distributed.LocalCluster(
            n_workers=count, threads_per_worker=1, dashboard_address=None
        )
    else:
        started = _queued(kind)
        started.scale(count)
    _silence()
    with started, distributed.Client(started, set_as_default=False) as client:
        yield client


def _queued(kind: str) -> Any:
    """A cluster whose workers a batch system starts."""
    try:
        import dask_jobqueue
    except ModuleNotFoundError as error:
        raise _missing() from error
    name = f"{CLUSTERS[kind]}Cluster"
    try:
        return getattr(dask_jobqueue, name)()
    except ValueError as error:  # cores, memory: not in the configuration
        raise InputError(
            f"--cluster {kind}",
            "dask-jobqueue must be configured for this batch system",
            error,
            f"see the key jobqueue.{kind} in ~/.config/dask/jobqueue.yaml",
        ) from error


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise _missing() from error
    return distributed


def _silence() -> None:
    """What Dask logs while it loses a connection is told in one line of our own."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)


def _missing() -> InputError:
    return InputError("cluster", "this needs Dask", None, "pip install 'spicegen[cluster]'")
