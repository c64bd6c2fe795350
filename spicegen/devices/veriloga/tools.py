"""Compilers as child processes: the only place of this room that starts any."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

COMPILERS = ("cc", "gcc", "clang")
OPENVAF = ("openvaf-r", "openvaf")
LIMIT_S = 120.0
TIMED_OUT = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """How a tool ended: its exit status, what it printed, and what it complained about."""

    status: int
    output: str
    complaints: str


def find(names: Sequence[str]) -> Path | None:
    """The first of some programs that is on PATH."""
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def run(argv: Sequence[str | Path], folder: Path | None = None) -> Answer:
    """Run a tool to its end.

    Args:
        argv: the program and its arguments.
        folder: to run in.
    Returns:
        How it ended; status TIMED_OUT if it did not within LIMIT_S.
    Raises:
        OSError: it cannot be started.
    """
    try:
        done = subprocess.run(  # noqa: S603 (a list, no shell)
            [str(word) for word in argv],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(TIMED_OUT, "", f"did not end within {LIMIT_S:g} s")
    return Answer(
        done.returncode,
        done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )


def first_line(program: Path) -> str:
    """What a program says about its version, in one line; empty if nothing."""
    try:
        answer = run([program, "--version"])
    except OSError:
        return ""
    return next(iter((answer.output or answer.complaints).splitlines()), "")
