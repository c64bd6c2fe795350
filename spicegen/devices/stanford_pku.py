"""Filament with a tunnel gap: Stanford/PKU (Stanford/ASU) RRAM model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.constants import BOLTZMANN_EV
from spicegen.devices.model import MemristorModel, StateQuantity, limited_sinh, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

IV_MAX, DRIFT_MAX = 20.0, 40.0
FIELD_ONSET = 0.02
"""The published rate jumps at the field threshold; here it rises over 2 % above it."""


@dataclass(frozen=True, eq=False)
class StanfordPku(MemristorModel):
    """Guan, Yu, Wong 2012, 10.1109/LED.2012.2210856; Jiang et al. 2014 (see `source`)."""

    name: ClassVar[str] = "stanford_pku"
    title: ClassVar[str] = "Stanford/PKU filament"
    source: ClassVar[str] = (
        "Guan, Yu, Wong 2012, doi:10.1109/LED.2012.2210856; "
        "Jiang et al. 2014, doi:10.1109/SISPAD.2014.6931558"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "i = i0 exp(-g/g0) sinh(v/v0)",
        "dg/dt = -vel0 exp(-Ea/kT) sinh(gamma (a0/t_ox) v/kT), only where gamma |v|/t_ox > f_min",
        "gamma = gamma0 - beta (g/1 nm)^3, T = t_ambient + r_thermal |v i|",
    )
    left_out: ClassVar[str] = (
        "The random walk of the gap and the thermal time constant (T follows the power at "
        "once, up to t_max). The field threshold is crossed within 2 % instead of a jump. "
        "sinh arguments above 20 (current) and 40 (drift) continue along the tangent."
    )
    state: ClassVar[StateQuantity] = StateQuantity("gap", "m", "gap_max_m", "gap_min_m")

    i0_ampere: Value = parameter("A", "current scale", positive=True)
    g0_m: Value = parameter("m", "gap that divides the current by e", positive=True)
    v0_volts: Value = parameter("V", "nonlinearity of the current", positive=True)
    vel0_m_per_s: Value = parameter("m/s", "attempt velocity", positive=True)
    gamma0: Value = parameter("", "field enhancement at zero gap", positive=True)
    beta: Value = parameter("", "fall of the enhancement with the gap", low=0.0)
    e_a_ev: Value = parameter("eV", "activation energy", positive=True)
    a0_m: Value = parameter("m", "hopping distance", positive=True)
    t_ox_m: Value = parameter("m", "thickness of the oxide", positive=True)
    f_min_v_per_m: Value = parameter("V/m", "lowest enhanced field that moves the gap", low=1.0)
    r_thermal_k_per_w: Value = parameter("K/W", "thermal resistance", low=0.0)
    t_ambient_kelvin: Value = parameter("K", "ambient temperature", low=1.0, high=1000.0)
    t_max_kelvin: Value = parameter("K", "limit of the filament temperature", low=300.0)
    gap_min_m: Value = parameter("m", "smallest gap", positive=True)
    gap_max_m: Value = parameter("m", "largest gap", positive=True)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        gap = self.quantity(saturated(state))
        scale = self.i0_ampere * np.exp(-gap / np.asarray(self.g0_m))
        return np.asarray(scale * limited_sinh(np.divide(v_volts, self.v0_volts), IV_MAX))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        gap = self.quantity(saturated(state))
        power = np.abs(v_volts * self.current(state, v_volts))
        t_kelvin = np.minimum(
            self.t_ambient_kelvin + self.r_thermal_k_per_w * power, self.t_max_kelvin
        )
        kt = BOLTZMANN_EV * t_kelvin
        gamma = np.maximum(self.gamma0 - self.beta * (np.asarray(gap) / 1e-9) ** 3, 0.0)
        field = gamma * v_volts / self.t_ox_m
        drift = limited_sinh(field * self.a0_m / kt, DRIFT_MAX) * np.exp(-self.e_a_ev / kt)
        onset = saturated((np.abs(field) / self.f_min_v_per_m - 1.0) / FIELD_ONSET)
        speed = self.vel0_m_per_s * drift * onset / np.subtract(self.gap_max_m, self.gap_min_m)
        return np.maximum(speed, 0.0), np.maximum(-speed, 0.0)
