"""What every memristor model is: a bounded state, a current, and two rates.

The state x of every model is normalised: 0 is the least and 1 the most conductive end of
its range. In all three forms (numpy, subcircuit, Verilog-A)

    dx/dt = min(up, RATE_MAX) sat((1 - x)/EDGE) - min(down, RATE_MAX) sat(x/EDGE)

with sat(y) = min(max(y, 0), 1) and the two rates up >= 0, down >= 0 of the published
equation. The published range is thus kept however hard a device is driven, with a smooth
last thousandth that solvers converge on, and a state can always leave its bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from spicegen.devices.card import Card
from spicegen.devices.parameter import FloatArray, Parameter, Value, parameters_of
from spicegen.errors import InputError
from spicegen.paths import packaged

EDGE = 1e-3
RATE_MAX_HERTZ = 1e10
BISECTIONS = 60
MARGIN = 0.01
"""Share of the states at either end that arrays leave alone: some models hardly move there."""


@dataclass(frozen=True, slots=True)
class StateQuantity:
    """The physical quantity behind the normalised state.

    Args:
        name, unit: such as gap, m.
        at_zero, at_one: its value at x = 0 and x = 1: a number or the name of a parameter.
    """

    name: str
    unit: str
    at_zero: float | str = 0.0
    at_one: float | str = 1.0


@dataclass(frozen=True, eq=False)
class MemristorModel(ABC):
    """A memristor; fields are parameters, each one float or (devices,) values.

    Attributes:
        name: of the model and of its folder in models/.
        title: for people.
        source: author, year, DOI of the equations.
        equations: as text, one per line, for the documentation.
        left_out: what of the published model is not here.
        state: the quantity behind x.
        set_sign: +1 where a positive voltage raises the conductance, else -1.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    equations: ClassVar[tuple[str, ...]]
    left_out: ClassVar[str]
    state: ClassVar[StateQuantity]
    set_sign: ClassVar[int] = 1

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Every parameter: name, unit, description, range."""
        return parameters_of(cls)

    @abstractmethod
    def current(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) currents from p to n, A.

        Args:
            state: (devices,) normalised; values beyond 0..1 count as the bound.
            v_volts: (devices,) voltages between p and n, V.
        """

    @abstractmethod
    def rates(self, state: Value, v_volts: Value) -> tuple[FloatArray, FloatArray]:
        """(devices,) rates of rise and of fall of x before the bounds act, both >= 0, 1/s."""

    def derivative(self, state: Value, v_volts: Value) -> FloatArray:
        """(devices,) dx/dt, 1/s; see the head of this file."""
        up, down = self.rates(state, v_volts)
        up = np.minimum(up, RATE_MAX_HERTZ) * saturated((1.0 - np.asarray(state)) / EDGE)
        down = np.minimum(down, RATE_MAX_HERTZ) * saturated(np.asarray(state) / EDGE)
        return np.asarray(up - down)

    def conductance(self, state: Value, v_read_volts: float) -> FloatArray:
        """(devices,) current over voltage at the read voltage, S."""
        return self.current(state, v_read_volts) / v_read_volts

    def conductance_window(self, v_read_volts: float) -> tuple[float, float]:
        """Smallest and largest conductance of the middle 98 % of the states, S."""
        low, high = (float(self.conductance(x, v_read_volts)) for x in (MARGIN, 1.0 - MARGIN))
        return low, high

    def state_for_conductance(self, g_siemens: Value, v_read_volts: float) -> FloatArray:
        """(devices,) states that show the conductances at the read voltage, by bisection.

        Raises:
            InputError: a conductance lies outside the window of this model.
        """
        wanted = np.asarray(g_siemens, dtype=np.float64)
        low, high = np.zeros(wanted.shape), np.ones(wanted.shape)
        self._check_window(wanted, v_read_volts)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            below = self.conductance(middle, v_read_volts) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return 0.5 * (low + high)

    def quantity(self, state: Value) -> Value:
        """The physical state variable, in the unit of `self.state`."""
        zero, one = self._end(self.state.at_zero), self._end(self.state.at_one)
        return zero + np.asarray(state) * (one - zero)

    def devices(self, at: NDArray[np.int64]) -> Self:
        """The same model of some of its devices, where parameters differ from one to another."""
        own = {
            about.name: np.asarray(getattr(self, about.name))[at]
            for about in self.parameters()
            if not about.length and np.ndim(getattr(self, about.name))
        }
        return replace(self, **own) if own else self

    def card(self, form: str = "behavioural") -> Card:
        """What a netlist needs: subcircuit or module, its file, its parameter values."""
        suffix = {"behavioural": ".sub", "verilog-a": ".va"}[form]
        values: dict[str, Value] = {}
        for about in self.parameters():
            value = getattr(self, about.name)
            names = [f"{about.name}{k}" for k in range(about.length)]
            values |= dict(zip(names, value, strict=True)) if names else {about.name: value}
        file = packaged("models") / self.name / f"{self.name}{suffix}"
        return Card(self.name, form, file, values)

    def _end(self, value: float | str) -> Value:
        end: Value = getattr(self, value) if isinstance(value, str) else value
        return end

    def _check_window(self, wanted: FloatArray, v_read_volts: float) -> None:
        ends = (self.conductance(np.full(wanted.shape, x), v_read_volts) for x in (0.0, 1.0))
        low, high = ends
        slack = 1e-9 * high
        fits = (wanted >= low - slack) & (wanted <= high + slack)
        if not fits.all():
            at = int(np.argmin(fits.ravel()))
            raise InputError(
                f"{self.name}, device {at}",
                f"conductance must lie in [{low.flat[at]:.4g}, {high.flat[at]:.4g}] S "
                f"at a read voltage of {v_read_volts:g} V",
                f"{wanted.flat[at]:.4g}",
                "choose a conductance in this window or another preset",
            )


def saturated(y: Value) -> FloatArray:
    """min(max(y, 0), 1)."""
    return np.clip(y, 0.0, 1.0)


def limited_sinh(y: Value, limit: float) -> FloatArray:
    """sinh, continued along its tangent beyond +-limit: never overflows."""
    inside = np.clip(y, -limit, limit)
    return np.asarray(np.sinh(inside) + (y - inside) * np.cosh(limit))


def limited_exp(y: Value, limit: float) -> FloatArray:
    """exp, continued along its tangent above the limit: never overflows."""
    inside = np.minimum(y, limit)
    return np.asarray(np.exp(inside) * (1.0 + y - inside))
