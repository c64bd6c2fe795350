"""How far the circuit's outputs are from the reference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import SpicegenError

FloatArray = NDArray[np.float64]


class ComparisonError(SpicegenError):
    """Analog and reference outputs cannot be compared. A fault of the caller."""


@dataclass(frozen=True, slots=True)
class OutputAccuracy:
    """Errors of one output over all samples and steps.

    Attributes:
        full_scale: max - min of its reference over the run, network units.
        mean_error_pct, max_error_pct: |analog - reference| / full_scale, percent.
        rmse: root mean square of analog - reference, network units.
    """

    full_scale: float
    mean_error_pct: float
    max_error_pct: float
    rmse: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Errors over all outputs, samples and steps.

    Attributes:
        mean_error_pct, max_error_pct: |analog - reference| / full scale of that output, percent.
        rmse: over everything, network units.
        agreement_pct: share of samples in which the largest output is the same one,
            percent; None where outputs are not classes.
        full_scale: per output, network units.
        per_output: errors of each output.
        values: number of compared values.
    """

    mean_error_pct: float
    max_error_pct: float
    rmse: float
    agreement_pct: float | None
    full_scale: tuple[float, ...]
    per_output: tuple[OutputAccuracy, ...]
    values: int

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for result.json."""
        return asdict(self)


def full_scale(reference: FloatArray) -> FloatArray:
    """(outputs,) max - min of each output of (..., outputs), network units.

    An output that never changes has no range of its own: its magnitude serves, and 1.0 if
    it is zero throughout.
    """
    flat = reference.reshape(-1, reference.shape[-1])
    span = np.ptp(flat, axis=0)
    magnitude = np.abs(flat).max(axis=0)
    return np.where(span > 0, span, np.where(magnitude > 0, magnitude, 1.0))


def error_pct(analog: FloatArray, reference: FloatArray) -> FloatArray:
    """|analog - reference| in percent of each output's full scale.

    Args:
        analog, reference: (..., output) of equal shape, network units.
    Returns:
        (..., output), percent.
    Raises:
        ComparisonError: shapes differ, or a value is not finite.
    """
    if analog.shape != reference.shape:
        raise ComparisonError(
            f"analog {analog.shape} and reference {reference.shape} outputs differ in shape"
        )
    if not (np.isfinite(analog).all() and np.isfinite(reference).all()):
        raise ComparisonError("outputs to compare must be finite")
    return np.asarray(100.0 * np.abs(analog - reference) / full_scale(reference))


def compare(analog: FloatArray, reference: FloatArray, *, classes: bool = False) -> Accuracy:
    """Score a run.

    Args:
        analog, reference: (..., outputs), network units.
        classes: outputs are classes, so that the largest one decides.
    Raises:
        ComparisonError: shapes differ, or a value is not finite.
    """
    error = error_pct(analog, reference).reshape(-1, reference.shape[-1])
    difference = (analog - reference).reshape(error.shape)
    scale = full_scale(reference)
    rmse = np.sqrt(np.mean(difference**2, axis=0))
    per_output = tuple(
        OutputAccuracy(float(s), float(mean), float(largest), float(r))
        for s, mean, largest, r in zip(
            scale, error.mean(axis=0), error.max(axis=0), rmse, strict=True
        )
    )
    agreement = None
    if classes:
        same = analog.argmax(axis=-1) == reference.argmax(axis=-1)
        agreement = float(100.0 * same.mean())
    return Accuracy(
        mean_error_pct=float(error.mean()),
        max_error_pct=float(error.max()),
        rmse=float(np.sqrt(np.mean(difference**2))),
        agreement_pct=agreement,
        full_scale=tuple(scale.tolist()),
        per_output=per_output,
        values=int(error.size),
    )
