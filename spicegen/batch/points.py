"""The runs of a plan: every combination of corner, swept values and seed, in a fixed order."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spicegen.batch.plan import Plan
from spicegen.design import Design, design_from
from spicegen.design.keys import set_key

SEED_BITS = 53
"""So that a seed survives every table that counts in float64."""


@dataclass(frozen=True, slots=True)
class Point:
    """One run of a plan.

    Attributes:
        run: its number, counted from 0.
        corner: name, or "" where there are none.
        swept: value by dotted key.
        repetition: its number among the Monte-Carlo runs of one setting; None without.
        seed: simulation.seed, where Monte Carlo sets it.
    """

    run: int
    corner: str
    swept: Mapping[str, Any]
    repetition: int | None
    seed: int | None

    def __str__(self) -> str:
        parts = [f"corner {self.corner}"] if self.corner else []
        parts += [f"{key}={value}" for key, value in self.swept.items()]
        return f"run {self.run}" + (f" ({', '.join(parts)})" if parts else "")


def seed_of(plan_seed: int, repetition: int) -> int:
    """The seed of one Monte-Carlo repetition.

    It depends on nothing but its arguments: not on the order of runs, not on the number of
    workers, and not on what else is swept, so that every setting sees the same devices
    (common random numbers, which make differences between settings sharper).
    """
    sequence = np.random.SeedSequence(plan_seed, spawn_key=(repetition,))
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(64 - SEED_BITS))


def count(plan: Plan) -> int:
    """Number of runs."""
    lengths = [len(values) for values in plan.sweep.values()]
    grid = int(np.prod(lengths, dtype=object)) if plan.mode == "grid" else max(lengths, default=1)
    repetitions = plan.monte_carlo.runs if plan.monte_carlo else 1
    return max(1, len(plan.corners)) * grid * repetitions


def points(plan: Plan) -> Iterator[Point]:
    """Every run, one after the other: corners, then swept values, then seeds."""
    repetitions: list[tuple[int | None, int | None]] = [(None, None)]
    if plan.monte_carlo:
        seed = plan.monte_carlo.seed
        repetitions = [(k, seed_of(seed, k)) for k in range(plan.monte_carlo.runs)]
    keys = list(plan.sweep)
    every = itertools.product if plan.mode == "grid" or not keys else zip
    number = itertools.count()
    for corner in plan.corners or ("",):
        for values in every(*plan.sweep.values()):
            swept = dict(zip(keys, values, strict=True))
            for repetition, own_seed in repetitions:
                yield Point(next(number), corner, swept, repetition, own_seed)


def design_of(plan: Plan, point: Point) -> Design:
    """The design of one run.

    Raises:
        DesignError: there is no such key, or its value is impossible with the others.
    """
    table = copy.deepcopy(plan.design)
    where = str(point)
    for key, value in plan.corners.get(point.corner, {}).items():
        set_key(table, key, copy.deepcopy(value), where)
    for key, value in point.swept.items():
        set_key(table, key, copy.deepcopy(value), where)
    if point.seed is not None:
        set_key(table, "simulation.seed", point.seed, where)
    return design_from(table, where)


def settings(plan: Plan) -> Iterator[Design]:
    """The design of every setting; of its Monte-Carlo repetitions, which are alike, the first.

    Raises:
        DesignError: a design is impossible; it names the run, the key and the rule.
    """
    for point in points(plan):
        if not point.repetition:
            yield design_of(plan, point)
