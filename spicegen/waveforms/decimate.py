"""Fewer points for drawing, without losing spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError


def min_max(
    t: NDArray[Any], y: NDArray[Any], buckets: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and the highest point of each of `buckets` equal stretches of time.

    The stretches are equal in time, not in points: a simulator crowds its points where
    signals are steep, and a slow stretch must not shrink to two points for that. With one
    bucket per pixel column the drawing is that of all points.

    Args:
        t: (points,) rising (equal neighbours allowed), any unit.
        y: (points,) real, any unit; NaN only stays where a stretch holds nothing else.
        buckets: number of stretches, at least 1.
    Returns:
        t and y, (kept,) with kept <= 2 * buckets + 2: points of the input in their order,
        the first and the last among them; all of them where there are no more than that.
    Raises:
        InputError: the shapes disagree, t falls, y is complex, or buckets < 1.
    """
    _check(t, y, buckets)
    t, y = np.ascontiguousarray(t, np.float64), np.ascontiguousarray(y, np.float64)
    points = len(t)
    if points <= 2 * buckets + 2:
        return t, y
    edges = np.linspace(t[0], t[-1], buckets + 1)[:-1]
    starts = np.unique(np.searchsorted(t, edges, side="left"))
    starts = starts[starts < points]
    lowest = _first_hits(y, np.fmin.reduceat(y, starts), starts)
    highest = _first_hits(y, np.fmax.reduceat(y, starts), starts)
    kept = np.unique(np.concatenate(([0], lowest, highest, [points - 1])))
    return t[kept], y[kept]


def _first_hits(
    y: NDArray[Any], extremes: NDArray[Any], starts: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Index of the first point of each stretch that equals the extreme of the stretch."""
    wanted = np.repeat(extremes, np.diff(starts, append=len(y)))
    hits = np.flatnonzero((y == wanted) | np.isnan(wanted))
    return hits[np.searchsorted(hits, starts)]


def _check(t: NDArray[Any], y: NDArray[Any], buckets: int) -> None:
    if t.ndim != 1 or t.shape != y.shape:
        raise InputError("min_max", "t and y must both be (points,)", f"{t.shape} and {y.shape}")
    if np.iscomplexobj(y) or np.iscomplexobj(t):
        raise InputError("min_max", "values must be real", y.dtype, "draw magnitude or phase")
    if buckets < 1:
        raise InputError("min_max", "buckets must be at least 1", buckets)
    if not np.all(np.diff(t) >= 0):
        raise InputError("min_max", "t must rise from point to point")
