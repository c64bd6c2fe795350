"""Behavioural models of a kit's cells: the parameters that are fitted to their data sheets.

Voltages are counted from common, those of multiplier gates from where they stand at 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

END_VOLTS = 1e-3
"""Input error by which an op-amp's swing ends."""


@dataclass(frozen=True, slots=True)
class FittedOpamp:
    """A gain with one pole, clamped, behind an output resistance.

    Attributes:
        gain, v_offset_volts: of the straight line of input error against output.
        gbw_hertz: gain-bandwidth product.
        low_volts, high_volts: ends of the swing, where `END_VOLTS` more of input error stand.
        low_knee_volts, high_knee_volts: that error falls by 1/e over so much, inwards.
        slope_volts_per_ampere: input error per load current.
        r_out_ohm: with the capacitor of a load it makes the second pole.
        residual_volts: largest deviation of the input error from its line, within the range of
            signals.
    """

    gain: float
    v_offset_volts: float
    gbw_hertz: float
    low_volts: float
    high_volts: float
    low_knee_volts: float
    high_knee_volts: float
    slope_volts_per_ampere: float
    r_out_ohm: float
    residual_volts: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedCurve:
    """y = constant + slope * x + sum of a * tanh(k * x - d).

    Attributes:
        constant_volts, slope: of the straight line.
        terms: (terms, 3) a (V), k (1/V), d.
        residual_pct: largest and rms deviation over the whole curve, percent of full scale.
    """

    constant_volts: float
    slope: float
    terms: FloatArray
    residual_pct: tuple[float, float]

    def __call__(self, x_volts: FloatArray) -> FloatArray:
        """y at x, V."""
        a, k, d = self.terms.T[:, :, None]
        waves = (a * np.tanh(k * x_volts.ravel() - d)).sum(axis=0).reshape(x_volts.shape)
        return np.asarray(self.constant_volts + self.slope * x_volts + waves)


@dataclass(frozen=True, slots=True, eq=False)
class FittedProduct:
    """Currents of a multiplier's two devices from x, where the virtual grounds stand at common.

    i(b) = x * reference(x) and i(a) = i(b) + x * y * (first(x) + y * second(x)), y the gate. Both
    grounds see besides the mean conductance of their device.

    Attributes:
        reference, first, second: coefficients of 1, x, x**2, ...: A/V**(n + 1), A/V**(n + 2), ...
        a_siemens, b_siemens: mean conductances of both devices.
        residual_pct: largest and rms deviation of i(a) - i(b) over the range of use, percent of
            full scale.
    """

    reference: tuple[float, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    a_siemens: float
    b_siemens: float
    residual_pct: tuple[float, float]

    def __call__(self, x_volts: FloatArray, y_volts: FloatArray) -> FloatArray:
        """i(a) - i(b), A."""
        first, second = (np.polyval(each[::-1], x_volts) for each in (self.first, self.second))
        return np.asarray(x_volts * y_volts * (first + y_volts * second))


@dataclass(frozen=True, slots=True)
class FittedHold:
    """What a sample-and-hold adds as it opens, and how it drifts.

    Attributes:
        injection_volts: coefficients of 1, x, x**2, ... of what is added to a voltage x.
        droop_volts_per_second: fastest drift.
        residual_volts: largest deviation of the injection.
    """

    injection_volts: tuple[float, ...]
    droop_volts_per_second: float
    residual_volts: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedCells:
    """Every cell that a behavioural model stands for.

    Attributes:
        opamp, tanh, sigmoid, gate, product, hold: see their classes; `gate` is counted from the
            gates of multipliers at 0.
    """

    opamp: FittedOpamp
    tanh: FittedCurve
    sigmoid: FittedCurve
    gate: FittedCurve
    product: FittedProduct
    hold: FittedHold
