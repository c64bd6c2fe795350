"""Error budget: how much of the error each source makes.

Let y(S) be the outputs of the circuit with the sources S switched on and all others ideal. With
d the reference, every error below is a signed value per output, sample and step, in percent of
that output's full scale:

    total        y(all) - d
    floor        y(none) - d             of the ideal circuit: engine, clock, read-out
    part k       y(needs(k) + k) - y(needs(k))
    interaction  total - floor - sum of parts

so that the parts, the floor and the interaction rest add to the total exactly, value by value.
`needs(k)` is empty except where a source is an attribute of another one: mismatch of op-amps
needs op-amps. Each vector e is summed up by its root mean square, mean and largest magnitude,
and by its share of the total, <e, total> / <total, total>: shares add to 100 %, and are
negative where a source cancels others. `rms_without_pct` is the error that remains when the
source alone is idealised: what a designer would win.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.accuracy.compare import ComparisonError, full_scale

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Runs:
    """Outputs of every run, network units, all of one shape (..., outputs).

    Attributes:
        reference: of the network.
        on: every source on.
        off: every source off.
        only: per source, it and what it needs on.
        before: per source, only what it needs on.
        without: per source, all but it on.
    """

    reference: FloatArray
    on: FloatArray
    off: FloatArray
    only: Mapping[str, FloatArray]
    before: Mapping[str, FloatArray]
    without: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Share:
    """One vector of errors in numbers, percent of full scale.

    Attributes:
        name: the source, or total, floor, interaction.
        rms_pct, mean_pct, max_pct: root mean square, mean magnitude, largest magnitude.
        share_pct: <e, total> / <total, total>, percent.
        rms_without_pct: root mean square of what remains when this source alone is ideal;
            None for what is no source.
    """

    name: str
    rms_pct: float
    mean_pct: float
    max_pct: float
    share_pct: float
    rms_without_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Where the error comes from.

    Attributes:
        total, floor, interaction: see the module.
        parts: sources, in the order of the signal.
        vectors: signed errors by name, percent of full scale, shape of the outputs.
    """

    total: Share
    floor: Share
    parts: tuple[Share, ...]
    interaction: Share
    vectors: Mapping[str, FloatArray]

    @property
    def culprit(self) -> str:
        """The source whose idealisation leaves the least error; empty without sources."""
        remaining = {part.name: part.rms_without_pct or 0.0 for part in self.parts}
        return min(remaining, key=lambda name: remaining[name]) if remaining else ""

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for result.json."""
        return {
            "culprit": self.culprit,
            "total": asdict(self.total),
            "floor": asdict(self.floor),
            "parts": [asdict(part) for part in self.parts],
            "interaction": asdict(self.interaction),
        }


def error_budget(names: Sequence[str], runs: Runs) -> Budget:
    """The budget of a set of runs.

    Args:
        names: sources, in the order of the signal.
        runs: their outputs.
    Raises:
        ComparisonError: outputs differ in shape.
    """
    for outputs in (runs.on, runs.off, *_all(runs.only, runs.before, runs.without)):
        if outputs.shape != runs.reference.shape:
            raise ComparisonError(
                f"outputs {outputs.shape} and reference {runs.reference.shape} differ in shape"
            )
    percent = 100.0 / full_scale(runs.reference)
    total = (runs.on - runs.reference) * percent
    floor = (runs.off - runs.reference) * percent
    parts = {name: (runs.only[name] - runs.before[name]) * percent for name in names}
    interaction = total - floor - sum(parts.values(), np.zeros_like(total))
    shares = [
        _share(name, part, total, (runs.without[name] - runs.reference) * percent)
        for name, part in parts.items()
    ]
    vectors = {"total": total, "floor": floor, **parts, "interaction": interaction}
    return Budget(
        _share("total", total, total),
        _share("floor", floor, total),
        tuple(shares),
        _share("interaction", interaction, total),
        vectors,
    )


def _all(*groups: Mapping[str, FloatArray]) -> list[FloatArray]:
    return [outputs for group in groups for outputs in group.values()]


def _share(
    name: str, error: FloatArray, total: FloatArray, rest: FloatArray | None = None
) -> Share:
    power = float(np.vdot(total, total))
    magnitude = np.abs(error)
    return Share(
        name,
        _rms(error),
        float(magnitude.mean()),
        float(magnitude.max()),
        100.0 * float(np.vdot(error, total)) / power if power else 0.0,
        None if rest is None else _rms(rest),
    )


def _rms(error: FloatArray) -> float:
    return float(np.sqrt(np.mean(error**2)))
