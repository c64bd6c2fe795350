"""Figures of a hysteresis loop and of a train of pulses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.devices.integrate import Trace, hold
from spicegen.devices.model import MemristorModel
from spicegen.devices.parameter import FloatArray
from spicegen.devices.presets import Use


def lobe_area(trace: Trace) -> float:
    """Area between the branches of both lobes of one period that starts at zero, V A."""
    i, v, half = trace.i_ampere[:, 0], trace.v_volts[:, 0], len(trace.t_s) // 2
    parts = (slice(0, half + 1), slice(half, None))
    return sum(abs(float(np.trapezoid(i[part], v[part]))) for part in parts)


@dataclass(frozen=True, slots=True, eq=False)
class PulseCurve:
    """Conductance against pulse number.

    Args:
        g_up_siemens: (pulses + 1,) under setting pulses, from the lower end.
        g_down_siemens: (pulses + 1,) under resetting pulses, from where these ended.
    """

    g_up_siemens: FloatArray
    g_down_siemens: FloatArray

    @property
    def nonlinearity_up(self) -> float:
        """Largest distance from the straight line between the ends, share of the span."""
        return _bend(self.g_up_siemens)

    @property
    def nonlinearity_down(self) -> float:
        """The same for the resetting pulses."""
        return _bend(self.g_down_siemens)

    @property
    def asymmetry(self) -> float:
        """Mean distance between both curves at equal pulse numbers, the second read
        backwards, share of the span."""
        span = np.ptp(np.concatenate([self.g_up_siemens, self.g_down_siemens]))
        apart = np.abs(self.g_up_siemens - self.g_down_siemens[::-1])
        return float(apart.mean() / span) if span else 0.0

    @property
    def on_off_ratio(self) -> float:
        """Highest over lowest conductance."""
        both = np.concatenate([self.g_up_siemens, self.g_down_siemens])
        return float(both.max() / both.min()) if both.min() > 0 else float("inf")


def pulse_curve(model: MemristorModel, use: Use, pulses: int, x0: float = 0.02) -> PulseCurve:
    """Equal setting pulses, then as many equal resetting pulses, each read after it.

    Args:
        model: one device.
        use: amplitudes, width, read voltage.
        pulses: of each polarity.
        x0: state before the first pulse.
    """
    x = np.array([x0])
    curves = []
    for v in (use.v_set_volts, use.v_reset_volts):
        g = [model.conductance(x, use.v_read_volts)]
        for _ in range(pulses):
            x = hold(model, v, use.t_pulse_s, x)
            g.append(model.conductance(x, use.v_read_volts))
        curves.append(np.concatenate(g))
    return PulseCurve(curves[0], curves[1])


def _bend(g_siemens: FloatArray) -> float:
    straight = np.linspace(g_siemens[0], g_siemens[-1], len(g_siemens))
    span = abs(float(g_siemens[-1] - g_siemens[0]))
    return float(np.abs(g_siemens - straight).max() / span) if span else 0.0
