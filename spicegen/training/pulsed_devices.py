"""Devices described by their pulses: steps, asymmetry, and how devices and pulses differ.

The constant-step device of Gokmen and Vlasov 2016 (doi:10.3389/fnins.2016.00333): a pulse
changes the conductance by a step that does not depend on it, within the window.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spicegen.training.devices import Devices, FloatArray, IntArray
from spicegen.training.plan_parts import PulsedDevice


class PulsedDevices(Devices):
    """dG = g_step (1 +- asymmetry) (1 + device_variation z) (n + cycle_variation sqrt(n) z').

    z is drawn once per device and kept, z' with every update; n pulses whose steps vary
    independently add up to a normal sum. Without `levels` changes are exact: the ideal
    device that software assumes.

    Args:
        plan: window, levels and variation.
        g_siemens: (2, word lines, bit lines) at the start, S.
        draws: for what differs from device to device.
    """

    def __init__(
        self, plan: PulsedDevice, g_siemens: FloatArray, draws: np.random.Generator
    ) -> None:
        self._plan, self._ideal = plan, plan.levels is None
        self._g = np.clip(g_siemens, plan.g_min_siemens, plan.g_max_siemens)
        z = draws.standard_normal(g_siemens.shape)
        self._step = self.g_pulse_siemens * np.maximum(1.0 + plan.device_variation * z, 0.0)

    @property
    def g_siemens(self) -> FloatArray:
        """(halves, word lines, bit lines) conductances as they are, S."""
        return self._g

    @property
    def g_pulse_siemens(self) -> float:
        """(halves, word lines, bit lines) conductances as pulses count them, S."""
        window = self._plan.g_max_siemens - self._plan.g_min_siemens
        return window / ((self._plan.levels or 2) - 1)

    def pulse(self, counts: IntArray, draws: np.random.Generator) -> None:
        """Apply signed pulse counts, (halves, word lines, bit lines)."""
        plan = self._plan
        side = np.where(counts > 0, 1.0 + plan.asymmetry, 1.0 - plan.asymmetry)
        scatter = plan.cycle_variation * np.sqrt(np.abs(counts))
        scatter = scatter * draws.standard_normal(counts.shape)
        self._move(side * self._step * (counts + scatter))

    def update(
        self, change_siemens: FloatArray, max_pulses: int, draws: np.random.Generator
    ) -> IntArray:
        """Apply what a rule asks for, (halves, word lines, bit lines)."""
        if not self._ideal:
            return super().update(change_siemens, max_pulses, draws)
        self._move(change_siemens)
        return np.zeros(change_siemens.shape, dtype=np.int64)

    def _move(self, change_siemens: FloatArray) -> None:
        window = self._plan.g_min_siemens, self._plan.g_max_siemens
        self._g = np.clip(self._g + change_siemens, *window)

    def state(self) -> dict[str, FloatArray]:
        """Arrays of a checkpoint, by name."""
        return {"g_siemens": self._g, "step_siemens": self._step}

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take up where a checkpoint left off."""
        self._g, self._step = state["g_siemens"], state["step_siemens"]
