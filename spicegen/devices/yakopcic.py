"""The generalised model of Yakopcic et al."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import MemristorModel, StateQuantity, limited_sinh, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

SINH_MAX, EXP_MAX = 30.0, 60.0


@dataclass(frozen=True, eq=False)
class Yakopcic(MemristorModel):
    """Yakopcic, Taha, Subramanyam, Pino, Rogers 2011, 10.1109/LED.2011.2163292, eq. 1-6."""

    name: ClassVar[str] = "yakopcic"
    title: ClassVar[str] = "Yakopcic generalised model"
    source: ClassVar[str] = "Yakopcic et al. 2011, doi:10.1109/LED.2011.2163292"
    equations: ClassVar[tuple[str, ...]] = (
        "i = a1 x sinh(b v) for v >= 0, a2 x sinh(b v) for v < 0",
        "dx/dt = g(v) f(x)",
        "g = Ap (e^v - e^Vp) for v > Vp, -An (e^-v - e^Vn) for v < -Vn, else 0",
        "rising: f = 1 for x < xp, else e^(-alphap (x - xp)) ((xp - x)/(1 - xp) + 1)",
        "falling: f = 1 for x > 1 - xn, else e^(alphan (x + xn - 1)) x/(1 - xn)",
    )
    left_out: ClassVar[str] = (
        "Noise; eta is 1. sinh arguments above 30 and exponents above 60 are limited."
    )
    state: ClassVar[StateQuantity] = StateQuantity("state", "")

    a1_ampere: Value = parameter("A", "current scale, v >= 0", positive=True)
    a2_ampere: Value = parameter("A", "current scale, v < 0", positive=True)
    b_per_volt: Value = parameter("1/V", "slope of the current", positive=True)
    ap_hertz: Value = parameter("1/s", "rate of rise", positive=True)
    an_hertz: Value = parameter("1/s", "rate of fall", positive=True)
    vp_volts: Value = parameter("V", "positive threshold", positive=True)
    vn_volts: Value = parameter("V", "negative threshold, as a magnitude", positive=True)
    alphap: Value = parameter("", "decay of the rise beyond xp", low=0.0)
    alphan: Value = parameter("", "decay of the fall below 1 - xn", low=0.0)
    xp: Value = parameter("", "state where the rise slows down", low=0.0, high=0.999)
    xn: Value = parameter("", "1 - state where the fall slows down", low=0.0, high=0.999)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        scale = np.where(np.greater_equal(v_volts, 0.0), self.a1_ampere, self.a2_ampere)
        argument = self.b_per_volt * v_volts
        return np.asarray(scale * saturated(state) * limited_sinh(argument, SINH_MAX))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        x = saturated(state)
        rise, fall = np.minimum(v_volts, EXP_MAX), np.minimum(np.negative(v_volts), EXP_MAX)
        up = self.ap_hertz * np.maximum(np.exp(rise) - np.exp(self.vp_volts), 0.0)
        down = self.an_hertz * np.maximum(np.exp(fall) - np.exp(self.vn_volts), 0.0)
        beyond = np.maximum(x - self.xp, 0.0)
        below = np.maximum(1.0 - self.xn - x, 0.0)
        f_up = np.exp(-self.alphap * beyond) * (1.0 - beyond / np.subtract(1.0, self.xp))
        f_down = np.exp(-self.alphan * below) * (1.0 - below / np.subtract(1.0, self.xn))
        return np.asarray(up * f_up), np.asarray(down * f_down)
