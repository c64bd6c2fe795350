"""A threshold model for analog circuits: programmed beyond +-1 V, untouched by reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import MemristorModel, StateQuantity, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter


@dataclass(frozen=True, eq=False)
class AnalogThreshold(MemristorModel):
    """A dead zone as in Pershin, Di Ventra 2009, 10.1103/PhysRevE.80.021926, smooth onset."""

    name: ClassVar[str] = "analog_threshold"
    title: ClassVar[str] = "Analog threshold model"
    source: ClassVar[str] = (
        "This package; dead zone as in Pershin, Di Ventra 2009, doi:10.1103/PhysRevE.80.021926, "
        "and Biolek, Di Ventra, Pershin 2013, Radioengineering 22(4) 945"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "i = v (g_min + (g_max - g_min) x)",
        "rising: dx/dt = (1/tau_set) (v/v_set - 1)^alpha (1 - x)^beta for v > v_set, else 0",
        "falling: dx/dt = -(1/tau_reset) (-v/v_reset - 1)^alpha x^beta for v < -v_reset, else 0",
    )
    left_out: ClassVar[str] = (
        "Any particular device: the values are chosen for circuits, not fitted. Temperature, "
        "noise and a nonlinear I-V are left out."
    )
    state: ClassVar[StateQuantity] = StateQuantity(
        "conductance", "S", "g_min_siemens", "g_max_siemens"
    )

    g_min_siemens: Value = parameter("S", "lowest conductance", positive=True)
    g_max_siemens: Value = parameter("S", "highest conductance", positive=True)
    v_set_volts: Value = parameter("V", "threshold of the rise", positive=True)
    v_reset_volts: Value = parameter("V", "threshold of the fall, as a magnitude", positive=True)
    tau_set_s: Value = parameter(
        "s", "rise of the full window at twice the threshold", positive=True
    )
    tau_reset_s: Value = parameter(
        "s", "fall of the full window at twice the threshold", positive=True
    )
    alpha: Value = parameter("", "exponent of the overdrive", low=1.0, high=10.0)
    beta: Value = parameter("", "slowing down towards the bound, 0: none", low=0.0, high=5.0)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        span = np.subtract(self.g_max_siemens, self.g_min_siemens)
        return np.asarray(v_volts * (self.g_min_siemens + span * saturated(state)))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        x = saturated(state)
        over_set = np.maximum(v_volts / self.v_set_volts - 1.0, 0.0)
        over_reset = np.maximum(-v_volts / self.v_reset_volts - 1.0, 0.0)
        up = over_set**self.alpha / self.tau_set_s * (1.0 - x) ** self.beta
        return up, over_reset**self.alpha / self.tau_reset_s * x**self.beta
