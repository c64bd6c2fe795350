"""Waveforms on axes: cut out, thinned, with time in a readable unit."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from spicegen.errors import InputError
from spicegen.report.source import FloatArray
from spicegen.report.style import BUCKETS
from spicegen.report.units import Scale, axis_scale
from spicegen.waveforms import Waveforms, min_max

ROUNDING = 1e-3


def cut(
    waveforms: Waveforms, name: str, t_from_s: float, t_to_s: float
) -> tuple[FloatArray, FloatArray]:
    """A signal from the last point before an interval to the first one behind it.

    Returns:
        t, s, and values in the unit of the signal; extremes of each stretch where there
        are more points than a drawing can show.
    Raises:
        InputError: no such signal; the nearest name is given.
    """
    whole = waveforms[name]
    first = int(np.searchsorted(whole.t_s, t_from_s, side="right")) - 1
    last = int(np.searchsorted(whole.t_s, t_to_s, side="left")) + 1
    points = slice(max(first, 0), last)
    return min_max(whole.t_s[points], whole.values[points], BUCKETS)


def interval(
    waveforms: Waveforms, t_from_s: float | None, t_to_s: float | None
) -> tuple[float, float]:
    """The asked interval, s; an open end is that of the simulation.

    Raises:
        InputError: it ends before it begins, or nothing in it was simulated.
    """
    low, high = waveforms.span_s
    low = 0.0 if abs(low) < ROUNDING * high else low  # the first point may be a tiny step
    start = low if t_from_s is None else t_from_s
    end = high if t_to_s is None else t_to_s
    if not (start < end and start < high and end > low):
        raise InputError(
            "time interval",
            f"must rise and overlap the simulated span {low:g} s to {high:g} s",
            f"{start:g} s to {end:g} s",
        )
    return start, end


def time_scale(t_from_s: float, t_to_s: float) -> Scale:
    """The prefix for a time axis of that length."""
    return axis_scale(t_to_s - t_from_s, "s", lowest=1.0)


def time_axis(axes: Axes, t_from_s: float, t_to_s: float, scale: Scale) -> None:
    """Limits and label of a shared time axis."""
    axes.set_xlim(t_from_s / scale.factor, t_to_s / scale.factor)
    axes.set_xlabel(f"time ({scale.unit})")
