"""How far a batch is: a bar on a terminal, a line now and then elsewhere; always on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from spicegen.cli.terminal import console, told

if TYPE_CHECKING:
    from spicegen.batch.make import State

QUIET_S = 10.0

Show = Callable[["State"], None]


@contextmanager
def display() -> Iterator[Show]:
    """A bar where stderr is a terminal, else lines."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(
        *columns, console=console(sys.stderr), transient=True, redirect_stdout=False
    ) as bars:
        bar = bars.add_task("", total=None)
        yield lambda state: bars.update(
            bar, total=state.total, completed=state.finished, description=_words(state)
        )


class _Lines:
    """A line at the start, then now and then."""

    def __init__(self) -> None:
        self._told_at = float("-inf")

    def __call__(self, state: State) -> None:
        now = time.monotonic()
        if now >= self._told_at + QUIET_S:
            self._told_at = now
            told(f"{state.finished} of {state.total} runs; {_words(state)}")


def _words(state: State) -> str:
    """Rate, failures, time left."""
    from spicegen.durations import duration

    words = [f"{state.failed} failed"]
    if state.left_s is not None:
        words = [f"{state.rate:.2g} per s", *words, f"{duration(state.left_s)} left"]
    return ", ".join(words)
