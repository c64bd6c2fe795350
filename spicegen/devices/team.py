"""TEAM (current thresholds) and VTEAM (voltage thresholds)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import MemristorModel, StateQuantity, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

EXPONENT_MAX = 40.0


@dataclass(frozen=True, eq=False)
class ThresholdFilm(MemristorModel):
    """What TEAM and VTEAM share: the film of width w in w_on..w_off, its I-V, its windows.

    Args of the fields: `iv` linear or exponential resistance in w; `window` none (bounds
    only) or the double exponential of the TEAM paper.
    """

    state: ClassVar[StateQuantity] = StateQuantity("width", "m", "w_off_m", "w_on_m")
    set_sign: ClassVar[int] = -1

    r_on_ohm: Value = parameter("ohm", "resistance at w_on", positive=True)
    r_off_ohm: Value = parameter("ohm", "resistance at w_off", positive=True)
    w_on_m: Value = parameter("m", "lower bound of the state", low=0.0)
    w_off_m: Value = parameter("m", "upper bound of the state", positive=True)
    iv: Value = parameter("", "resistance in w", choices=("linear", "exponential"))
    k_on_m_per_s: Value = parameter("m/s", "speed towards on, negative", high=0.0)
    k_off_m_per_s: Value = parameter("m/s", "speed towards off", low=0.0)
    alpha_on: Value = parameter("", "exponent of the overdrive towards on", low=1.0, high=20.0)
    alpha_off: Value = parameter("", "exponent of the overdrive towards off", low=1.0, high=20.0)
    window: Value = parameter("", "window function", choices=("none", "exponential"))
    a_on_m: Value = parameter("m", "centre of the window towards on", low=0.0)
    a_off_m: Value = parameter("m", "centre of the window towards off", low=0.0)
    w_c_m: Value = parameter("m", "width of the window", positive=True)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        away = 1.0 - saturated(state)
        linear = self.r_on_ohm + (self.r_off_ohm - self.r_on_ohm) * away
        ratio = np.log(np.divide(self.r_off_ohm, self.r_on_ohm))
        r_ohm = np.where(np.equal(self.iv, 0.0), linear, self.r_on_ohm * np.exp(ratio * away))
        return np.asarray(v_volts / r_ohm)

    def _rates(
        self, state: Value, over_on: FloatArray, over_off: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Rates from the overdrives drive/threshold - 1."""
        w = self.quantity(saturated(state))
        span = np.subtract(self.w_off_m, self.w_on_m)
        to_on = np.minimum(-np.subtract(w, self.a_on_m) / self.w_c_m, EXPONENT_MAX)
        to_off = np.minimum(np.subtract(w, self.a_off_m) / self.w_c_m, EXPONENT_MAX)
        f_on = np.where(np.equal(self.window, 0.0), 1.0, np.exp(-np.exp(to_on)))
        f_off = np.where(np.equal(self.window, 0.0), 1.0, np.exp(-np.exp(to_off)))
        up = -self.k_on_m_per_s / span * np.maximum(over_on, 0.0) ** self.alpha_on * f_on
        down = self.k_off_m_per_s / span * np.maximum(over_off, 0.0) ** self.alpha_off * f_off
        return np.asarray(up), np.asarray(down)


@dataclass(frozen=True, eq=False)
class Team(ThresholdFilm):
    """Kvatinsky, Friedman, Kolodny, Weiser 2013, 10.1109/TCSI.2012.2215714, eq. 10-15."""

    name: ClassVar[str] = "team"
    title: ClassVar[str] = "TEAM (current thresholds)"
    source: ClassVar[str] = "Kvatinsky et al. 2013, doi:10.1109/TCSI.2012.2215714"
    equations: ClassVar[tuple[str, ...]] = (
        "dw/dt = k_off (i/i_off - 1)^alpha_off f_off(w) for i > i_off > 0",
        "dw/dt = k_on (i/i_on - 1)^alpha_on f_on(w) for i < i_on < 0, else 0",
        "f_off = exp(-exp((w - a_off)/w_c)), f_on = exp(-exp(-(w - a_on)/w_c)), or 1",
        "R linear or exponential in w between r_on (w_on) and r_off (w_off)",
    )
    left_out: ClassVar[str] = "Temperature and noise."

    i_on_ampere: Value = parameter("A", "threshold towards on, negative", high=-1e-12)
    i_off_ampere: Value = parameter("A", "threshold towards off", positive=True)

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        i = self.current(state, v_volts)
        return self._rates(state, i / self.i_on_ampere - 1.0, i / self.i_off_ampere - 1.0)


@dataclass(frozen=True, eq=False)
class Vteam(ThresholdFilm):
    """Kvatinsky, Ramadan, Friedman, Kolodny 2015, 10.1109/TCSII.2015.2433536, eq. 5-8."""

    name: ClassVar[str] = "vteam"
    title: ClassVar[str] = "VTEAM (voltage thresholds)"
    source: ClassVar[str] = "Kvatinsky et al. 2015, doi:10.1109/TCSII.2015.2433536"
    equations: ClassVar[tuple[str, ...]] = (
        "dw/dt = k_off (v/v_off - 1)^alpha_off f_off(w) for v > v_off > 0",
        "dw/dt = k_on (v/v_on - 1)^alpha_on f_on(w) for v < v_on < 0, else 0",
        "f_off = exp(-exp((w - a_off)/w_c)), f_on = exp(-exp(-(w - a_on)/w_c)), or 1",
        "R linear or exponential in w between r_on (w_on) and r_off (w_off)",
    )
    left_out: ClassVar[str] = "Temperature and noise."

    v_on_volts: Value = parameter("V", "threshold towards on, negative", high=-1e-12)
    v_off_volts: Value = parameter("V", "threshold towards off", positive=True)

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        over_on = np.asarray(v_volts / self.v_on_volts - 1.0)
        return self._rates(state, over_on, np.asarray(v_volts / self.v_off_volts - 1.0))
