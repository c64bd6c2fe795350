"""Devices of the library of memristor models: a state each, moved by pulses.

The pulses act in ngspice, on the crossbar with all its memristors (`programming`), or by the
same state equations in numpy, device by device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from spicegen.devices import MemristorModel, Plan, Preset, hold, load_model, write_verify
from spicegen.training.devices import Devices, FloatArray, IntArray
from spicegen.training.plan_parts import ModelDevice

Programmer = Callable[[FloatArray, IntArray], FloatArray]
"""(2, word lines, bit lines) states and signed pulses to the states after them."""


def plan_model(plan: ModelDevice) -> tuple[MemristorModel, Preset]:
    """The model of a plan.

    Raises:
        InputError: no such model, preset or parameter.
    """
    return load_model(plan.model, plan.preset, plan.parameters)


class ModelDevices(Devices):
    """Memristors with a state, read at the preset's read voltage.

    Args:
        model, preset: equations, parameters, pulses.
        states: (2, word lines, bit lines) normalised.
    """

    def __init__(self, model: MemristorModel, preset: Preset, states: FloatArray) -> None:
        self.model, self.preset = model, preset
        self.states = states
        self._pulse_siemens = self._mean_step()
        self.programmer: Programmer | None = None
        """What gives the pulses in the place of the equations in numpy."""

    @property
    def g_siemens(self) -> FloatArray:
        """(halves, word lines, bit lines) conductances as they are, S."""
        flat = self.model.conductance(self.states.ravel(), self.preset.use.v_read_volts)
        return np.asarray(flat.reshape(self.states.shape))

    @property
    def g_pulse_siemens(self) -> float:
        """(halves, word lines, bit lines) conductances as pulses count them, S."""
        return self._pulse_siemens

    def show(self, g_siemens: FloatArray) -> None:
        """Take the states that show conductances, or the nearest end of the window."""
        v_read = self.preset.use.v_read_volts
        within = np.clip(g_siemens, *self.model.conductance_window(v_read)).ravel()
        states = self.model.state_for_conductance(within, v_read)
        self.states = states.reshape(g_siemens.shape)

    def pulse(self, counts: IntArray, draws: np.random.Generator) -> None:
        """Pulses of the preset's amplitude and width."""
        if not counts.any():
            return
        give = self.programmer or self._by_equations
        self.states = give(self.states, counts)

    def program(
        self,
        target_siemens: FloatArray,
        tolerance_siemens: float,
        max_pulses: int,
        draws: np.random.Generator,
    ) -> IntArray:
        """Write-verify with staircases of amplitude and width (`devices.write_verify`)."""
        use, shape = self.preset.use, target_siemens.shape
        ends = [float(self.model.conductance(x, use.v_read_volts)) for x in (0.0, 1.0)]
        wanted = np.clip(target_siemens, *self.model.conductance_window(use.v_read_volts)).ravel()
        sign = np.sign(wanted - self.g_siemens.ravel()).astype(np.int64)
        plan = Plan(tolerance_siemens / (ends[1] - ends[0]), max_pulses)
        done = write_verify(self.model, use, wanted, self.states.ravel(), plan)
        self.states = done.state.reshape(shape)
        return np.asarray((sign * done.pulses).reshape(shape))

    def state(self) -> dict[str, FloatArray]:
        """Arrays of a checkpoint, by name."""
        return {"states": self.states}

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take up where a checkpoint left off."""
        self.states = state["states"]

    def _by_equations(self, states: FloatArray, counts: IntArray) -> FloatArray:
        """A train of equal pulses is one long pulse, as nothing moves between them."""
        use, after = self.preset.use, states.copy()
        for count in np.unique(counts[counts != 0]).tolist():
            at = counts == count
            volts = use.v_set_volts if count > 0 else use.v_reset_volts
            width_s = abs(count) * use.t_pulse_s
            after[at] = hold(self.model, np.full(int(at.sum()), volts), width_s, states[at])
        return after

    def _mean_step(self) -> float:
        """What a setting pulse changes, mean over the window, S."""
        use = self.preset.use
        x = np.linspace(0.05, 0.9, 18)
        after = hold(self.model, np.full(x.shape, use.v_set_volts), use.t_pulse_s, x)
        read = use.v_read_volts
        return float(np.mean(self.model.conductance(after, read) - self.model.conductance(x, read)))


def model_devices(plan: ModelDevice, states: FloatArray) -> ModelDevices:
    """Devices of a plan at given states.

    Raises:
        InputError: no such model, preset or parameter.
    """
    return ModelDevices(*plan_model(plan), states)
