"""What an engine sets from step to step in a static run: inputs and states.

A deck with a feed is one operating point per step. Its `inputs` have known voltages in each
step; each of its `states` takes over the voltage that a vector had in the step before, and
starts every sequence at 0 V.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import SimulationError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Feed:
    """Voltages of sources by step.

    Attributes:
        inputs: names of voltage sources, with their leading V.
        volts: (steps, inputs) their voltages, V.
        states: names of voltage sources.
        vectors: what each state takes over, such as `v(lstm_h_next0)`.
        first_step: (states,) first step of each state's first sequence.
        period_steps: steps from one sequence's first to the next one's.
        v_reference_volts: what vectors are counted from, V.
    """

    inputs: tuple[str, ...]
    volts: FloatArray
    states: tuple[str, ...]
    vectors: tuple[str, ...]
    first_step: IntArray
    period_steps: int
    v_reference_volts: float

    @property
    def steps(self) -> int:
        """Operating points of the run."""
        return int(self.volts.shape[0])

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that is set: inputs, then states."""
        return self.inputs + self.states

    def at(self, step: int, taken: FloatArray) -> FloatArray:
        """(sources,) voltages in a step.

        Args:
            step: number of the step.
            taken: (states,) what the vectors had in the step before, V.
        """
        starts = (step - self.first_step) % self.period_steps == 0
        held = np.where(starts | (step == 0), 0.0, taken - self.v_reference_volts)
        return np.concatenate([self.volts[step], held])


def write_feed(feed: Feed, path: Path) -> None:
    """Keep a feed as an .npz file.

    Args:
        feed: what is set from step to step, V.
        path: the file.
    """
    np.savez(
        path,
        inputs=np.array(feed.inputs, dtype=np.str_),
        volts=feed.volts,
        states=np.array(feed.states, dtype=np.str_),
        vectors=np.array(feed.vectors, dtype=np.str_),
        first_step=feed.first_step,
        period_steps=feed.period_steps,
        v_reference_volts=feed.v_reference_volts,
    )


def read_feed(path: Path) -> Feed:
    """The feed that `write_feed` kept."""
    with np.load(path, allow_pickle=False) as arrays:
        return Feed(
            tuple(arrays["inputs"].tolist()),
            arrays["volts"],
            tuple(arrays["states"].tolist()),
            tuple(arrays["vectors"].tolist()),
            arrays["first_step"],
            int(arrays["period_steps"]),
            float(arrays["v_reference_volts"]),
        )


def make_external(deck: Path, sources: Iterable[str], target: Path) -> None:
    """Copy a deck, with sources marked EXTERNAL for libngspice.

    A stand-alone ngspice refuses the word, so the deck itself is without it. Lines keep their
    numbers. The DC value goes, as ngspice adds it to what it is given.

    Args:
        deck: each source is one line of it, outside of subcircuits.
        sources: names with their leading V.
        target: file to write.
    Raises:
        SimulationError: the deck has no such line.
    """
    left = {name.casefold() for name in sources}
    inside = False
    with deck.open("rb") as lines, target.open("wb") as file:
        for line in lines:
            start = line[:1]
            if start == b".":
                inside = line.startswith(b".subckt") or (inside and not line.startswith(b".ends"))
            elif start == b"V" and not inside:
                name = line.split(None, 1)[0].decode().casefold()
                if name in left:
                    left.remove(name)
                    line = b" ".join([*line.split()[:3], b"DC 0 external\n"])
            file.write(line)
    if left:
        raise SimulationError(
            f"the deck has no source {min(left)} that could be set from step to step",
            kept=str(deck.resolve().parent),
        )
