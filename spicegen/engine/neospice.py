"""neospice, the embedded engine: a Python wheel, nothing to install.

It runs in a process of its own, so that a deadline or a crash ends no more than that.
"""

from __future__ import annotations

import json
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec

from spicegen.engine.base import Capabilities, EngineInfo, Job, RunRecord
from spicegen.engine.checks import check_run
from spicegen.engine.neospice_dialect import refuse
from spicegen.engine.process import run_to_log, worker_command, worker_environment
from spicegen.errors import EngineMissingError

NAME = "neospice"
WORKER = "spicegen.engine.neospice_worker"


class NeospiceEngine:
    """Runs decks with the neospice package.

    Raises:
        EngineMissingError: the package is not installed.
    """

    def __init__(self) -> None:
        if find_spec(NAME) is None:
            raise EngineMissingError(
                "neospice was asked for and is not installed; pip install neospice"
            )

    def info(self) -> EngineInfo:
        """Version and capabilities."""
        return self._info

    def simulate(self, job: Job) -> RunRecord:
        """Run a deck; waveforms are written when it has finished.

        Raises:
            TimeLimitError, SimulationError, RawFileError: see `Engine.simulate`;
                SimulationError also for a deck that neospice would get wrong.
        """
        refuse(job.deck)
        raw = job.raw.resolve()
        raw.unlink(missing_ok=True)  # an older file must never pass for this run's
        feed = str(job.feed.resolve()) if job.feed else None
        request = json.dumps({"deck": job.deck.name, "raw": str(raw), "feed": feed}).encode()
        command = worker_command(WORKER)
        outcome = run_to_log(NAME, command, job, worker_environment(), request)
        return check_run(NAME, job, outcome, {"threads": "1", "solver": "neosolver"})

    @cached_property
    def _info(self) -> EngineInfo:
        return EngineInfo(NAME, version(NAME), "Python package", Capabilities(steps=True))
