"""Mean metastable switch, the model behind Knowm's devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.constants import BOLTZMANN_EV
from spicegen.devices.model import MemristorModel, StateQuantity, limited_exp, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

EXP_MAX = 30.0


@dataclass(frozen=True, eq=False)
class KnowmMss(MemristorModel):
    """Nugent, Molter 2014, 10.1371/journal.pone.0085175, eq. 3-11, mean of many switches."""

    name: ClassVar[str] = "knowm_mss"
    title: ClassVar[str] = "Mean metastable switch (Knowm)"
    source: ClassVar[str] = "Nugent, Molter 2014, doi:10.1371/journal.pone.0085175"
    equations: ClassVar[tuple[str, ...]] = (
        "i = phi v (x/r_on + (1 - x)/r_off) + (1 - phi) (af e^(bf v) - ar e^(-br v))",
        "dx/dt = (1/tau) (P_on (1 - x) - P_off x)",
        "P_on = 1/(1 + exp(-(v - v_on)/V_T)), P_off = 1/(1 + exp((v + v_off)/V_T)), V_T = kT/q",
    )
    left_out: ClassVar[str] = (
        "The random number of switches per step. The device forgets by itself: the switches "
        "turn at zero volts too, slowly. Exponents above 30 continue along the tangent."
    )
    state: ClassVar[StateQuantity] = StateQuantity("share of switches on", "")

    r_on_ohm: Value = parameter("ohm", "resistance with all switches on", positive=True)
    r_off_ohm: Value = parameter("ohm", "resistance with all switches off", positive=True)
    v_on_volts: Value = parameter("V", "voltage at which half the switches turn on", positive=True)
    v_off_volts: Value = parameter("V", "the same for off, as a magnitude", positive=True)
    tau_s: Value = parameter("s", "time constant of a switch", positive=True)
    t_kelvin: Value = parameter("K", "temperature", low=1.0, high=2000.0)
    phi: Value = parameter("", "share of the memristive current", low=0.0, high=1.0)
    af_ampere: Value = parameter("A", "Schottky current, forward", low=0.0)
    bf_per_volt: Value = parameter("1/V", "its slope", low=0.0)
    ar_ampere: Value = parameter("A", "Schottky current, reverse", low=0.0)
    br_per_volt: Value = parameter("1/V", "its slope", low=0.0)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        x = saturated(state)
        switches = v_volts * (x / self.r_on_ohm + (1.0 - x) / self.r_off_ohm)
        forward = self.af_ampere * limited_exp(self.bf_per_volt * v_volts, EXP_MAX)
        reverse = self.ar_ampere * limited_exp(np.negative(self.br_per_volt * v_volts), EXP_MAX)
        return np.asarray(self.phi * switches + (1.0 - self.phi) * (forward - reverse))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        x = saturated(state)
        v_thermal = BOLTZMANN_EV * self.t_kelvin
        p_on = 0.5 + 0.5 * np.tanh(0.5 * np.subtract(v_volts, self.v_on_volts) / v_thermal)
        p_off = 0.5 - 0.5 * np.tanh(0.5 * np.add(v_volts, self.v_off_volts) / v_thermal)
        return np.asarray(p_on * (1.0 - x) / self.tau_s), np.asarray(p_off * x / self.tau_s)
