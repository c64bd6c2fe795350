"""Update rules: gradients become pulses on devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from spicegen.training.array import Arrays
from spicegen.training.devices import FloatArray, IntArray
from spicegen.training.plan_parts import Delta, Gradient, Manhattan, Rule
from spicegen.training.store import member

Draws = Callable[[str], np.random.Generator]
"""The generator of one update of one array, by its name."""
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Updater(Protocol):
    """A rule at work."""

    def __call__(
        self, arrays: Arrays, slopes: Mapping[str, FloatArray], draws: Draws
    ) -> dict[str, IntArray]:
        """Give the pulses of one update.

        Args:
            arrays: crossbars, whose devices change.
            slopes: dloss/dweight, (word lines, bit lines) by array.
            draws: for what is random.
        Returns:
            (2, word lines, bit lines) signed pulses by array.
        """

    def state(self) -> dict[str, FloatArray]:
        """What the rule remembers."""

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take over what `state` gave."""


class _Forgetful:
    """A rule that remembers nothing."""

    def state(self) -> dict[str, FloatArray]:
        return {}

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        assert not state


class ManhattanUpdater(_Forgetful):
    """The sign of the gradient alone counts (Prezioso et al. 2015, doi:10.1038/nature14441)."""

    def __call__(
        self, arrays: Arrays, slopes: Mapping[str, FloatArray], draws: Draws
    ) -> dict[str, IntArray]:
        given = {}
        for name, array in arrays.items():
            grow = -np.sign(slopes[name])
            counts = np.stack([grow > 0, grow < 0]).astype(np.int64)
            array.devices.pulse(counts, draws(name))
            given[name] = counts
        return given


class DeltaUpdater(_Forgetful):
    """Widrow and Hoff's rule: each device is programmed to what the gradient asks for."""

    def __init__(self, plan: Delta) -> None:
        self._plan = plan

    def __call__(
        self, arrays: Arrays, slopes: Mapping[str, FloatArray], draws: Draws
    ) -> dict[str, IntArray]:
        given, plan = {}, self._plan
        for name, array in arrays.items():
            devices = array.devices
            change = array.change(-plan.learning_rate * slopes[name])
            tolerance = plan.tolerance * devices.g_pulse_siemens
            target = devices.g_siemens + change
            given[name] = devices.program(target, tolerance, plan.max_pulses, draws(name))
        return given


class GradientUpdater:
    """Open-loop pulses in proportion to what an optimiser beside the array asks for."""

    def __init__(self, plan: Gradient, arrays: Arrays) -> None:
        self._plan = plan
        self._state: dict[str, FloatArray] = {}
        for name, array in arrays.items() if plan.optimiser == "adam" else ():
            first, second, count = _members(name)
            nothing = np.zeros((array.crossbar.word_lines, array.crossbar.bit_lines))
            self._state |= {first: nothing, second: nothing, count: np.zeros(())}

    def __call__(
        self, arrays: Arrays, slopes: Mapping[str, FloatArray], draws: Draws
    ) -> dict[str, IntArray]:
        given = {}
        for name, array in arrays.items():
            with np.errstate(over="ignore"):  # as many pulses as there may be
                wanted = -self._plan.learning_rate * self._direction(name, slopes[name])
                change = array.change(wanted)
            given[name] = array.devices.update(change, self._plan.max_pulses, draws(name))
        return given

    def _direction(self, name: str, slope: FloatArray) -> FloatArray:
        if self._plan.optimiser == "sgd":
            return slope
        first, second, count = _members(name)
        kept = self._state
        kept[count] = kept[count] + 1.0
        kept[first] = BETA1 * kept[first] + (1.0 - BETA1) * slope
        kept[second] = BETA2 * kept[second] + (1.0 - BETA2) * slope**2
        mean = kept[first] / (1.0 - BETA1 ** kept[count])
        square = kept[second] / (1.0 - BETA2 ** kept[count])
        return np.asarray(mean / (np.sqrt(square) + EPSILON))

    def state(self) -> dict[str, FloatArray]:
        """Arrays of a checkpoint, by name."""
        return dict(self._state)

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take up where a checkpoint left off."""
        self._state = dict(state)


def _members(array: str) -> tuple[str, str, str]:
    """Names of an array's mean, mean square and number of updates."""
    first, second, count = (f"{kind}.{member(array)}" for kind in ("mean", "square", "count"))
    return first, second, count


def updater_of(rule: Rule, arrays: Arrays) -> Updater:
    """The rule of a plan, in front of its first update of arrays."""
    match rule:
        case Manhattan():
            return ManhattanUpdater()
        case Delta():
            return DeltaUpdater(rule)
        case Gradient():
            return GradientUpdater(rule, arrays)
