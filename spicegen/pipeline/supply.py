"""What a transistor circuit draws from its supply, from the simulated current."""

from __future__ import annotations

from typing import Any

import numpy as np

from spicegen.circuit.transistor import SUPPLY_CURRENT
from spicegen.design import Design
from spicegen.waveforms import Waveforms


def supply_part(waveforms: Waveforms, t_step_s: float, design: Design) -> dict[str, Any]:
    """Mean current and power after the first step, in which the circuit is switched on; of a single
    step its last quarter.

    Args:
        waveforms: of the run.
        t_step_s: one step.
        design: the supply's voltage.
    """
    wave = waveforms[SUPPLY_CURRENT]
    later = wave.t_s >= min(t_step_s, wave.t_s[-1] - t_step_s / 4)
    t_s, drawn = wave.t_s[later], -wave.values[later]
    volts = design.v_supply_volts
    mean = float(np.trapezoid(drawn, t_s) / (t_s[-1] - t_s[0]))
    return {
        "v_supply_volts": volts,
        "i_supply_ampere": mean,
        "power_watt": mean * volts,
        "energy_per_step_joule": mean * volts * t_step_s,
    }
