"""One child process: its own process group, its words in the log, a deadline, progress."""

from __future__ import annotations

import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import spicegen
from spicegen.engine.base import Job
from spicegen.errors import SimulationError, TimeLimitError

# ngspice prints this four times per second of processor time, ended by a carriage return
PROGRESS = re.compile(rb"\s*Reference value\s*:\s*(\S+)\s*")
WAIT_S = 0.2
ASK_S = 20.0

_running: set[subprocess.Popen[bytes]] = set()
_registry = threading.Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child process ended.

    Args:
        status: exit status; minus the signal's number if a signal ended it.
        seconds: wall-clock time, s.
    """

    status: int
    seconds: float


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of an engine: one thread, no settings of the user's.

    ngspice's own start-up file asks for 8 OpenMP threads. `.options num_threads=1` and
    `-D num_threads=1` do not change that (measured with ngspice 46), OMP_THREAD_LIMIT does.
    """
    environment = dict(os.environ)
    for name in ("SPICE_ASCIIRAWFILE", "SPICE_USERINIT_DIR"):
        environment.pop(name, None)
    threads = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment.update(dict.fromkeys(threads, "1"))
    environment.update(extra or {})
    return environment


def worker_command(module: str) -> list[str]:
    """Command that runs a module of this package in a Python of its own.

    `-P` keeps the deck's folder off the import path, `-W ignore` keeps warnings of
    other packages out of the log.
    """
    return [sys.executable, "-P", "-W", "ignore", "-m", module]


def worker_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """`child_environment` in which this very spicegen is importable from any folder."""
    environment = child_environment(extra)
    package = str(Path(spicegen.__file__).resolve().parent.parent)
    known = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    environment["PYTHONPATH"] = os.pathsep.join(
        [package, *(str(Path(entry).resolve()) for entry in known)]
    )
    return environment


def ask(argv: Sequence[str], question: str, environment: Mapping[str, str] | None = None) -> str:
    """What a program prints about itself; empty if it cannot be run or does not end."""
    try:
        answer = subprocess.run(  # noqa: S603 (a list, no shell)
            argv,
            input=question.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment or child_environment()),
            timeout=ASK_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode(errors="replace")


def run_to_log(
    name: str,
    argv: Sequence[str],
    job: Job,
    environment: Mapping[str, str],
    request: bytes = b"",
) -> Outcome:
    """Run a program in the deck's folder, with everything it prints in the job's log.

    Whatever ends this call early (deadline, Ctrl-C, an error in `job.progress`), the
    process and its children are gone when it returns.

    Args:
        name: of the engine, for messages.
        argv: the command.
        job: gives folder, log, deadline and progress.
        environment: of the process.
        request: what the process reads from its standard input.
    Raises:
        SimulationError: the program cannot be started.
        TimeLimitError: it did not end within `job.timeout_s`.
    """
    started = time.monotonic()
    deadline = None if job.timeout_s is None else started + job.timeout_s
    with job.log.open("wb") as log, tempfile.TemporaryFile() as question:
        question.write(request)
        question.seek(0)
        try:
            child = subprocess.Popen(  # noqa: S603 (a list, no shell)
                argv,
                cwd=job.folder,
                env=dict(environment),
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SimulationError(
                f"{name} cannot be started: {error.strerror}", kept=str(job.folder)
            ) from error
        try:
            with child, registered(child):
                limit_memory(child, job)
                _attend(child, log, deadline, _reporter(job))
        except subprocess.TimeoutExpired as error:
            raise TimeLimitError(
                f"{name} ran longer than the limit of {job.timeout_s:g} s "
                "(simulation.timeout_s) and was stopped",
                kept=str(job.folder),
            ) from error
    return Outcome(child.returncode, time.monotonic() - started)


def end_all() -> None:
    """End every engine of this process, whatever thread waits for it."""
    with _registry:
        for child in _running:
            end_group(child)


@contextmanager
def registered(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """While the block runs, `end_all` ends this child, too."""
    with _registry:
        _running.add(child)
    try:
        yield
    finally:
        with _registry:
            _running.discard(child)


def limit_memory(child: subprocess.Popen[bytes], job: Job) -> None:
    """Limit the address space of a child, from outside: what runs in it between fork and exec is
    not safe with threads.

    Raises:
        SimulationError: this system cannot.
    """
    if job.memory_bytes is None:
        return
    limit = (job.memory_bytes, job.memory_bytes)
    if not hasattr(resource, "prlimit"):
        end_group(child)
        raise SimulationError("simulation.memory_bytes needs Linux", kept=str(job.folder))
    with suppress(ProcessLookupError):  # it has ended already
        resource.prlimit(child.pid, resource.RLIMIT_AS, limit)


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a child and all that it started."""
    if child.poll() is None:  # not reaped, so the number is still this process's own
        with suppress(ProcessLookupError):  # unless another thread reaps it right now
            os.killpg(child.pid, signal.SIGKILL)


def _reporter(job: Job) -> Callable[[bytes], None]:
    def report(text: bytes) -> None:
        try:
            done = float(text) / (job.t_stop_s or 0.0)
        except (ValueError, ZeroDivisionError):
            return
        if job.progress is not None:
            job.progress(min(max(done, 0.0), 1.0))

    return report


def _attend(
    child: subprocess.Popen[bytes],
    log: BinaryIO,
    deadline: float | None,
    report: Callable[[bytes], None],
) -> None:
    """Stay with a process until it ends; end its whole group on any error."""
    try:
        _collect(child, log, deadline, report)
        child.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
    except BaseException:
        end_group(child)
        raise


def _collect(
    child: subprocess.Popen[bytes],
    log: BinaryIO,
    deadline: float | None,
    report: Callable[[bytes], None],
) -> None:
    """Copy both streams to the log, line by line, until they close."""
    assert child.stdout is not None and child.stderr is not None
    left = {child.stdout.fileno(): b"", child.stderr.fileno(): b""}
    with selectors.DefaultSelector() as selector:
        for number in left:
            selector.register(number, selectors.EVENT_READ)
        while selector.get_map():
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(child.args, 0.0)
            ready = selector.select(WAIT_S)
            if not ready and child.poll() is not None:
                break  # a process that the engine left behind holds the streams open
            for key, _ in ready:
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    selector.unregister(key.fd)
                left[key.fd] = _log_lines(left[key.fd] + chunk, log, report, complete=not chunk)


def _log_lines(
    text: bytes, log: BinaryIO, report: Callable[[bytes], None], complete: bool
) -> bytes:
    """Write the complete lines of `text` to the log, return what is left of the last one."""
    lines = re.split(rb"(?<=[\r\n])", text)
    left = b"" if complete else lines.pop()
    for line in lines:
        if found := PROGRESS.fullmatch(line):
            report(found[1])
        else:
            log.write(line)
    log.flush()
    return left
