"""One clock makes all timing: inputs, phases, reset, read-out.

A step of a recurrent network, with edges of t_edge (drawn too wide):

    t = k T                                                            (k+1) T
    inputs   ==X=========================================================X==
    transfer __/~~~~~~~~\\________________________________________________/~~
    track    ______________/~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\\____

While `transfer` is high, the states of the step before pass from the first hold cell to the
second; while `track` is high, the first cell follows the new states. A switch conducts above
half the clock voltage, so the two never conduct together: between them lies one edge time.
The outputs of step k stand still until the end of step k+1 and are read there.

Serial hardware divides what follows the transfer phase into turns of equal length. In each,
`select` connects one group of units, and `track` ends one edge before `select` does, so that
a state is held before its unit is cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.circuit.graph import FloatArray, Pulse
from spicegen.errors import DesignError

GRID_S = 1e-9
"""All times are multiples of this, so that clocks and inputs share their digits."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Timing of one run.

    Attributes:
        t_step_s: one network step, s.
        t_transfer_s: start of the transfer phase to the start of its fall, s (recurrent).
        t_edge_s: rise and fall time of every edge, s.
        v_high_volts: clock voltage.
        samples: sequences, one after the other.
        steps: steps of each sequence.
        depth: recurrent layers in a row; each passes its output on one step later.
        turns: groups of units that compute one after the other in each step.
    Raises:
        DesignError: a phase is shorter than its edges.
    """

    t_step_s: float
    t_transfer_s: float
    t_edge_s: float
    v_high_volts: float
    samples: int
    steps: int
    depth: int
    turns: int = 1

    def __post_init__(self) -> None:
        for name in ("t_step_s", "t_transfer_s", "t_edge_s"):
            object.__setattr__(self, name, on_grid(getattr(self, name)))
        if self.t_edge_s < GRID_S:
            raise DesignError("timing.t_edge_s", f"an edge takes at least {GRID_S:g} s", 0.0)
        two_edges = on_grid(2 * self.t_edge_s)
        if self.depth and self.t_transfer_s < two_edges:
            raise DesignError(
                "timing.t_transfer_s",
                f"the transfer phase must be at least two edges ({two_edges:g} s)",
                f"{self.t_transfer_s:g} s",
                "widen it or make timing.t_edge_s smaller",
            )
        shortest = 3 * self.t_edge_s
        if self.depth:
            turn = 4 if self.turns == 1 else 5 * self.turns
            shortest = self.t_transfer_s + (turn + 1) * self.t_edge_s
        shortest = on_grid(shortest)
        if self.t_step_s < shortest:
            raise DesignError(
                "timing.t_step_s",
                f"a step must hold its phases and their edges ({shortest:g} s)",
                f"{self.t_step_s:g} s",
                "lengthen the step or make timing.t_edge_s smaller",
            )

    @property
    def steps_per_sample(self) -> int:
        """Steps from one reset to the next: the sequence and what the depth adds."""
        return self.steps + self.depth

    @property
    def t_stop_s(self) -> float:
        """End of the run, s."""
        return on_grid(self.samples * self.steps_per_sample * self.t_step_s)

    def transfer(self) -> Pulse:
        """The phase that passes new states on, at the start of each step."""
        return self._phase(0.0, self.t_transfer_s, self.t_step_s)

    def track(self, turn: int = 0) -> Pulse:
        """The phase in which the first hold cells of a turn follow the new states."""
        start, end = self._turn(turn)
        guard = self.t_edge_s if self.turns > 1 else 0.0
        return self._phase(start, end - guard - self.t_edge_s, self.t_step_s)

    def select(self, turn: int) -> Pulse:
        """The phase in which serial hardware is connected to the units of a turn."""
        start, end = self._turn(turn)
        return self._phase(start, end - self.t_edge_s, self.t_step_s)

    def _turn(self, turn: int) -> tuple[float, float]:
        """Start and end of a turn within the step, s."""
        first = self.t_transfer_s + self.t_edge_s
        length = math.floor((self.t_step_s - first) / self.turns / GRID_S + 1e-6) * GRID_S
        last = turn == self.turns - 1
        return first + turn * length, self.t_step_s if last else first + (turn + 1) * length

    def reset(self, depth: int) -> Pulse:
        """Clears the states of layers at `depth` in the first step of each sequence."""
        start = depth * self.t_step_s
        return self._phase(start, start + self.t_transfer_s, self.steps_per_sample * self.t_step_s)

    def hold(self, by_step: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Voltages that change only between steps, as corners of straight lines.

        Args:
            by_step: (steps,) or (steps, channels) V.
        Returns:
            (corners,) instants, s, and the voltages there.
        """
        starts = np.arange(1, len(by_step)) * self.t_step_s
        t_s = np.stack([starts, starts + self.t_edge_s], axis=1).reshape(-1)
        t_s = np.rint(np.concatenate([[0.0], t_s]) / GRID_S) / round(1 / GRID_S)
        return t_s, np.concatenate([by_step[:1], np.repeat(by_step, 2, axis=0)[1:-1]])

    def by_step(self, inputs: FloatArray) -> FloatArray:
        """(all steps, channels) volts, of (samples, steps, channels).

        During the extra steps between samples the last value stays.
        """
        extra = np.repeat(inputs[:, -1:], self.depth, axis=1)
        return np.concatenate([inputs, extra], axis=1).reshape(-1, inputs.shape[2])

    def numbers(self, depth: int) -> NDArray[np.int64]:
        """(samples, steps) numbers of the steps in which a layer at `depth` computes."""
        first = np.arange(self.samples)[:, None] * self.steps_per_sample + depth
        return np.asarray(first + np.arange(self.steps))

    def sampling(self, depth: int) -> FloatArray:
        """(samples, steps) ends of the steps in which a layer at `depth` computes, s.

        At these instants, where the track phase begins to fall, everything has settled.
        Network outputs are read at `depth` = the clock's own depth.
        """
        ends = (self.numbers(depth) + 1) * self.t_step_s - self.t_edge_s
        return np.asarray(np.rint(ends / GRID_S) / round(1 / GRID_S))

    def _phase(self, start_s: float, fall_s: float, period_s: float) -> Pulse:
        width_s = on_grid(fall_s - start_s - self.t_edge_s)
        return Pulse(
            self.v_high_volts,
            on_grid(start_s),
            self.t_edge_s,
            self.t_edge_s,
            width_s,
            on_grid(period_s),
        )


def on_grid(t_s: float) -> float:
    """The nearest multiple of the time grid, s."""
    return round(t_s / GRID_S) / round(1 / GRID_S)
