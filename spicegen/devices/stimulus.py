"""Voltages over time, with the instants at which they bend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from spicegen.devices.parameter import FloatArray
from spicegen.errors import InputError


class Stimulus(Protocol):
    """A voltage over time."""

    def __call__(self, t_s: float) -> float | FloatArray:
        """V at an instant: one number, or (devices,)."""
        ...

    @property
    def bends_s(self) -> FloatArray:
        """Rising instants, first and last included, between which the voltage is smooth."""
        ...


@dataclass(frozen=True, slots=True)
class Sine:
    """Whole periods of a sine that starts at zero.

    Args:
        amplitude_volts, frequency_hertz: of the sine.
        cycles: number of periods.
    """

    amplitude_volts: float
    frequency_hertz: float
    cycles: int = 1

    def __call__(self, t_s: float) -> float:
        """V."""
        return float(self.amplitude_volts * np.sin(2.0 * np.pi * self.frequency_hertz * t_s))

    @property
    def bends_s(self) -> FloatArray:
        """The zero crossings: most models change their equation there."""
        return np.arange(2 * self.cycles + 1) / (2.0 * self.frequency_hertz)


@dataclass(frozen=True, slots=True, eq=False)
class Pwl:
    """Straight lines between points.

    Args:
        t_s: (points,) rising from 0, s.
        volts: (points,) or (points, devices), V.
    Raises:
        InputError: shapes disagree or the times do not rise.
    """

    t_s: FloatArray
    volts: FloatArray

    def __post_init__(self) -> None:
        if len(self.t_s) != len(self.volts) or not np.all(np.diff(self.t_s) > 0):
            raise InputError("stimulus", "times must rise, with one voltage each")

    def __call__(self, t_s: float) -> float | FloatArray:
        """V."""
        if self.volts.ndim == 1:
            return float(np.interp(t_s, self.t_s, self.volts))
        k = int(np.clip(np.searchsorted(self.t_s, t_s) - 1, 0, len(self.t_s) - 2))
        part = (t_s - self.t_s[k]) / (self.t_s[k + 1] - self.t_s[k])
        between = self.volts[k] + np.clip(part, 0.0, 1.0) * (self.volts[k + 1] - self.volts[k])
        return np.asarray(between, dtype=np.float64)

    @property
    def bends_s(self) -> FloatArray:
        """The points, and where a line crosses zero."""
        if self.volts.ndim > 1:
            return self.t_s
        first, second = self.volts[:-1], self.volts[1:]
        at = np.flatnonzero(first * second < 0.0)
        part = first[at] / (first[at] - second[at])
        return np.union1d(self.t_s, self.t_s[at] + part * np.diff(self.t_s)[at])


def triangle(amplitude_volts: float, period_s: float, cycles: int = 1) -> Pwl:
    """Up to +amplitude, down to -amplitude, back to zero; repeated.

    Args:
        amplitude_volts: largest voltage, V.
        period_s: of one cycle, s.
        cycles: how many.
    """
    quarters = np.arange(4 * cycles + 1)
    shape = np.array([0.0, 1.0, 0.0, -1.0])[quarters % 4]
    return Pwl(np.asarray(quarters * (period_s / 4.0), dtype=np.float64), amplitude_volts * shape)


def pulse_train(
    v_pulses: FloatArray, width_s: float, gap_s: float | None = None, edge_s: float | None = None
) -> Pwl:
    """Pulses one after the other, each followed by a gap at zero volts.

    Args:
        v_pulses: (pulses,) or (pulses, devices) amplitudes, V.
        width_s: flat top, s.
        gap_s: from the end of a pulse to the start of the next, s; as the width if None.
        edge_s: rise and fall, s; a fiftieth of the width if None.
    """
    gap_s = width_s if gap_s is None else gap_s
    edge_s = width_s / 50.0 if edge_s is None else edge_s
    one = np.cumsum([gap_s, edge_s, width_s, edge_s])
    period = one[-1]
    t_s = (np.arange(len(v_pulses))[:, None] * period + one).ravel()
    tops = np.asarray(v_pulses, dtype=np.float64)
    levels = np.stack([0.0 * tops, tops, tops, 0.0 * tops], axis=1)
    levels = levels.reshape(-1, *tops.shape[1:])
    start = np.zeros((1, *tops.shape[1:]))
    return Pwl(np.concatenate([[0.0], t_s]), np.concatenate([start, levels]))
