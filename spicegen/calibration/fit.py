"""Trims that bring a circuit nearest to its network: damped Gauss-Newton on the circuit's model.

The residuals are those of the whole network in closed loop, so that an error counts by what it
does to the outputs later. Derivatives are differences: every parameter has a trial of its own in
one pass of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration.layer import Knob, Parameters
from spicegen.calibration.model import CircuitModel

FloatArray = NDArray[np.float64]

REACH = {
    "scale": 0.05,
    "gain": 0.05,
    "shift": 0.01,
    "trim": 0.003,
    "cell_gain": 0.05,
    "cell_offset": 0.003,
    "cell_shift": 0.003,
}
"""How far a parameter is expected from nominal: a share, or V."""

PRIOR = 1e-3
"""Weight of the distance from nominal, in reaches, against errors in percent of full scale: keeps
what the samples do not determine where it is."""

FURTHEST = 10.0
"""Of any parameter, in reaches: few samples would otherwise be met with negative resistors.
Networks with enough of them end within 8."""

DIFFERENCE = 1e-3
"""Step of a derivative, in reaches."""

ITERATIONS = 12
TRIES = 5
ENOUGH = 1e-3
"""An iteration that gains less than this share ends the fit."""

TRIALS = 64
"""Trials of one pass of the model: larger ones leave the processor's caches."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters that were found.

    Attributes:
        values: (units,) by name.
        mean_pct, max_pct: error of the outputs of the model over the samples it was fitted to,
            percent of full scale, before and after.
    """

    values: dict[str, FloatArray]
    mean_pct: tuple[float, float]
    max_pct: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """What signals should be.

    Attributes:
        signals: (sample, step, unit) by name of the model's signals, network units.
        weights: (sample, step, 1) of errors in percent of full scale, by name.
        scored: samples, from the first, that full scales and errors are told of.
    """

    signals: Mapping[str, FloatArray]
    weights: Mapping[str, FloatArray]
    scored: int


def fit_trims(
    model: CircuitModel, inputs: FloatArray, target: Target, fixed: Parameters | None = None
) -> Fit:
    """Trims with which the model is nearest to the target.

    Args:
        model: of the circuit.
        inputs: (sample, step, feature), network units.
        target: of its signals.
        fixed: parameters that stay, (1, units) by name.
    """
    knobs, fixed, scored = _Knobs(model.trims), fixed or {}, slice(target.scored)
    spans = {name: _span(values[scored]) for name, values in target.signals.items()}

    def residuals(trials: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(trials, residuals), and of the first trial the outputs' errors, percent."""
        signals = model.forward(inputs, {**fixed, **knobs.parameters(trials)})
        parts = []
        for name, wanted in target.signals.items():
            error = 100.0 * (signals[name] - wanted) / spans[name]
            weighted = error * target.weights[name] / np.sqrt(wanted[scored].size)
            parts.append(weighted.reshape(len(trials), -1))
        wanted = target.signals["output"][scored]
        first = 100.0 * (signals["output"][0, scored] - wanted) / spans["output"]
        return np.hstack([*parts, PRIOR * trials]), np.abs(first)

    best, before, after = _gauss_newton(residuals, np.zeros(knobs.count))
    return Fit(
        knobs.values(best),
        (float(before.mean()), float(after.mean())),
        (float(before.max()), float(after.max())),
    )


Residuals = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def _gauss_newton(
    residuals: Residuals, start: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The best point, and the outputs' errors at the start and there."""
    point, damping = start, 1e-3
    at_point, before = residuals(point[None])
    cost, errors = float(at_point[0] @ at_point[0]), before
    for _ in range(ITERATIONS):
        slope = _slope(residuals, point, at_point[0])
        normal, gradient = slope.T @ slope, slope.T @ at_point[0]
        earlier = cost
        for _ in range(TRIES):
            damped = normal + damping * np.diag(np.diag(normal) + 1e-12)
            candidate = np.clip(point - np.linalg.solve(damped, gradient), -FURTHEST, FURTHEST)
            there, seen = residuals(candidate[None])
            reached = float(there[0] @ there[0])
            if reached < cost:
                point, at_point, cost, errors = candidate, there, reached, seen
                damping = max(damping / 5, 1e-9)
                break
            damping *= 8
        if cost > earlier * (1 - ENOUGH):
            break
    return point, before, errors


def _slope(residuals: Residuals, point: FloatArray, at_point: FloatArray) -> FloatArray:
    """(residuals, parameters) derivatives by differences, some parameters at a time."""
    slope = np.empty((at_point.size, point.size))
    for first in range(0, point.size, TRIALS):
        some = slice(first, min(first + TRIALS, point.size))
        count = some.stop - some.start
        trials = np.repeat(point[None], count, axis=0)
        trials[np.arange(count), np.arange(some.start, some.stop)] += DIFFERENCE
        slope[:, some] = ((residuals(trials)[0] - at_point) / DIFFERENCE).T
    return slope


class _Knobs:
    """Parameters of a model as one row of numbers, in reaches from nominal."""

    def __init__(self, knobs: Sequence[Knob]) -> None:
        self._knobs = knobs
        self._ends = np.cumsum([0, *(knob.units for knob in knobs)]).tolist()
        self.count = int(self._ends[-1])

    def parameters(self, trials: FloatArray) -> dict[str, FloatArray]:
        """(trials, units) by name."""
        found = {}
        for knob, (a, b) in zip(self._knobs, pairwise(self._ends), strict=True):
            kind = knob.name.rsplit(".", 1)[1]
            found[knob.name] = knob.nominal + REACH[kind] * trials[:, a:b]
        return found

    def values(self, point: FloatArray) -> dict[str, FloatArray]:
        """(units,) by name."""
        return {name: each[0] for name, each in self.parameters(point[None]).items()}


def _span(values: FloatArray) -> FloatArray:
    """(units,) full scale of a signal; 1 where it stands still."""
    span = np.ptp(values, axis=(0, 1))
    return np.asarray(np.where(span > 0, span, 1.0))
