"""A feed at work: which source has which voltage at which time of a static run.

Step k is the time from k to k + 1. A deck with a feed has no memory of its own, so that every
accepted time point within a step is that step's operating point; the last one counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np

from spicegen.engine.feed import Feed

REPORT_S = 0.25


class StepError(Exception):
    """The engine left out a step."""


class Stepper:
    """Voltages by time, while what they follow from is computed.

    Args:
        feed: what is set, and what states take over.

    Attributes:
        feed: as given.
        column: place of each source among the voltages, by its name as the engine spells it.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.column = {name.casefold().encode(): k for k, name in enumerate(feed.sources)}
        self._steps = feed.steps
        self._rows: dict[int, list[float]] = {0: feed.at(0, np.zeros(len(feed.states))).tolist()}
        self._seen: tuple[float, list[float]] = (0.0, self._rows[0])
        self._lost: int | None = None
        self._reported = time.monotonic()

    def step_at(self, time_s: float) -> int:
        """The step of a time; the end of the run belongs to the last one."""
        return min(int(time_s), self._steps - 1)

    def voltages(self, time_s: float) -> list[float]:
        """What the sources have, V; called for every source and iteration, so in a hurry.

        The engine may go back by a step, after one it rejected.
        """
        if time_s == self._seen[0]:
            return self._seen[1]
        step = self.step_at(time_s)
        row = self._rows.get(step)
        if row is None:
            self._lost = step if self._lost is None else self._lost
            row = next(reversed(self._rows.values()))
        self._seen = time_s, row
        return row

    def take(self, time_s: float, taken: Sequence[float]) -> None:
        """An accepted time point, with the voltages that states take over."""
        step = self.step_at(time_s)
        if step + 1 < self._steps:
            self._rows[step + 1] = self.feed.at(step + 1, np.asarray(taken)).tolist()
        for old in [known for known in self._rows if known < step - 1]:
            del self._rows[old]
        if time.monotonic() - self._reported > REPORT_S:
            self._reported = time.monotonic()
            sys.stdout.write(f" Reference value : {step}\r")
            sys.stdout.flush()

    def check(self) -> None:
        """Check that no step was left out.

        Raises:
            StepError: one was.
        """
        if self._lost is not None:
            raise StepError(f"the engine left out step {self._lost - 1}")
