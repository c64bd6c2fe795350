"""Nonlinear ion drift after Lehtonen and Laiho."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import (
    MemristorModel,
    StateQuantity,
    limited_exp,
    limited_sinh,
    saturated,
)
from spicegen.devices.parameter import FloatArray, Value, parameter

ARGUMENT_MAX = 30.0


@dataclass(frozen=True, eq=False)
class NonlinearDrift(MemristorModel):
    """Lehtonen, Laiho 2010, 10.1109/CNNA.2010.5430319; I-V after Yang et al. 2008."""

    name: ClassVar[str] = "nonlinear_drift"
    title: ClassVar[str] = "Nonlinear ion drift (Lehtonen-Laiho)"
    source: ClassVar[str] = (
        "Lehtonen, Laiho 2010, doi:10.1109/CNNA.2010.5430319; "
        "I-V from Yang et al. 2008, doi:10.1038/nnano.2008.160"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "i = x^n beta sinh(alpha v) + chi (exp(gamma v) - 1)",
        "dx/dt = a sign(v) |v|^m (1 - (2x - 1)^2p)",
    )
    left_out: ClassVar[str] = (
        "Temperature and noise. Arguments of sinh and exp above 30 continue along the tangent. "
        "A state exactly at its bound stays there (Joglekar window)."
    )
    state: ClassVar[StateQuantity] = StateQuantity("doped fraction", "")

    alpha_per_volt: Value = parameter("1/V", "slope of the tunnel current", positive=True)
    beta_ampere: Value = parameter("A", "tunnel current of the on state", positive=True)
    chi_ampere: Value = parameter("A", "rectifying current", low=0.0)
    gamma_per_volt: Value = parameter("1/V", "slope of the rectifying current", positive=True)
    n_state: Value = parameter("", "exponent of the state", low=1.0, high=20.0)
    a_hertz: Value = parameter("1/s", "drift rate at 1 V", positive=True)
    m_drift: Value = parameter("", "exponent of the voltage, odd", low=1.0, high=21.0)
    p_window: Value = parameter("", "exponent of the Joglekar window", low=1.0, high=50.0)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        tunnel = self.beta_ampere * limited_sinh(self.alpha_per_volt * v_volts, ARGUMENT_MAX)
        diode = self.chi_ampere * (limited_exp(self.gamma_per_volt * v_volts, ARGUMENT_MAX) - 1.0)
        return np.asarray(saturated(state) ** self.n_state * tunnel + diode)

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        window = 1.0 - np.abs(2.0 * saturated(state) - 1.0) ** (2.0 * self.p_window)
        speed = self.a_hertz * window
        up = speed * np.maximum(v_volts, 0.0) ** self.m_drift
        return up, speed * np.maximum(np.negative(v_volts), 0.0) ** self.m_drift
