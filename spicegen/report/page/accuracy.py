"""Analog against reference: what the page lists, and what it draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spicegen.accuracy import error_pct
from spicegen.report.error import histogram_of
from spicegen.report.page.pack import floats
from spicegen.report.source import FloatArray, Source, rows

MOST_VALUES = 4_000_000
"""Analog values that are embedded; the first of more."""
WORST = 12


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the largest errors, and where to look at its waveform.

    Attributes:
        output, sample, step: which value, from 0.
        error_pct: percent of full scale.
        analog, reference: network units.
        t_s: read-out instant, s, or number of the step in a static analysis.
        row: place in the drawing over time.
    """

    output: int
    sample: int
    step: int
    error_pct: float
    analog: float
    reference: float
    t_s: float
    row: int


def worst_cases(source: Source, t_s: FloatArray) -> list[Worst]:
    """The largest error of each of the worst outputs, largest first, then further values.

    Args:
        source: the run.
        t_s: instants of outputs, with or without the last axis.
    """
    analog, reference = rows(source.run.outputs), rows(source.run.reference)
    errors = error_pct(analog, reference)
    instants = np.broadcast_to(t_s.reshape(len(errors), -1), errors.shape)
    order = np.argsort(-errors, axis=None, kind="stable")[:WORST]
    per_sample = source.outputs_per_sample
    found = []
    for row, output in zip(*np.unravel_index(order, errors.shape), strict=True):
        sample, step = divmod(int(row), per_sample)
        found.append(
            Worst(
                int(output),
                sample,
                step,
                float(errors[row, output]),
                float(analog[row, output]),
                float(reference[row, output]),
                float(instants[row, output]),
                int(row),
            )
        )
    return found


def outputs_of(source: Source, t_s: FloatArray) -> dict[str, Any]:
    """Reference and error of every output, and their instants."""
    reference, analog = rows(source.run.reference), rows(source.run.outputs)
    kept = max(1, min(len(reference), MOST_VALUES // reference.shape[1]))
    instants = t_s.reshape(len(reference), -1)[:kept, 0]
    return {
        "rows": len(reference),
        "kept": kept,
        "outputs": reference.shape[1],
        "word": source.step_word,
        "joined": source.outputs_per_sample > 1,
        "reference": [floats(column) for column in reference[:kept].T],
        "difference": [floats(column) for column in (analog - reference)[:kept].T],
        "fullScale": list(source.run.accuracy.full_scale),
        "t": floats(instants),
    }


def histogram(source: Source) -> tuple[list[float], list[float]]:
    """Edges and shares of all errors by size, as the figure of errors has them."""
    errors = error_pct(rows(source.run.outputs), rows(source.run.reference))
    edges, shares = histogram_of(errors)
    return edges.tolist(), shares.tolist()
