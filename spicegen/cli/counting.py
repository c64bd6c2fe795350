"""How many of many are done: a bar on a terminal, a line now and then elsewhere; on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from spicegen.cli.progress import bars_possible
from spicegen.cli.terminal import console, told

QUIET_S = 10.0

Show = Callable[[int, int, str], None]
"""How many are done, of how many, and what else there is to say."""


@contextmanager
def counting(what: str, of: str = "of") -> Iterator[Show]:
    """A bar where stderr is a terminal, else lines.

    Args:
        what: is counted, such as "runs".
        of: stands between both numbers in a line.
    """
    if not bars_possible():
        yield _Lines(what, of)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(
        *columns, console=console(sys.stderr), transient=True, redirect_stdout=False
    ) as bars:
        bar = bars.add_task("", total=None)
        yield lambda done, total, words: bars.update(
            bar, total=total, completed=done, description=words
        )


class _Lines:
    """A line at the start, then now and then."""

    def __init__(self, what: str, of: str) -> None:
        self._what, self._of = what, of
        self._told_at = float("-inf")

    def __call__(self, done: int, total: int, words: str) -> None:
        now = time.monotonic()
        if now >= self._told_at + QUIET_S:
            self._told_at = now
            told(f"{done} {self._of} {total} {self._what}; {words}")
