"""How long a batch will take, from one run."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from typing import Any

from spicegen.batch.make import Ready
from spicegen.batch.points import count, points
from spicegen.batch.task import make_run
from spicegen.durations import duration
from spicegen.errors import SimulationError


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a batch will take.

    Attributes:
        runs: of the plan.
        run_s: wall-clock time of the first one, s.
        jobs: runs at a time.
        total_s: of all, s, if all take as long as the first.
    """

    runs: int
    run_s: float
    jobs: int
    total_s: float

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)

    def line(self) -> str:
        """In words."""
        return (
            f"{self.runs} runs; the first took {self.run_s:.2f} s, all of them with {self.jobs} at "
            f"a time about {duration(self.total_s)}"
        )


def estimate(ready: Ready, jobs: int | None) -> Estimate:
    """Make the first run of a plan.

    Args:
        ready: the plan.
        jobs: runs at a time; None: one per core.
    Raises:
        SimulationError: the run fails.
    """
    jobs = jobs or len(os.sched_getaffinity(0))
    task = ready.task(next(points(ready.plan)))
    started = time.monotonic()
    row = make_run(ready.work, task).row
    run_s = time.monotonic() - started
    if row["status"] == "failed":
        raise SimulationError(f"the first run fails: {row['message']}")
    total = count(ready.plan)
    return Estimate(total, run_s, jobs, -(-total // jobs) * run_s)
