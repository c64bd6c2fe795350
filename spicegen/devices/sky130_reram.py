"""The ReRAM cell of the open SKY130 process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.constants import BOLTZMANN_EV
from spicegen.devices.model import (
    MemristorModel,
    StateQuantity,
    limited_exp,
    limited_sinh,
    saturated,
)
from spicegen.devices.parameter import FloatArray, Value, parameter

IV_MAX, DRIFT_MAX = 20.0, 40.0


@dataclass(frozen=True, eq=False)
class Sky130Reram(MemristorModel):
    """The SkyWater PDK Authors 2020, sky130_fd_pr_reram (Apache-2.0), its model equations."""

    name: ClassVar[str] = "sky130_reram"
    title: ClassVar[str] = "SkyWater sky130 ReRAM"
    source: ClassVar[str] = (
        "The SkyWater PDK Authors 2020, sky130_fd_pr_reram (Apache-2.0), "
        "github.com/google/skywater-pdk-libs-sky130_fd_pr_reram"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "i = i_k1 exp(-(t_ox - f)/(t_ox - f_ref)) sinh(v/v_ref)",
        "df/dt = velocity (exp((h - E_gen)/kT) - exp((-h - E_rec)/kT)), h = gamma a0 v/t_ox",
        "gamma = gamma_k0 + gamma_k1 ((t_ox - f)/1 nm)^3, T = t_ambient + r_thermal |v i|",
    )
    left_out: ClassVar[str] = (
        "The thermal time constant of 0.23 ns: T follows the power at once, up to t_max "
        "(r_thermal = tau_thermal / C_thermal). Forming. sinh arguments above 20 and exponents "
        "above 40 continue along the tangent."
    )
    state: ClassVar[StateQuantity] = StateQuantity("filament", "m", "f_min_m", "f_max_m")

    t_ox_m: Value = parameter("m", "thickness of the oxide", positive=True)
    f_min_m: Value = parameter("m", "shortest filament", positive=True)
    f_max_m: Value = parameter("m", "longest filament", positive=True)
    f_ref_m: Value = parameter("m", "filament of the current calibration", positive=True)
    i_k1_ampere: Value = parameter("A", "current calibration", positive=True)
    v_ref_volts: Value = parameter("V", "voltage calibration", positive=True)
    velocity_m_per_s: Value = parameter("m/s", "velocity calibration", positive=True)
    gamma_k0: Value = parameter("", "field enhancement", positive=True)
    gamma_k1: Value = parameter("", "its change with the gap", high=0.0)
    e_gen_ev: Value = parameter("eV", "activation energy of generation", positive=True)
    e_rec_ev: Value = parameter("eV", "activation energy of recombination", positive=True)
    a0_m: Value = parameter("m", "atomic distance", positive=True)
    r_thermal_k_per_w: Value = parameter("K/W", "thermal resistance", low=0.0)
    t_ambient_kelvin: Value = parameter("K", "ambient temperature", low=1.0, high=1000.0)
    t_max_kelvin: Value = parameter("K", "limit of the filament temperature", low=300.0)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        gap = np.subtract(self.t_ox_m, self.quantity(saturated(state)))
        scale = self.i_k1_ampere * np.exp(-gap / np.subtract(self.t_ox_m, self.f_ref_m))
        return np.asarray(scale * limited_sinh(np.divide(v_volts, self.v_ref_volts), IV_MAX))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        gap = np.subtract(self.t_ox_m, self.quantity(saturated(state)))
        power = np.abs(v_volts * self.current(state, v_volts))
        t_kelvin = np.minimum(
            self.t_ambient_kelvin + self.r_thermal_k_per_w * power, self.t_max_kelvin
        )
        kt = BOLTZMANN_EV * t_kelvin
        gamma = self.gamma_k0 + self.gamma_k1 * (gap / 1e-9) ** 3
        help_ev = gamma * self.a0_m / self.t_ox_m * v_volts
        speed = self.velocity_m_per_s / np.subtract(self.f_max_m, self.f_min_m)
        up = speed * limited_exp((help_ev - self.e_gen_ev) / kt, DRIFT_MAX)
        down = speed * limited_exp((-help_ev - self.e_rec_ev) / kt, DRIFT_MAX)
        return up, down
