"""Integrals over time of products of waveforms that are straight between time points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.circuit.graph import FloatArray


@dataclass(frozen=True, slots=True)
class Intervals:
    """Consecutive time points and what each stands for.

    Attributes:
        dt_s: (points - 1,) between a point and the next, s; 0 where an instant is there twice.
        held_s: time that each point stands for by itself, s: in a static run, where nothing
            lies between points; 0 in a transient.
    """

    dt_s: FloatArray
    held_s: float = 0.0

    def of(self, x: FloatArray) -> FloatArray:
        """Integral of each row of (rows, points), by the trapezoidal rule."""
        if self.held_s:
            return np.asarray(self.held_s * x.sum(axis=1))
        return np.asarray(0.5 * (x[:, :-1] + x[:, 1:]) @ self.dt_s)

    def of_products(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """(rows,) integral of x y for rows of two (rows, points): exact for straight lines."""
        if self.held_s:
            return np.asarray(self.held_s * (x * y).sum(axis=1))
        around = np.concatenate([[0.0], self.dt_s, [0.0]])
        same = (x * y) @ ((around[:-1] + around[1:]) / 3.0)
        cross = (x[:, :-1] * y[:, 1:]) @ self.dt_s
        other = cross if x is y else (x[:, 1:] * y[:, :-1]) @ self.dt_s
        return np.asarray(same + (cross + other) / 6.0)

    def of_pairs(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """(rows of x, rows of y) integral of every product of a row of x and one of y."""
        if self.held_s:
            return np.asarray(self.held_s * (x @ y.T))
        xa, xb = x[:, :-1] * (self.dt_s / 6.0), x[:, 1:] * (self.dt_s / 6.0)
        ya, yb = y[:, :-1], y[:, 1:]
        return np.asarray(xa @ (2.0 * ya + yb).T + xb @ (ya + 2.0 * yb).T)

    def of_loads(self, volts: FloatArray, g_siemens: FloatArray, c_farad: FloatArray) -> FloatArray:
        """(rows,) charge of either sign through g parallel to C, C.

        Args:
            volts: (rows, points) across them, V.
            g_siemens, c_farad: (rows,).
        """
        if self.held_s:
            return np.asarray(self.held_s * np.abs(volts * g_siemens[:, None]).sum(axis=1))
        into_c = c_farad[:, None] * np.diff(volts, axis=1)
        through = volts * g_siemens[:, None]
        first = np.abs(through[:, :-1] * self.dt_s + into_c)
        last = np.abs(through[:, 1:] * self.dt_s + into_c)
        return np.asarray(0.5 * (first + last).sum(axis=1))
