"""Linear ion drift, the HP model, with four windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import MemristorModel, StateQuantity, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter
from spicegen.devices.windows import WINDOWS, windows


@dataclass(frozen=True, eq=False)
class LinearDrift(MemristorModel):
    """Strukov, Snider, Stewart, Williams 2008, 10.1038/nature06932, eq. 5 and 6."""

    name: ClassVar[str] = "linear_drift"
    title: ClassVar[str] = "Linear ion drift (HP)"
    source: ClassVar[str] = "Strukov et al. 2008, doi:10.1038/nature06932, eq. 5 and 6"
    equations: ClassVar[tuple[str, ...]] = (
        "R = r_on x + r_off (1 - x),  i = v / R",
        "dx/dt = (mu r_on / d^2) i F(x)",
        "F: none 1; joglekar 1 - (2x - 1)^2p; biolek 1 - (x - stp(-i))^2p; "
        "prodromakis j (1 - ((x - 0.5)^2 + 0.75)^p)",
    )
    left_out: ClassVar[str] = (
        "Temperature, noise, thresholds: every voltage moves the state. With the windows "
        "joglekar and prodromakis a state exactly at its bound stays there, as published."
    )
    state: ClassVar[StateQuantity] = StateQuantity("doped width", "m", 0.0, "d_m")

    r_on_ohm: Value = parameter("ohm", "resistance fully doped", positive=True)
    r_off_ohm: Value = parameter("ohm", "resistance undoped", positive=True)
    d_m: Value = parameter("m", "thickness of the film", positive=True)
    mu_m2_per_vs: Value = parameter("m2/(V s)", "mobility of the dopants", positive=True)
    window: Value = parameter("", "window function", choices=WINDOWS)
    p_window: Value = parameter("", "exponent of the window", low=1.0, high=50.0)
    j_window: Value = parameter("", "scale of the Prodromakis window", positive=True)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        x = saturated(state)
        return np.asarray(v_volts / (self.r_on_ohm * x + self.r_off_ohm * (1.0 - x)))

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        speed = self.mu_m2_per_vs * self.r_on_ohm / np.square(self.d_m)
        speed = speed * self.current(state, v_volts)
        up, down = windows(self.window, saturated(state), self.p_window, self.j_window)
        return np.maximum(speed, 0.0) * up, np.maximum(-speed, 0.0) * down
