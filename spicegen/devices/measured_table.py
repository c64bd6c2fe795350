"""A device known by measurement only: conductance against pulse number, per polarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spicegen.devices.model import MemristorModel, StateQuantity, saturated
from spicegen.devices.parameter import FloatArray, Value, parameter

KNOTS = 17
"""Equally spaced states 0..1 at which the change per pulse is given."""


@dataclass(frozen=True, eq=False)
class MeasuredTable(MemristorModel):
    """Change per pulse as a function of the conductance, linear between equally spaced knots."""

    name: ClassVar[str] = "measured_table"
    title: ClassVar[str] = "Measured conductance table"
    source: ClassVar[str] = (
        "This package; shift and gain per device as in "
        "Shumilin et al. 2024, doi:10.1002/aelm.202300887, and its training simulations"
    )
    equations: ClassVar[tuple[str, ...]] = (
        "G = gain (x g_span + shift), i = v G",
        "rising: dx/dt = up(x)/t_pulse (v - v_th_set)/(v_set - v_th_set) for v > v_th_set",
        "falling: dx/dt = -down(x)/t_pulse (-v - v_th_reset)/(v_reset - v_th_reset)",
        "up, down: change of x per pulse, linear between 17 equally spaced states",
    )
    left_out: ClassVar[str] = (
        "Whatever the table does not hold: other amplitudes act in proportion to their "
        "overdrive, other widths in proportion to their length; scatter from pulse to pulse."
    )
    state: ClassVar[StateQuantity] = StateQuantity("share of the measured span", "")

    g_span_siemens: Value = parameter("S", "highest minus lowest measured value", positive=True)
    shift_siemens: Value = parameter("S", "conductance at x = 0 before the gain", positive=True)
    gain: Value = parameter("", "factor of this device", positive=True)
    v_set_volts: Value = parameter("V", "amplitude of the potentiating pulses", positive=True)
    v_reset_volts: Value = parameter("V", "amplitude of the depressing pulses", positive=True)
    v_th_set_volts: Value = parameter("V", "voltage below which nothing rises", low=0.0)
    v_th_reset_volts: Value = parameter("V", "magnitude below which nothing falls", low=0.0)
    t_pulse_s: Value = parameter("s", "width of the measured pulses", positive=True)
    up: Value = parameter("", "rise of x per pulse at the knots", low=0.0, length=KNOTS)
    down: Value = parameter("", "fall of x per pulse at the knots", low=0.0, length=KNOTS)

    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) A."""
        g = self.gain * (saturated(state) * self.g_span_siemens + self.shift_siemens)
        return np.asarray(v_volts * g)

    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) 1/s."""
        x, knots = saturated(state), np.linspace(0.0, 1.0, KNOTS)
        over_set = np.maximum(np.subtract(v_volts, self.v_th_set_volts), 0.0)
        over_reset = np.maximum(np.subtract(np.negative(v_volts), self.v_th_reset_volts), 0.0)
        over_set = over_set / np.subtract(self.v_set_volts, self.v_th_set_volts)
        over_reset = over_reset / np.subtract(self.v_reset_volts, self.v_th_reset_volts)
        up = np.interp(x, knots, np.asarray(self.up)) * over_set / self.t_pulse_s
        return up, np.interp(x, knots, np.asarray(self.down)) * over_reset / self.t_pulse_s
