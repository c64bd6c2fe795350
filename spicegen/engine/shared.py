"""libngspice through PySpice's NgSpiceShared, in a Python process of its own.

The library leaks, is not re-entrant and ends its process on some errors, so it never
lives in the caller's process.
"""

from __future__ import annotations

import ctypes.util
import dataclasses
import json
import os
import shutil
from functools import cached_property
from importlib.util import find_spec

from spicegen.engine.base import EngineInfo, Job, RunRecord
from spicegen.engine.checks import check_run
from spicegen.engine.feed import make_external, read_feed
from spicegen.engine.ngspice import abilities_of, version_of
from spicegen.engine.process import Outcome, ask, run_to_log, worker_command, worker_environment
from spicegen.errors import EngineMissingError, SimulationError

NAME = "shared"
LABEL = "libngspice"
WORKER = "spicegen.engine.shared_worker"


def find_library() -> str | None:
    """The versioned libngspice (`libngspice.so.0`), or what NGSPICE_LIBRARY_PATH names."""
    return os.environ.get("NGSPICE_LIBRARY_PATH") or ctypes.util.find_library("ngspice")


class SharedEngine:
    """Runs decks with libngspice.

    Args:
        library: name or path of the library; looked up where None.
    Raises:
        EngineMissingError: the library or PySpice is not installed.
    """

    def __init__(self, library: str | None = None) -> None:
        found = library or find_library()
        if found is None:
            raise EngineMissingError(
                "the shared engine was asked for and libngspice is not installed; install it with "
                "the system's package manager (Debian, Ubuntu: apt install libngspice0)"
            )
        if find_spec("PySpice") is None:
            raise EngineMissingError(
                "the shared engine was asked for and PySpice is not installed; pip install PySpice"
            )
        self._library = found

    def info(self) -> EngineInfo:
        """Version and capabilities, as the library tells them."""
        return self._info

    def simulate(self, job: Job) -> RunRecord:
        """Run a deck in the library; waveforms are written when it has finished.

        Raises:
            TimeLimitError, SimulationError, RawFileError: see `Engine.simulate`.
        """
        if not job.deck.name.isascii() or len(job.deck.name.split()) != 1:
            raise SimulationError(
                "the shared engine takes decks with plain names only: ASCII, no blanks, "
                f"got {job.deck.name!r}"
            )
        job.raw.unlink(missing_ok=True)  # an older file must never pass for this run's
        part, fed = (job.deck.with_suffix(f".shared{kind}").resolve() for kind in (".raw", ".cir"))
        part.unlink(missing_ok=True)
        request: dict[str, str | None] = {
            "deck": job.deck.name,
            "raw": part.name,
            "feed": None,
        }
        if job.feed is not None:
            make_external(job.deck, read_feed(job.feed).sources, fed)
            request |= {"deck": fed.name, "feed": str(job.feed.resolve())}
        try:
            outcome = self._run(job, request)
        finally:
            fed.unlink(missing_ok=True)
        if part.is_file():
            shutil.move(part, job.raw)
        return check_run(LABEL, job, outcome, {"threads": "1"})

    def _run(self, job: Job, request: dict[str, str | None]) -> Outcome:
        """Have a process of its own carry out one request."""
        asked = json.dumps(request).encode()
        return run_to_log(LABEL, worker_command(WORKER), job, self._environment, asked)

    @property
    def _environment(self) -> dict[str, str]:
        return worker_environment({"NGSPICE_LIBRARY_PATH": self._library})

    @cached_property
    def _info(self) -> EngineInfo:
        answer = ask(worker_command(WORKER), json.dumps({"deck": ""}), self._environment)
        can = dataclasses.replace(abilities_of(answer, answer), streaming=False, steps=True)
        return EngineInfo(NAME, version_of(answer), self._library, can)
