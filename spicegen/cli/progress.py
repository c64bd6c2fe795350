"""What is being done: a bar on a terminal, short lines elsewhere; always on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from spicegen.cli.terminal import console, one_line, told
from spicegen.durations import duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STAGES = {
    "emit": "writing the netlist",
    "simulate": "simulating",
    "read": "reading back",
    "budget": "switching sources of error on and off",
    "figures": "drawing figures",
}
SHARE_STEP = 0.1
QUIET_S = 5.0


class Display(Protocol):
    """Where a run says what it is doing."""

    def announce(self, line: str) -> None:
        """Something that was chosen, such as the engine."""
        ...

    def stage(self, name: str, share: float) -> None:
        """What is being done, and the share of it that is done."""
        ...


def bars_possible() -> bool:
    """Whether stderr is a terminal that a bar can move on."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def display() -> Iterator[Display]:
    """Bars where stderr is a terminal, else lines."""
    if not bars_possible():
        yield Lines()
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    with Progress(
        *columns, console=console(sys.stderr), transient=True, redirect_stdout=False
    ) as bars:
        yield Bars(bars)


class Lines:
    """Each stage once; a share at each further tenth, but only now and then."""

    def __init__(self) -> None:
        self._stage = ""
        self._share = 0.0
        self._began_at = self._told_at = 0.0

    def announce(self, line: str) -> None:
        """Say a line."""
        told(line)

    def stage(self, name: str, share: float) -> None:
        """Tell how much of a stage is done, 0 to 1."""
        now = time.monotonic()
        if name != self._stage:
            self._stage, self._share = name, 0.0
            self._began_at = self._told_at = now
            told(STAGES.get(name, name))
        elif share >= self._share + SHARE_STEP and now >= self._told_at + QUIET_S:
            self._share, self._told_at = share, now
            done = f"{100 * share:.0f} %, {pace(share, now - self._began_at)}"
            told(f"{STAGES.get(name, name)}: {done}")


class Bars:
    """One bar per stage; it only pulses until a share is known."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stage = ""
        self._began_at = 0.0
        self._task: TaskID | None = None

    def announce(self, line: str) -> None:
        """Say a line above the bars."""
        self._bars.console.print(f"spicegen: {one_line(line)}", soft_wrap=True)

    def stage(self, name: str, share: float) -> None:
        """Move the bar of a stage to a share, 0 to 1; the bar of the stage before goes."""
        if name != self._stage or self._task is None:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._stage, self._began_at = name, time.monotonic()
            self._task = self._bars.add_task(STAGES.get(name, name), total=None, pace="")
        if share > 0:
            told_pace = pace(share, time.monotonic() - self._began_at)
            self._bars.update(self._task, total=1.0, completed=share, pace=told_pace)


def pace(share: float, seconds: float) -> str:
    """Rate and time left, such as `4.2 %/s, 14 s left`.

    Args:
        share: of the stage that is done, above 0.
        seconds: since it began.
    """
    if seconds <= 0:
        return ""
    left_s = seconds * (1.0 - share) / share
    return f"{100 * share / seconds:.2g} %/s, {duration(left_s)} left"
