"""A few steps of a run: when they begin and end, and what the clock does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.accuracy import full_scale
from spicegen.circuit.clock import Clock
from spicegen.circuit.graph import Pulse
from spicegen.errors import InputError
from spicegen.report.source import FloatArray, Source, rows


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring steps of one sample, seen by a layer at `depth`.

    Attributes:
        clock: all timing of the run.
        depth: recurrent layers in front of this one; each delays it by a step.
        sample: which sample, from 0.
        step: first step, from 0, as the layer computes them: a layer that reads backwards
            sees the last input in step 0.
        count: number of steps.
    """

    clock: Clock
    depth: int
    sample: int
    step: int
    count: int

    @property
    def starts_s(self) -> FloatArray:
        """(count,) beginnings of the steps, s."""
        first = self.sample * self.clock.steps_per_sample + self.depth + self.step
        return np.asarray((first + np.arange(self.count)) * self.clock.t_step_s)

    @property
    def t_from_s(self) -> float:
        """Beginning of the first step, s."""
        return float(self.starts_s[0])

    @property
    def t_to_s(self) -> float:
        """End of the last step, s."""
        return float(self.starts_s[-1]) + self.clock.t_step_s

    @property
    def reads_s(self) -> FloatArray:
        """(count,) read-out instants of the steps, s."""
        steps = slice(self.step, self.step + self.count)
        return self.clock.sampling(self.depth)[self.sample, steps]

    def phases(self) -> dict[str, list[tuple[float, float]]]:
        """(start, end) of the stretches in which the switches of each phase conduct, s.

        Units of serial hardware track in turns, one stretch each. `reset` is there only where
        it falls into the window.
        """
        pulses = {
            "transfer": [self.clock.transfer()],
            "track": [self.clock.track(turn) for turn in range(self.clock.turns)],
            "reset": [self.clock.reset(self.depth)],
        }
        found = {
            name: sorted(span for pulse in each for span in self._conducting(pulse))
            for name, each in pulses.items()
        }
        return {name: spans for name, spans in found.items() if spans or name != "reset"}

    def _conducting(self, pulse: Pulse) -> list[tuple[float, float]]:
        on_s, length_s = pulse.conducting
        first = int(np.floor((self.t_from_s - on_s - length_s) / pulse.period_s))
        last = int(np.ceil((self.t_to_s - on_s) / pulse.period_s))
        spans = []
        for number in range(max(first, 0), last + 1):
            start = max(on_s + number * pulse.period_s, self.t_from_s)
            end = min(on_s + number * pulse.period_s + length_s, self.t_to_s)
            if start < end:
                spans.append((start, end))
        return spans


def choose_window(source: Source, depth: int, count: int, step: int | None = None) -> Window:
    """Steps from `step` on, or those in which the outputs move most.

    Args:
        source: the run.
        depth: of the layer that is looked at.
        count: steps wanted; a shorter sequence has fewer.
        step: first network step of the first sample; None chooses.
    Raises:
        InputError: the run has no such step.
    """
    clock = source.clock
    count = min(count, clock.steps)
    if step is not None:
        if not 0 <= step < clock.steps:
            raise InputError("first step", f"must lie in 0 to {clock.steps - 1}", step)
        return Window(clock, depth, 0, min(step, clock.steps - count), count)
    if source.outputs_per_sample != clock.steps:
        return Window(clock, depth, 0, clock.steps - count, count)
    sample, first = _liveliest(source, count)
    return Window(clock, depth, sample, first, count)


def _liveliest(source: Source, count: int) -> tuple[int, int]:
    """Sample and first of the `count` steps over which the reference outputs move most."""
    clock, reference = source.clock, rows(source.run.reference)
    relative = (reference / full_scale(reference)).reshape(clock.samples, clock.steps, -1)
    moved = np.abs(np.diff(relative, axis=1)).sum(axis=2)
    total = np.concatenate([np.zeros((clock.samples, 1)), np.cumsum(moved, axis=1)], axis=1)
    within = total[:, count - 1 :] - total[:, : clock.steps - count + 1]
    sample, first = np.unravel_index(int(np.argmax(within)), within.shape)
    return int(sample), int(first)
