"""Simmons tunnel barrier after Pickett et al., with the series resistance of the film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.constants import IMAGE_V_M, TUNNEL_A_PER_V, TUNNEL_PER_M
from spicegen.devices.model import MemristorModel, StateQuantity, limited_sinh, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

SINH_MAX, EXPONENT_MAX = 60.0, 40.0
NEWTON_STEPS, NEWTON_DONE, NEWTON_DV = 30, 1e-9, 1e-7  # the last step leaves < 1e-12
LIMIT_V, LIMIT_V_PER_M = 0.05, 0.25e9
"""Gap voltage up to which the formula is used: LIMIT_V + LIMIT_V_PER_M w (see `left_out`)."""


@dataclass(frozen=True, eq=False)
class Simmons(MemristorModel):
    """Pickett et al. 2009, 10.1063/1.3236506; barrier after Abdalla, Pickett 2011."""

    name: ClassVar[str] = "simmons"
    title: ClassVar[str] = "Simmons tunnel barrier (Pickett)"
    source: ClassVar[str] = (
        "Pickett et al. 2009, doi:10.1063/1.3236506; "
        "Abdalla, Pickett 2011, doi:10.1109/ISCAS.2011.5937942"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "v = v_g + i r_series, i = (j0 A/dw^2) (phi e^(-B sqrt(phi)) - (phi+|v_g|) "
        "e^(-B sqrt(phi+|v_g|)))",
        "w1 = 1.2 L w/phi0, w2 = w1 + w (1 - 9.2 L/(3 phi0 + 4 L - 2 |v_g|)), dw = w2 - w1",
        "phi = phi0 - |v_g| (w1+w2)/w - (1.15 L w/dw) ln(w2 (w-w1)/(w1 (w-w2)))",
        "L = q ln 2/(8 pi eps w), B = 4 pi dw sqrt(2 m q)/h",
        "i > 0: dw/dt = f_off sinh(i/i_off) exp(-exp((w-a_off)/w_c - i/b) - w/w_c)",
        "i < 0: dw/dt = -f_on sinh(-i/i_on) exp(-exp(-(w-a_on)/w_c + i/b) - w/w_c)",
    )
    left_out: ClassVar[str] = (
        "Temperature. The barrier formula holds while phi > 0; beyond a gap voltage of "
        "0.05 V + 0.25 V/nm w the current continues as the square of the gap voltage. "
        "sinh arguments above 60 continue along the tangent."
    )
    state: ClassVar[StateQuantity] = StateQuantity("barrier width", "m", "w_max_m", "w_min_m")
    set_sign: ClassVar[int] = -1

    phi0_volts: Value = parameter("V", "height of the barrier", low=0.9, high=5.0)
    eps_r: Value = parameter("", "relative permittivity of the barrier", low=4.0, high=100.0)
    area_m2: Value = parameter("m2", "area of the channel", positive=True)
    r_series_ohm: Value = parameter("ohm", "resistance of the conducting channel", positive=True)
    f_off_m_per_s: Value = parameter("m/s", "speed towards off", positive=True)
    i_off_ampere: Value = parameter("A", "current scale towards off", positive=True)
    a_off_m: Value = parameter("m", "width that ends the motion towards off", positive=True)
    f_on_m_per_s: Value = parameter("m/s", "speed towards on", positive=True)
    i_on_ampere: Value = parameter("A", "current scale towards on", positive=True)
    a_on_m: Value = parameter("m", "width that ends the motion towards on", positive=True)
    b_ampere: Value = parameter("A", "current that shifts these ends by w_c", positive=True)
    w_c_m: Value = parameter("m", "decay length", positive=True)
    w_min_m: Value = parameter("m", "smallest width", low=0.95e-9)
    w_max_m: Value = parameter("m", "largest width", high=3e-9)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A; solves v = v_g + r_series i(v_g) by Newton's method."""
        w = np.asarray(self.quantity(saturated(state)))
        v = np.abs(np.asarray(v_volts, dtype=np.float64)) + 0.0 * w
        v_gap = self._first_guess(v, w)
        for _ in range(NEWTON_STEPS):
            here = self._barrier(v_gap, w)
            slope = (self._barrier(v_gap + NEWTON_DV, w) - here) / NEWTON_DV
            step = (v_gap + self.r_series_ohm * here - v) / (1.0 + self.r_series_ohm * slope)
            v_gap = np.clip(v_gap - step, 0.0, v)
            if np.max(np.abs(step), initial=0.0) <= NEWTON_DONE:
                break
        return np.asarray(np.sign(v_volts) * self._barrier(v_gap, w))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        w = np.asarray(self.quantity(saturated(state)))
        i = self.current(state, v_volts)
        on, off = np.maximum(-i, 0.0), np.maximum(i, 0.0)
        to_on = np.minimum(-(w - self.a_on_m) / self.w_c_m - on / self.b_ampere, EXPONENT_MAX)
        to_off = np.minimum((w - self.a_off_m) / self.w_c_m - off / self.b_ampere, EXPONENT_MAX)
        scale = np.exp(-w / self.w_c_m) / np.subtract(self.w_max_m, self.w_min_m)
        up = self.f_on_m_per_s * limited_sinh(on / self.i_on_ampere, SINH_MAX)
        down = self.f_off_m_per_s * limited_sinh(off / self.i_off_ampere, SINH_MAX)
        return up * scale * np.exp(-np.exp(to_on)), down * scale * np.exp(-np.exp(to_off))

    def _first_guess(self, v: FloatArray, w: FloatArray) -> FloatArray:
        """(devices,) gap voltages, exact where the current grows as their square."""
        limit = LIMIT_V + LIMIT_V_PER_M * w
        square = self.r_series_ohm * self._barrier(limit, w) / limit**2
        return np.asarray(2.0 * v / (1.0 + np.sqrt(1.0 + 4.0 * square * v)))

    def _barrier(self, v_gap: FloatArray, w: FloatArray) -> FloatArray:
        """(devices,) current through the barrier for gap voltages >= 0, A."""
        limit = LIMIT_V + LIMIT_V_PER_M * w
        v = np.minimum(v_gap, limit)
        image = IMAGE_V_M / self.eps_r / w
        w1 = 1.2 * image * w / self.phi0_volts
        w2 = w1 + w * (1.0 - 9.2 * image / (3.0 * self.phi0_volts + 4.0 * image - 2.0 * v))
        dw = w2 - w1
        lowering = 1.15 * image * w / dw * np.log(w2 * (w - w1) / (w1 * (w - w2)))
        phi = np.maximum(self.phi0_volts - v * (w1 + w2) / w - lowering, 0.01)
        b = TUNNEL_PER_M * dw
        there = phi * np.exp(-b * np.sqrt(phi))
        back = (phi + v) * np.exp(-b * np.sqrt(phi + v))
        beyond = np.square(1.0 + np.maximum(v_gap - limit, 0.0) / limit)
        return np.asarray(TUNNEL_A_PER_V * self.area_m2 / dw**2 * (there - back) * beyond)
