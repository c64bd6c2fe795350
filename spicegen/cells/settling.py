"""Step responses: how long, how steep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.circuit.graph import Pwl
from spicegen.errors import SimulationError

FloatArray = NDArray[np.float64]
EDGE_S = 1e-9
LATEST = 0.8
"""Of the time that a response is given: later nothing is known of what follows."""


def there_and_back(low: float, high: float, held_s: float) -> Pwl:
    """From low to high after `held_s`, and back after twice that; it ends after three times."""
    t_s = held_s * np.array([0.0, 1, 1, 2, 2, 3]) + EDGE_S * np.array([0, 0, 1, 0, 1, 0])
    return Pwl(t_s, np.array([low, low, high, high, low, low]))


def settling_s(
    t_s: FloatArray, volts: FloatArray, start_s: float, stop_s: float, share: float
) -> float:
    """Time from a step until the signal stays within a share of it around its last value.

    Args:
        t_s, volts: (points,) the waveform.
        start_s: instant of the step.
        stop_s: end of the response, where it has settled.
        share: of the step, either side.
    Raises:
        SimulationError: it has not settled by then.
    """
    inside = (t_s >= start_s) & (t_s < stop_s)
    t, v = t_s[inside], volts[inside]
    outside = np.flatnonzero(np.abs(v - v[-1]) > share * abs(v[-1] - v[0]))
    settled = float(t[min(outside[-1] + 1, len(t) - 1)] - start_s) if outside.size else 0.0
    if settled > LATEST * (stop_s - start_s):
        raise SimulationError(
            f"the cell does not settle to {share:g} of a step within {stop_s - start_s:g} s: "
            "it oscillates, or is too slow"
        )
    return settled


def slew_volts_per_s(t_s: FloatArray, volts: FloatArray, start_s: float, stop_s: float) -> float:
    """Slope of a step response between a fifth and four fifths of the way, V/s, positive."""
    inside = (t_s >= start_s) & (t_s < stop_s)
    t, v = t_s[inside], volts[inside]
    way = (v - v[0]) / (v[-1] - v[0])
    first, last = int(np.argmax(way >= 0.2)), int(np.argmax(way >= 0.8))
    return float(abs(v[last] - v[first]) / (t[last] - t[first]))
