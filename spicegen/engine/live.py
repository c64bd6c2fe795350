"""libngspice in a process that stays for many decks: starting one takes longer than a small run.

Each run sources a whole deck of its own, so that what was simulated is what lies in the file.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from spicegen.engine.base import Job
from spicegen.engine.process import (
    Outcome,
    end_group,
    limit_memory,
    registered,
    worker_command,
)
from spicegen.engine.shared import LABEL, SharedEngine
from spicegen.errors import SimulationError, TimeLimitError

WORKER = "spicegen.engine.live_worker"


class LiveEngine(SharedEngine):
    """A `SharedEngine` whose process is started once; a context manager that ends it.

    A process that ngspice ends (it does so on some errors) fails the run that it was busy with;
    the next run starts another one.
    """

    _child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            assert child.stdin is not None and child.stdout is not None
            end_group(child)
            with suppress(BrokenPipeError):  # a request that the process never read
                child.stdin.close()
            child.stdout.close()
            child.wait()

    def _run(self, job: Job, request: dict[str, str | None]) -> Outcome:
        where = {"folder": str(job.folder), "log": str(job.log.resolve())}
        job.log.write_bytes(b"")
        started = time.monotonic()
        child = self._started(job)
        assert child.stdin is not None and child.stdout is not None
        with registered(child):
            try:
                limit_memory(child, job)
                child.stdin.write(json.dumps(request | where).encode() + b"\n")
                child.stdin.flush()
                answer = self._answer(child, job)
            except BrokenPipeError:
                answer = b""
            except BaseException:
                self.close()
                raise
        status = int(answer) if answer else child.wait()
        if not answer:
            self.close()
        return Outcome(status if answer else status or 1, time.monotonic() - started)

    def _answer(self, child: subprocess.Popen[bytes], job: Job) -> bytes:
        """The line with the exit status; empty if the process has ended."""
        assert child.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            if not selector.select(job.timeout_s):
                raise TimeLimitError(
                    f"{LABEL} ran longer than the limit of {job.timeout_s:g} s "
                    "(simulation.timeout_s) and was stopped",
                    kept=str(job.folder),
                )
        return child.stdout.readline()

    def _started(self, job: Job) -> subprocess.Popen[bytes]:
        if self._child is None:
            try:
                self._child = subprocess.Popen(  # noqa: S603 (a list, no shell)
                    worker_command(WORKER),
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError as error:
                raise SimulationError(
                    f"{LABEL} cannot be started: {error.strerror}", kept=str(job.folder)
                ) from error
        return self._child
