"""Closed-loop programming: pulse, read, pulse again, until the conductance is reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.devices.integrate import hold
from spicegen.devices.model import MemristorModel
from spicegen.devices.parameter import FloatArray
from spicegen.devices.presets import Use
from spicegen.errors import InputError

LEVELS, LEVEL_LOW, LEVEL_HIGH = 12, 0.7, 1.3
"""Amplitudes of the staircase, as shares of the preset's pulse voltages."""
WIDTHS = 9
"""Halvings of the pulse width, at most."""
SLOW, ROUGH = 0.25, 1e-5


@dataclass(frozen=True, slots=True)
class Plan:
    """How devices are programmed.

    Args:
        tolerance: largest distance from the target, as a share of the device's window.
        max_pulses: per device.
    """

    tolerance: float = 0.01
    max_pulses: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class Programmed:
    """What was reached; every array is (devices,).

    Args:
        target_siemens, reached_siemens: read at the preset's read voltage.
        state: normalised states.
        pulses: given to each device.
        energy_joule: of the pulses; time_s: their total length.
        failed: not within the tolerance.
        tolerance_siemens: the largest distance that counts as reached.
    """

    target_siemens: FloatArray
    reached_siemens: FloatArray
    state: FloatArray
    pulses: NDArray[np.int64]
    energy_joule: FloatArray
    time_s: FloatArray
    failed: NDArray[np.bool_]
    tolerance_siemens: float


@dataclass(slots=True, eq=False)
class _Writer:
    """Where each device stands on its staircases: (2, devices) level and halvings, one
    staircase per polarity, as setting and resetting may differ by orders of magnitude."""

    model: MemristorModel
    use: Use
    target: FloatArray
    tolerance: float
    x: FloatArray
    level: NDArray[np.int64]
    halvings: NDArray[np.int64]
    pulses: NDArray[np.int64]
    energy: FloatArray
    time: FloatArray

    def error(self) -> FloatArray:
        """(devices,) target minus read conductance, S."""
        return self.target - self.model.conductance(self.x, self.use.v_read_volts)

    def pulse(self, at: NDArray[np.int64], error: FloatArray) -> None:
        """One pulse to the devices `at`, then the next step of their staircase."""
        side = (error[at] < 0).astype(np.int64)
        share = np.linspace(LEVEL_LOW, LEVEL_HIGH, LEVELS)[self.level[side, at]]
        top = np.where(error[at] > 0, self.use.v_set_volts, self.use.v_reset_volts)
        limit = np.maximum(self.use.v_max_volts, np.abs(top))
        v_volts = np.clip(share * top, -limit, limit)
        width_s = np.asarray(self.use.t_pulse_s * 0.5 ** self.halvings[side, at], dtype=np.float64)
        before = self.x[at]
        after = self._held(at, v_volts, width_s)
        pulsed = self.model.devices(at)
        power = np.abs(pulsed.current(before, v_volts) * v_volts)
        power = 0.5 * (power + np.abs(pulsed.current(after, v_volts) * v_volts))
        self.x[at] = after
        self.pulses[at] += 1
        self.energy[at] += power * width_s
        self.time[at] += width_s
        self._step(at, side, error)

    def _held(self, at: NDArray[np.int64], v_volts: FloatArray, width_s: FloatArray) -> FloatArray:
        """(at,) states after the pulses; those of one width are integrated together."""
        after = self.x[at]
        for width in np.unique(width_s):
            here = width_s == width
            model = self.model.devices(at[here])
            after[here] = hold(model, v_volts[here], float(width), after[here], ROUGH)
        return after

    def _step(self, at: NDArray[np.int64], side: NDArray[np.int64], error: FloatArray) -> None:
        """Too far: shorter and lower. Too little: higher, and longer at the top."""
        new = self.error()[at]
        over = (new * error[at] < 0) & (np.abs(new) > self.tolerance)
        slow = ~over & (np.abs(error[at] - new) < SLOW * np.abs(error[at]))
        top = slow & (self.level[side, at] == LEVELS - 1)
        self.halvings[side, at] += np.where(over, 1, np.where(top, -1, 0))
        self.level[side, at] += np.where(over, -2, np.where(slow, 1, 0))
        self.halvings = np.clip(self.halvings, -WIDTHS, WIDTHS)
        self.level = np.clip(self.level, 0, LEVELS - 1)


def write_verify(
    model: MemristorModel, use: Use, target_siemens: FloatArray, state0: FloatArray, plan: Plan
) -> Programmed:
    """Program devices one by one, each with its own staircases of amplitude and width, one
    per polarity.

    A pulse that moves a device too little is followed by a higher one (then by a longer
    one); after a pulse that goes beyond the target by more than the tolerance, the next one
    of its polarity has half the width and less amplitude.

    Args:
        model: its parameters may be (devices,).
        use: pulse and read voltages, pulse width.
        target_siemens: (devices,) S at the read voltage.
        state0: (devices,) states before.
        plan: tolerance and limit.
    Raises:
        InputError: a target outside the window of the model, or an impossible plan.
    """
    if plan.tolerance <= 0 or plan.max_pulses < 1:
        raise InputError("write-verify", "tolerance and max_pulses must be positive", plan)
    model.state_for_conductance(target_siemens, use.v_read_volts)  # refuses what cannot be
    ends = [float(np.mean(model.conductance(x, use.v_read_volts))) for x in (0.0, 1.0)]
    tolerance = plan.tolerance * (ends[1] - ends[0])
    count = target_siemens.shape
    writer = _Writer(
        model, use, target_siemens, tolerance, np.array(state0, dtype=np.float64),
        np.zeros((2, *count), np.int64), np.zeros((2, *count), np.int64), np.zeros(count, np.int64),
        np.zeros(count), np.zeros(count),
    )  # fmt: skip
    error = writer.error()
    for _ in range(plan.max_pulses):
        at = np.flatnonzero(np.abs(error) > tolerance)
        if not at.size:
            break
        writer.pulse(at, error)
        error = writer.error()
    return Programmed(
        target_siemens, target_siemens - error, writer.x, writer.pulses, writer.energy,
        writer.time, np.abs(error) > tolerance, tolerance,
    )  # fmt: skip
